// The composer: drafts that keep themselves, pictures by paste and drag, and no way to lose a sentence.
// Reply and note are two forms with two addresses; nothing here ever moves text from one to the other.
import { say } from "./toast.js";

const rest = 800; // milliseconds after the last key before a draft is kept
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: document.documentElement.dataset.zone || undefined });
const pending = new Map(); // form → timer of a draft not yet kept
const known = new WeakSet();
let leaving = false;

const shelf = (form) => `draft ${form.dataset.draft}`;
const textOf = (form) => form.querySelector("textarea[name=body]");
function state(form, words) {
  const place = form.querySelector("[data-draft-state]");
  if (place) place.textContent = words;
}

async function keep(form, last = false) {
  clearTimeout(pending.get(form));
  const text = textOf(form)?.value ?? "";
  try {
    const answer = await fetch(form.dataset.draft, { method: text.trim() ? "PUT" : "DELETE", body: text.trim() ? new URLSearchParams({ body: text }) : undefined, keepalive: last, headers: { "HX-Request": "true" } });
    if (!answer.ok) throw new Error(String(answer.status));
    if (textOf(form)?.value === text) pending.delete(form);
    sessionStorage.removeItem(shelf(form));
    state(form, text.trim() ? `Draft kept ${clock.format(new Date())}` : "");
  } catch {
    sessionStorage.setItem(shelf(form), text); // this window remembers it until the desk can
    state(form, "Draft kept in this window only");
    if (!last) pending.set(form, setTimeout(() => keep(form), 5000));
  }
}

function setUp(box) {
  if (known.has(box)) return;
  known.add(box);
  for (const form of box.querySelectorAll("form[data-draft]")) {
    const area = textOf(form);
    if (!area) continue;
    const left = sessionStorage.getItem(shelf(form));
    if (left && !area.value.trim()) {
      area.value = left;
      state(form, "Brought back from this window");
    }
    area.addEventListener("input", () => {
      clearTimeout(pending.get(form));
      pending.set(form, setTimeout(() => keep(form), rest));
      state(form, "");
    });
    form.addEventListener("submit", () => {
      clearTimeout(pending.get(form));
      pending.delete(form);
      leaving = true; // an ordinary send leaves the page, and that is wanted
      setTimeout(() => { leaving = false; }, 4000);
    });
  }
  box.addEventListener("change", (event) => {
    if (event.target.name === "compose") grow(box);
  });
  box.addEventListener("keyed", (event) => {
    if (event.target.name === "compose") field(box, event.target.value)?.focus();
  });
  grow(box);
}

const field = (box, kind) => box.querySelector(`form.${CSS.escape(kind)}`)?.querySelector("textarea, input:not([type=hidden]), select");

// grow lets the text decide the height where the browser cannot do it by itself.
function grow(box) {
  if (CSS.supports("field-sizing", "content")) return;
  for (const area of box.querySelectorAll("textarea")) {
    const fit = () => { area.style.height = "auto"; area.style.height = `${area.scrollHeight + 2}px`; };
    if (!known.has(area)) area.addEventListener("input", fit);
    known.add(area);
    fit();
  }
}

export function init() {
  for (const box of document.querySelectorAll("[data-composer]")) setUp(box);
}

addEventListener("beforeunload", (event) => {
  if (!leaving && [...pending.keys()].some((form) => form.isConnected && textOf(form)?.value.trim())) event.preventDefault();
});
addEventListener("pagehide", () => {
  for (const form of pending.keys()) if (form.isConnected) keep(form, true);
});
document.addEventListener("htmx:before:swap", () => {
  for (const form of pending.keys()) if (form.isConnected && !leaving) keep(form, true);
});

// A link to #write, or to #note, opens the right form.
addEventListener("hashchange", byHash);
function byHash() {
  const kind = { "#write": "reply", "#note": "note", "#evidence": "evidence" }[location.hash];
  const box = kind && document.querySelector("[data-composer]");
  const radio = box?.querySelector(`[name=compose][value=${kind}]`);
  if (radio) {
    radio.checked = true;
    field(box, kind)?.focus();
  }
}
byHash();

// Pictures and files: pasted or dropped anywhere on the ticket, they become evidence, which stays on the desk.
function place() {
  return document.querySelector("form[data-upload]");
}
document.addEventListener("paste", (event) => {
  const files = [...(event.clipboardData?.files ?? [])];
  if (!files.length || !place() || event.target.closest?.("dialog")) return;
  event.preventDefault();
  for (const file of files) upload(file);
});
let depth = 0;
const holdsFiles = (event) => place() && [...(event.dataTransfer?.types ?? [])].includes("Files");
document.addEventListener("dragenter", (event) => { if (holdsFiles(event)) { depth++; document.querySelector(".work")?.classList.add("dropping"); } });
document.addEventListener("dragleave", (event) => { if (holdsFiles(event) && --depth <= 0) calm(); });
document.addEventListener("dragover", (event) => { if (holdsFiles(event)) event.preventDefault(); });
document.addEventListener("drop", (event) => {
  if (!holdsFiles(event)) return;
  event.preventDefault();
  calm();
  for (const file of event.dataTransfer.files) upload(file);
});
function calm() {
  depth = 0;
  document.querySelector(".work")?.classList.remove("dropping");
}

// upload sends one file with its progress in sight and a way to stop.
function upload(file) {
  const form = place();
  const box = form.closest("[data-composer]");
  const tray = box.querySelector("form:not([hidden]) [data-files]") ?? box.appendChild(Object.assign(document.createElement("div"), { className: "files" }));
  const chip = document.createElement("span");
  chip.className = "thumb";
  const name = file.name || "screenshot.png";
  if (file.type.startsWith("image/")) {
    const url = URL.createObjectURL(file);
    const img = Object.assign(new Image(), { src: url, alt: "" });
    img.addEventListener("load", () => URL.revokeObjectURL(url));
    chip.append(img);
  }
  const bar = Object.assign(document.createElement("progress"), { max: 1, value: 0 });
  bar.setAttribute("aria-label", `Sending ${name}`);
  const stop = Object.assign(document.createElement("button"), { type: "button", className: "link", textContent: "Stop" });
  chip.append(Object.assign(document.createElement("span"), { textContent: name }), bar, stop);
  tray.append(chip);
  const body = new FormData(); // the desk finds out what the file is
  body.append("file", file, name);
  const call = new XMLHttpRequest(); // fetch cannot tell how far an upload has come
  call.open("POST", form.dataset.upload);
  call.setRequestHeader("HX-Request", "true");
  call.upload.onprogress = (event) => { if (event.lengthComputable) { bar.max = event.total; bar.value = event.loaded; } };
  call.onloadend = () => {
    chip.remove();
    if (call.status >= 200 && call.status < 300) {
      say({ text: `${name} was added as evidence. It stays on the desk.` });
      document.dispatchEvent(new CustomEvent("desk:refresh"));
    } else if (call.status) {
      let words = `${name} was not added.`;
      try { words = JSON.parse(call.responseText).detail ?? words; } catch {
        words = new DOMParser().parseFromString(call.responseText, "text/html").querySelector(".error, .errors")?.textContent.trim() || words;
      }
      say({ text: words, tone: "bad" });
    } else if (!call.stopped) {
      say({ text: `${name} was not added: no answer from the desk. Try again.`, tone: "bad" });
    }
  };
  stop.addEventListener("click", () => { call.stopped = true; call.abort(); });
  call.send(body);
}
