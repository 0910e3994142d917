// A log of any length in a window of a few hundred lines: only what is in sight is asked for and drawn.
//
// GET SRC?from=0&count=200[&level=warn]           {"lines":[{"n":1,"level":"error","text":"…"}],"total":1204331}
//     from counts from 0 within the chosen level; n is the line of the file, from 1.
// GET SRC?find=TEXT&after=N&dir=next|prev[&level] {"index":172,"n":173}, or 404 when there is none

const height = 20; // pixels of a line, as in parts.css
const chunk = 200; // lines of one request
const most = 12_000_000; // pixels; browsers stop at 16 to 33 million, beyond that the scroll is scaled
const known = new WeakSet();

export function init() {
  for (const place of document.querySelectorAll("[data-log-src]")) {
    if (known.has(place)) continue;
    known.add(place);
    new Log(place);
  }
}

class Log {
  constructor(place) {
    this.place = place;
    this.source = place.dataset.logSrc;
    this.total = 0;
    this.level = "";
    this.cache = new Map(); // number of the chunk → its lines, or the promise of them
    this.at = 0; // the line that is marked, of the file
    this.build();
    this.open(Number(place.dataset.logLine) || Number(location.hash.match(/^#L(\d+)/)?.[1]) || 1);
    addEventListener("hashchange", () => {
      const n = Number(location.hash.match(/^#L(\d+)/)?.[1]);
      if (n && this.place.isConnected) this.goLine(n);
    });
  }

  build() {
    const tools = Object.assign(document.createElement("div"), { className: "tools" });
    this.input = Object.assign(document.createElement("input"), { type: "search", placeholder: "Find in this log", spellcheck: false });
    this.input.setAttribute("aria-label", "Find in this log");
    this.input.dataset.search = "";
    const button = (words, label, act) => {
      const b = Object.assign(document.createElement("button"), { type: "button", textContent: words, title: label });
      b.addEventListener("click", act);
      return b;
    };
    this.levels = document.createElement("select");
    this.levels.setAttribute("aria-label", "Show levels");
    for (const [value, words] of [["", "All lines"], ["error", "Errors"], ["warn", "Warnings and errors"], ["info", "Info and above"]]) this.levels.append(new Option(words, value));
    this.status = Object.assign(document.createElement("span"), { className: "status push" });
    this.status.setAttribute("role", "status");
    tools.append(this.input, button("Next", "Next hit (Enter, n)", () => this.find("next")), button("Before", "Hit before (Shift Enter, N)", () => this.find("prev")), this.levels, this.status);
    this.view = Object.assign(document.createElement("div"), { className: "lines", tabIndex: 0 });
    this.view.setAttribute("role", "group");
    this.view.setAttribute("aria-label", "Log lines");
    this.spacer = Object.assign(document.createElement("div"), { className: "spacer" });
    this.view.append(this.spacer);
    this.place.replaceChildren(tools, this.view);
    this.view.addEventListener("scroll", () => this.draw(), { passive: true });
    new ResizeObserver(() => this.draw()).observe(this.view);
    this.levels.addEventListener("change", () => { this.level = this.levels.value; this.cache.clear(); this.open(1); });
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.ctrlKey) { event.preventDefault(); this.find(event.shiftKey ? "prev" : "next"); }
      if (event.key === "Escape") { event.stopPropagation(); this.view.focus(); }
    });
    this.view.addEventListener("keydown", (event) => this.onKey(event));
    this.view.dataset.ownKeys = "";
  }

  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor(this.view.clientHeight / height) - 2);
    const step = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1, PageDown: page, PageUp: -page, " ": event.shiftKey ? -page : page }[event.key];
    if (step) this.goIndex(this.top() + step);
    else if (event.key === "Home" || event.key === "g") this.goIndex(0);
    else if (event.key === "End" || event.key === "G") this.goIndex(this.total);
    else if (event.key === "/") { this.input.focus(); this.input.select(); }
    else if (event.key === "n" || event.key === "N") this.find(event.key === "n" ? "next" : "prev");
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  query(parts) {
    const url = new URL(this.source, location.href);
    for (const [name, value] of Object.entries({ ...parts, ...(this.level && { level: this.level }) })) url.searchParams.set(name, value);
    return url;
  }

  async open(line) {
    this.status.textContent = "Reading…";
    try {
      await this.chunkOf(0);
    } catch {
      this.status.textContent = "The log could not be read. Reload the page to try again.";
      return;
    }
    this.note();
    this.resize();
    if (line > 1) this.goLine(line);
    else { this.view.scrollTop = 0; this.draw(); }
  }

  note() {
    this.status.textContent = `${this.total.toLocaleString("en-GB")} ${this.total === 1 ? "line" : "lines"}${this.level ? " at this level" : ""}`;
  }

  resize() {
    this.real = this.total * height;
    this.spacer.style.height = `${Math.min(this.real, most)}px`;
  }

  // Between scroll and line: below the limit one pixel is one pixel, above it the scroll is a share of the whole.
  share() { const room = Math.max(1, Math.min(this.real, most) - this.view.clientHeight); return Math.min(1, this.view.scrollTop / room); }
  scaled() { return this.real > most; }
  top() { return this.scaled() ? Math.round(this.share() * Math.max(0, this.total - this.view.clientHeight / height)) : Math.floor(this.view.scrollTop / height); }

  goIndex(index) {
    const first = Math.max(0, Math.min(this.total - 1, index));
    if (this.scaled()) {
      const room = Math.min(this.real, most) - this.view.clientHeight;
      this.exact = first; // a pixel of the scroll is worth many lines: keep the line that was asked for
      this.view.scrollTop = room * first / Math.max(1, this.total - this.view.clientHeight / height);
    } else this.view.scrollTop = first * height;
    this.draw();
  }

  async goLine(n) {
    this.at = n;
    const middle = Math.floor(this.view.clientHeight / height / 3);
    if (!this.level) { this.goIndex(n - 1 - middle); return; }
    this.level = this.levels.value = ""; // a line link means the whole file
    this.cache.clear();
    await this.chunkOf(0);
    this.note();
    this.resize();
    this.goIndex(n - 1 - middle);
  }

  chunkOf(number) {
    const have = this.cache.get(number);
    if (have) return have;
    const mine = this.level;
    const promise = fetch(this.query({ from: number * chunk, count: chunk }), { headers: { Accept: "application/json" } }).then(async (answer) => {
      if (!answer.ok) throw new Error(String(answer.status));
      const { lines, total } = await answer.json();
      if (mine !== this.level) return [];
      this.total = total;
      this.cache.set(number, lines);
      return lines;
    });
    promise.catch(() => this.cache.delete(number));
    this.cache.set(number, promise);
    if (this.cache.size > 60) for (const key of this.cache.keys()) if (Math.abs(key - number) > 20) this.cache.delete(key);
    return promise;
  }

  draw() {
    if (this.pending) return;
    this.pending = requestAnimationFrame(() => { this.pending = 0; this.paint(); });
  }

  paint() {
    const rows = Math.ceil(this.view.clientHeight / height) + 2;
    let first = this.top();
    if (this.exact !== undefined) { if (Math.abs(this.exact - first) < this.total * 2 / Math.max(1, this.view.scrollHeight) + 2) first = this.exact; this.exact = undefined; }
    first = Math.max(0, Math.min(first, this.total - rows + 2));
    const origin = this.scaled() ? this.view.scrollTop : first * height;
    const drawn = document.createDocumentFragment();
    let missing = false;
    for (let index = first; index < Math.min(this.total, first + rows); index++) {
      const lines = this.cache.get(Math.floor(index / chunk));
      if (!Array.isArray(lines)) {
        if (!missing) this.chunkOf(Math.floor(index / chunk)).then(() => this.draw(), () => {});
        missing = true;
        continue;
      }
      const line = lines[index % chunk];
      if (line) drawn.append(this.line(line, origin + (index - first) * height));
    }
    if (missing && !drawn.childElementCount) return; // leave what is there until the lines have come
    this.spacer.replaceChildren(drawn);
    for (const side of [-1, 1]) { // read ahead, quietly
      const number = Math.floor(first / chunk) + side;
      if (number >= 0 && number * chunk < this.total && !this.cache.has(number)) this.chunkOf(number).catch(() => {});
    }
  }

  line({ n, level, text }, top) {
    const el = document.createElement("div");
    el.className = `l ${level ?? ""}${n === this.at ? " at" : ""}`;
    el.style.top = `${top}px`;
    const link = Object.assign(document.createElement("a"), { href: `#L${n}`, textContent: n, title: "Link to this line", tabIndex: -1 });
    el.append(link);
    const q = this.input.value;
    let rest = text;
    if (q) {
      const low = text.toLowerCase(), want = q.toLowerCase();
      let at = low.indexOf(want), done = 0;
      while (at >= 0 && low.length === text.length) {
        el.append(text.slice(done, at), Object.assign(document.createElement("mark"), { textContent: text.slice(at, at + q.length) }));
        done = at + q.length;
        at = low.indexOf(want, done);
      }
      rest = text.slice(done);
    }
    el.append(rest);
    return el;
  }

  async find(dir) {
    const text = this.input.value;
    if (!text) { this.input.focus(); return; }
    this.finding?.abort();
    const mine = this.finding = new AbortController();
    const slow = setTimeout(() => { this.status.textContent = "Searching… Escape stops"; }, 300);
    const stop = (event) => { if (event.key === "Escape") mine.abort(); };
    addEventListener("keydown", stop);
    try {
      const answer = await fetch(this.query({ find: text, after: this.at || (dir === "next" ? 0 : this.total + 1), dir }), { signal: mine.signal, headers: { Accept: "application/json" } });
      if (answer.status === 404) {
        this.status.textContent = this.at ? "No more hits this way" : "Not in this log";
        this.at = 0; // the next search starts over from the other end
        return;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      const { index, n } = await answer.json();
      this.at = n;
      this.status.textContent = `Line ${n.toLocaleString("en-GB")} of ${this.total.toLocaleString("en-GB")}`;
      this.goIndex((index ?? n - 1) - Math.floor(this.view.clientHeight / height / 3));
    } catch (error) {
      this.status.textContent = error.name === "AbortError" ? "Search stopped" : "The search did not work. Try again.";
    } finally {
      clearTimeout(slow);
      removeEventListener("keydown", stop);
    }
  }
}
