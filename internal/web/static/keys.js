// The keyboard: letters press what carries data-key, j k o x work on the list, ? shows every key of this page.
import { undoLast } from "./toast.js";

const patience = 1200; // milliseconds to wait for the second key of a sequence
let typed = "";
let timer = 0;

const visible = (el) => el.checkVisibility?.({ visibilityProperty: true }) ?? el.offsetParent !== null;
const writing = (el) => el.matches("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=button], [type=submit], [type=reset], [type=file])");

export function startKeys(openPalette) {
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      openPalette();
      return;
    }
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey) return;
    if (event.altKey && !event.getModifierState("AltGraph")) return;
    const target = event.target instanceof Element ? event.target : document.body;
    if (event.key === "Escape") {
      if (!document.querySelector("dialog[open]")) escape(target);
      return;
    }
    if (event.key.length !== 1 || writing(target) || document.querySelector("dialog[open]") || target.closest("[data-own-keys]")) return;
    if (press(event.key, event, openPalette)) event.preventDefault();
  });
}

// press finds what a key means here and does it. It answers whether the key was used.
function press(key, event, openPalette) {
  clearTimeout(timer);
  typed = typed ? `${typed} ${key}` : key;
  const bound = bindings();
  const hit = bound.get(typed);
  if (hit) {
    typed = "";
    run(hit);
    return true;
  }
  if ([...bound.keys()].some((keys) => keys.startsWith(`${typed} `))) {
    timer = setTimeout(() => { typed = ""; }, patience);
    return true;
  }
  typed = "";
  switch (key) {
    case "j": return move(1);
    case "k": return move(-1);
    case "J": return move(1, true);
    case "K": return move(-1, true);
    case "o": return open();
    case "x": return pick();
    case "z": return undoLast();
    case "?": showKeys(); return true;
    case "/": {
      const search = [...document.querySelectorAll("[data-search], input[type=search]")].find(visible);
      if (search) { search.focus(); search.select(); } else openPalette();
      return true;
    }
  }
  return false;
}

// bindings maps keys to elements: the first visible one wins, else one that waits inside a closed menu.
function bindings() {
  const map = new Map();
  const all = [...document.querySelectorAll("[data-key]")].filter((el) => !el.disabled && !el.closest("dialog:not([open]), [hidden]"));
  for (const el of [...all.filter(visible), ...all]) {
    if (!map.has(el.dataset.key)) map.set(el.dataset.key, el);
  }
  return map;
}

function run(el) {
  if (el.matches("input[type=radio], input[type=checkbox]")) {
    if (el.type === "radio" && el.checked) el.dispatchEvent(new Event("change", { bubbles: true }));
    else el.click();
    el.dispatchEvent(new CustomEvent("keyed", { bubbles: true }));
    // The composer's own script may still be on its way; the text field is there already.
    if (el.name === "compose") el.closest("[data-composer]")?.querySelector(`form.${el.value}`)?.querySelector("textarea, select")?.focus();
    return;
  }
  if (el.matches("input, textarea, select")) { el.focus(); return; }
  el.focus({ preventScroll: true });
  el.click();
}

// The list: the row one stands on is the focused one, else the opened one.
function rows() {
  const lists = [...document.querySelectorAll("[data-list]")].filter(visible);
  const list = lists.find((one) => one.contains(document.activeElement)) ?? lists[0];
  return list ? [...list.querySelectorAll("[data-row]")].filter(visible) : [];
}
const linkOf = (row) => row.querySelector(".s, a.main, a[href]");
function current(all) {
  return all.find((row) => row.contains(document.activeElement)) ?? all.find((row) => row.matches("[aria-current]") || row.querySelector("[aria-current]"));
}

function move(step, alsoOpen = false) {
  const all = rows();
  if (!all.length) return false;
  const at = all.indexOf(current(all));
  const next = at < 0 ? (step > 0 ? all[0] : all.at(-1)) : all[Math.min(all.length - 1, Math.max(0, at + step))];
  const link = linkOf(next);
  link?.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
  if (alsoOpen) link?.click();
  return true;
}
function open() {
  const row = current(rows());
  if (!row) return false;
  linkOf(row)?.click();
  return true;
}
function pick() {
  const box = current(rows())?.querySelector(".pick");
  if (!box) return false;
  box.checked = !box.checked;
  box.dispatchEvent(new Event("change", { bubbles: true }));
  return true;
}

// Escape steps back: out of a field, then out of a choice, then from the ticket to its row in the list.
function escape(target) {
  const menu = document.querySelector("[popover]:popover-open");
  if (menu) return;
  if (writing(target)) {
    (target.closest(".work")?.querySelector("#line") ?? document.querySelector("#main"))?.focus();
    return;
  }
  const chosen = document.querySelectorAll(".pick:checked");
  if (chosen.length) {
    for (const box of chosen) box.checked = false;
    chosen[0].dispatchEvent(new Event("change", { bubbles: true }));
    return;
  }
  const row = document.querySelector(".t .s[aria-current]");
  if (row && visible(row)) row.focus();
}

// The ? page is made from the page itself, so it cannot be out of date.
function showKeys() {
  const label = (el) => (el.dataset.keyLabel ?? el.getAttribute("aria-label") ?? el.title.replace(/\s*\([^)]*\)$/, "")) || (el.closest("label") ?? el).textContent.replace(/\s+/g, " ").trim().replace(new RegExp(`\\s*${el.dataset.key.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`), "");
  const here = [], go = [];
  for (const [keys, el] of bindings()) (keys.startsWith("g ") ? go : here).push([keys, label(el)]);
  const list = document.querySelector("[data-list]") ? [["j", "Next row"], ["k", "Row before"], ["o", "Open the row (also Enter)"], ["J", "Open the next"], ["K", "Open the one before"], ["x", "Choose the row"]] : [];
  const always = [["Ctrl K", "Find any ticket, person, page or action"], ["/", "Search on this page"], ["z", "Undo the last action"], ["Ctrl Enter", "Send what you write"], ["Esc", "Step back"], ["?", "These keys"]];
  const dialog = document.createElement("dialog");
  dialog.className = "wide";
  dialog.setAttribute("aria-labelledby", "keys-title");
  const section = (title, pairs) => {
    if (!pairs.length) return "";
    const part = document.createElement("section");
    const head = document.createElement("h3");
    head.textContent = title;
    part.append(head);
    for (const [keys, text] of pairs) {
      const line = document.createElement("div");
      const words = document.createElement("span");
      words.textContent = text;
      const caps = document.createElement("span");
      caps.className = "nb";
      for (const [n, cap] of keys.split(" ").entries()) {
        if (n) caps.append(" ");
        const key = document.createElement("kbd");
        key.textContent = cap;
        caps.append(key);
      }
      line.append(words, caps);
      part.append(line);
    }
    return part;
  };
  const header = document.createElement("header");
  const title = document.createElement("h2");
  title.id = "keys-title";
  title.textContent = "Keys on this page";
  const close = document.createElement("button");
  close.className = "quiet push";
  close.dataset.close = "";
  close.textContent = "Close";
  header.append(title, close);
  const body = document.createElement("div");
  body.className = "inside keys";
  body.append(section("Here", here), section("In the list", list), section("Go to", go), section("Always", always));
  dialog.append(header, body);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
