// Ctrl K: any ticket, person, page or action, by keyboard alone. Actions come from the page (data-key, #actions),
// the rest from /api/v1/search, asked for once typing pauses; an answer that comes too late is dropped.

const pause = 120; // milliseconds of rest before asking
const icons = { known_error: "alert", resolution: "book", answer: "book", host: "server", interface: "net", filter: "filter", suggestion: "search", ticket: "inbox", person: "user", people: "user", user: "user", application: "app", runbook: "book", manual: "book", evidence: "db", entry: "chat", page: "right", action: "right", team: "users" };
const plural = { known_error: "Known errors", resolution: "What solved it", answer: "Answers", host: "Hosts", interface: "Interfaces", ticket: "Tickets", person: "People", people: "People", user: "People", application: "Applications", runbook: "Runbooks", manual: "Manuals", evidence: "Evidence", entry: "Entries", action: "Actions", page: "Pages", team: "Teams", recent: "Lately" };
const sprite = new URL("icons.svg", import.meta.url).pathname;

// Filters are offered while their name or value is typed; a colon alone shows all.
const filters = [["app:", "of an application"], ["is:", "open, waiting, resolved, closed, fire, mine, unassigned", ["open", "waiting", "resolved", "closed", "fire", "mine", "unassigned"]], ["fire:", "match, house_fire, wildfire", ["match", "house_fire", "wildfire"]],
  ["from:", "who asked"], ["assignee:", "who has it: a name, me, none", ["me", "none"]], ["tag:", "with a tag"], ["before:", "opened before 2026-11-01, or 7d ago"], ["after:", "opened since 2026-11-01, or 7d ago"], ["sig:", "with the signature of an error"],
  ["kind:", "only one kind of thing", ["ticket", "known_error", "resolution", "application", "host", "interface", "person"]]];
const ownFilters = ["is:", "before:", "after:"], ownStates = ["open", "resolved", "closed"];

let suggestion = "", problem = "";
let dialog, input, list, status, timer = 0, asking = null, found = [], asked = "";

function build() {
  dialog = document.createElement("dialog");
  dialog.className = "palette";
  dialog.setAttribute("aria-label", "Find anything");
  dialog.dataset.ownKeys = "";
  const ask = document.createElement("div");
  ask.className = "ask";
  input = Object.assign(document.createElement("input"), { type: "text", placeholder: "A number, a word, a person, or what you want to do", autocomplete: "off", spellcheck: false });
  for (const [name, value] of Object.entries({ role: "combobox", "aria-label": "Find anything", "aria-expanded": "true", "aria-controls": "palette-list", "aria-autocomplete": "list" })) input.setAttribute(name, value);
  ask.append(icon("search"), input);
  list = document.createElement("div");
  list.id = "palette-list";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "What was found");
  status = document.createElement("div");
  status.className = "none";
  status.setAttribute("role", "status");
  const foot = document.createElement("footer");
  for (const [cap, text] of [["↑↓", "move"], ["Enter", "open"], ["Ctrl Enter", "new tab"], [":", "filters"], ["Esc", "close"]]) {
    const hint = document.createElement("span");
    hint.append(Object.assign(document.createElement("kbd"), { textContent: cap }), ` ${text}`);
    foot.append(hint);
  }
  dialog.append(ask, list, status, foot);
  document.body.append(dialog);
  input.addEventListener("input", () => { clearTimeout(timer); show(); timer = setTimeout(search, pause); });
  dialog.addEventListener("keydown", onKey);
  dialog.addEventListener("close", () => { asking?.abort(); clearTimeout(timer); });
  list.addEventListener("pointermove", (event) => { const option = event.target.closest("[role=option]"); if (option) select(option); });
  list.addEventListener("click", (event) => { const option = event.target.closest("[role=option]"); if (option) take(option, event.ctrlKey || event.metaKey); });
}

export function openPalette() {
  if (!dialog) build();
  if (dialog.open) { input.select(); return; }
  found = [];
  asked = suggestion = problem = "";
  input.value = "";
  dialog.showModal();
  input.focus();
  show();
}

function icon(id, label) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "i");
  if (label) { svg.setAttribute("role", "img"); svg.setAttribute("aria-label", label); } else svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${sprite}#${id}`);
  svg.append(use);
  return svg;
}

// actions are what this page can do, by its own buttons and links, then the fixed list of the desk.
function actions() {
  const seen = new Set(), all = [];
  const add = (el, keys) => {
    const label = el.dataset.keyLabel || el.getAttribute("aria-label") || el.title?.replace(/\s*\([^)]*\)$/, "") || [...(el.closest("label") ?? el).childNodes].filter((n) => n.nodeName !== "KBD" && n.nodeName !== "B").map((n) => n.textContent).join(" ").replace(/\s+/g, " ").trim();
    if (!label || seen.has(label.toLowerCase())) return;
    seen.add(label.toLowerCase());
    all.push({ kind: el.matches("a") ? "page" : "action", title: label, sub: keys, icon: el.dataset.icon, url: el.href, run: el.isConnected ? () => el.click() : null });
  };
  for (const el of document.querySelectorAll("[data-key]")) if (!el.disabled && !el.closest("dialog, [hidden]")) add(el, el.dataset.key);
  for (const el of document.getElementById("actions")?.content.querySelectorAll("a[href], button") ?? []) add(el, el.dataset.key ?? "");
  return all;
}

function matches(text, words) {
  const low = text.toLowerCase();
  return words.every((word) => low.includes(word));
}

async function search() {
  const q = input.value.trim();
  asking?.abort();
  if (q === "" || q === ":" || q.startsWith(">")) { found = []; asked = q; suggestion = problem = ""; show(); return; }
  const mine = asking = new AbortController();
  try {
    const answer = await fetch(`/api/v1/search?q=${encodeURIComponent(q)}&limit=12`, { signal: mine.signal, headers: { Accept: "application/json" } });
    if (answer.status === 422) { // a filter that is none, or not yet: what was found stays
      const said = await answer.json();
      problem = [said.detail, said.hint].filter(Boolean).join(" ") || "This search cannot be read.";
      asked = q;
      if (dialog.open) show();
      return;
    }
    if (!answer.ok) throw new Error(String(answer.status));
    const page = await answer.json();
    found = (page.items ?? []).map(shape);
    suggestion = page.suggestion ?? "";
    problem = "";
    asked = q;
  } catch (error) {
    if (error.name === "AbortError") return;
    found = [];
    asked = q;
    status.textContent = "Search does not answer at the moment.";
  }
  if (dialog.open) show();
}

function shape(item) {
  const title = item.title ?? item.subject ?? item.name ?? "";
  const number = item.number ?? item.ticket;
  const url = item.url ?? (number ? `/tickets/${number}` : "#");
  return { kind: item.kind ?? (number ? "ticket" : "page"), title, number, url, marks: item.title_marks, fire: item.fire, sub: item.note ?? item.sub ?? item.application ?? item.status ?? item.email ?? "" };
}

// offered are the filters whose name or value the last word begins; taking one writes it into the field.
function offered() {
  const text = input.value, word = /\S*$/.exec(text)[0].toLowerCase(), before = text.slice(0, text.length - word.length);
  const own = document.body.classList.contains("plain");
  const out = [];
  if (word === "" || word.startsWith(">")) return out;
  for (const [name, sub, values = []] of filters) {
    if (own && !ownFilters.includes(name)) continue;
    if (word === ":" || word.length > 1 && name.startsWith(word) && name !== word) out.push({ kind: "filter", title: name, sub, write: before + name });
    else if (word.startsWith(name)) {
      for (const value of own && name === "is:" ? ownStates : values) if (value.startsWith(word.slice(name.length)) && name + value !== word) out.push({ kind: "filter", title: name + value, write: `${before}${name}${value} ` });
    }
  }
  return out;
}

function show() {
  const q = input.value.trim();
  const only = q.startsWith(">");
  const words = q.replace(/^>/, "").toLowerCase().split(/\s+/).filter(Boolean);
  const can = actions().filter((a) => matches(a.title, words));
  const groups = [];
  if (/^#?\d+$/.test(q)) groups.push(["Go to", [{ kind: "ticket", title: `Ticket ${q.replace("#", "")}`, url: `/tickets/${q.replace("#", "")}` }]]);
  const offer = offered();
  if (!only && suggestion && asked === q) groups.push(["Did you mean", [{ kind: "suggestion", title: suggestion, write: suggestion }]]);
  if (q === ":" && offer.length) groups.push(["Filters", offer]);
  if (!only && q) {
    const byKind = Map.groupBy(found, (item) => item.kind);
    for (const [kind, items] of byKind) groups.push([plural[kind] ?? kind, items]);
  }
  if (q !== ":" && offer.length) groups.push(["Filters", offer.slice(0, 8)]);
  if (can.length) groups.push([q ? "Actions and pages" : "Do or go", can.slice(0, q ? 6 : 14)]);
  if (!only && q) groups.push(["", [{ kind: "page", icon: "search", title: `Search everything for “${q}”`, url: `/search?q=${encodeURIComponent(q)}` }]]);
  list.replaceChildren();
  let n = 0;
  for (const [name, items] of groups) {
    const group = document.createElement("div");
    group.setAttribute("role", "group");
    if (name) {
      group.setAttribute("aria-label", name);
      const head = Object.assign(document.createElement("div"), { className: "group", textContent: name });
      head.setAttribute("aria-hidden", "true");
      group.append(head);
    } else group.setAttribute("aria-label", "More");
    for (const item of items) {
      const option = document.createElement("div");
      option.id = `palette-${n++}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.item = item;
      if (item.fire) {
        const mark = document.createElement("span");
        mark.className = `fire ${item.fire}`;
        mark.append(icon(item.fire, item.fire.replace("_", " ")));
        option.append(mark);
      } else option.append(icon(item.icon ?? icons[item.kind] ?? "right"));
      if (item.number) option.append(Object.assign(document.createElement("span"), { className: "dim num", textContent: item.number }));
      option.append(marked(item));
      if (item.sub) option.append(Object.assign(document.createElement(item.run || item.kind === "page" ? "kbd" : "span"), { className: item.run || item.kind === "page" ? "push" : "sub", textContent: item.sub }));
      group.append(option);
    }
    list.append(group);
  }
  const first = list.querySelector("[role=option]");
  if (first) select(first);
  if (problem && asked === q) {
    status.hidden = false;
    status.textContent = problem;
    return;
  }
  const waiting = q && !only && asked !== q;
  status.hidden = Boolean(waiting || found.length || !q || only && can.length || can.length);
  if (!status.hidden && !status.textContent) status.textContent = `Nothing is called “${q}”. Try fewer words, or a part of the error text.`;
  if (waiting) status.textContent = "";
}

// marked is a title with what was searched for highlighted; marks are byte ranges of its UTF-8 form.
function marked(item) {
  const span = Object.assign(document.createElement("span"), { className: "clip" });
  if (!item.marks?.length) { span.textContent = item.title; return span; }
  const bytes = new TextEncoder().encode(item.title), text = (from, to) => new TextDecoder().decode(bytes.subarray(from, to));
  let at = 0;
  for (const [from, to] of item.marks) {
    span.append(text(at, from), Object.assign(document.createElement("mark"), { textContent: text(from, to) }));
    at = to;
  }
  span.append(text(at));
  return span;
}

function select(option) {
  for (const other of list.querySelectorAll("[aria-selected=true]")) other.setAttribute("aria-selected", "false");
  option.setAttribute("aria-selected", "true");
  input.setAttribute("aria-activedescendant", option.id);
}

function onKey(event) {
  const all = [...list.querySelectorAll("[role=option]")];
  const at = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
  const to = { ArrowDown: at + 1, ArrowUp: at - 1 }[event.key] ?? (event.ctrlKey ? { n: at + 1, p: at - 1 }[event.key] : undefined);
  if (to !== undefined && all.length) {
    event.preventDefault();
    const option = all[(to + all.length) % all.length];
    select(option);
    option.scrollIntoView({ block: "nearest" });
  } else if (event.key === "Enter") {
    event.preventDefault();
    event.stopPropagation();
    if (all[at]) take(all[at], event.ctrlKey || event.metaKey);
  } else if (event.key === "Tab") {
    event.preventDefault();
  }
}

function take(option, apart) {
  const { item } = option;
  if (item.write !== undefined) {
    input.value = item.write;
    input.focus();
    input.dispatchEvent(new Event("input"));
    return;
  }
  if (apart && item.url) { window.open(item.url, "_blank", "noopener"); return; }
  dialog.close();
  if (item.run) item.run();
  else if (item.url) location.assign(item.url);
}
