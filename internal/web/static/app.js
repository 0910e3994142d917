// Firebreak in the browser. Plain ES modules, no build step, no inline script: everything is asked for by data-attributes,
// and every page works, if less comfortably, without this file. docs/pages.md is the list for people who write templates.
//
//   data-key="r" | "g i"      the key, or the keys one after another, press this button, link or radio
//   data-list, data-row       a list whose rows j, k, o and x work on; the row's link is .s, a.main or its first link
//   data-focus-after="SEL"    where focus goes after this form or button has been answered
//   data-dialog="ID"          opens that <dialog>; data-close closes the one around it
//   data-copy="TEXT"          copies exactly that text; data-copy-from="SEL" the text of that element
//   data-submit               a select or checkbox that sends its form when it changes
//   data-show-when="n=a|b"    shown while the field n of its form has the value a or b
//   data-confirm-name="X"     the form's button wakes when its [name=confirm] holds X (only where there is no undo)
//   data-toast, data-undo-url, data-seconds        toast.js
//   <time datetime>, data-exact, data-countdown    time.js
//   data-live, data-live-src, data-presence        live.js
//   data-composer, data-draft, data-upload, data-files, data-draft-state   composer.js
//   data-question, data-triage, data-triage-src, data-verdict              triage.js
//   data-log-src, data-log-line    logview.js      data-picture   imageview.js      data-cast-src   cast.js
//   data-palette, data-search, <template id="actions">                     palette.js      data-searching   search.js
import { say } from "./toast.js";
import "./time.js";
import "./live.js";
import { startKeys } from "./keys.js";
import { openPalette } from "./palette.js";

// Larger parts are fetched only on pages that have something for them.
const parts = [
  ["[data-composer]", () => import("./composer.js")],
  ["[data-triage]", () => import("./triage.js")],
  ["[data-log-src]", () => import("./logview.js")],
  ["[data-picture]", () => import("./imageview.js")],
  ["[data-cast-src]", () => import("./cast.js")],
  [".fuse-line", () => import("./fuse.js")],
  ["[data-searching]", () => import("./search.js")],
];

function init() {
  for (const [selector, load] of parts) {
    if (document.querySelector(selector)) load().then((part) => part.init());
  }
  for (const field of document.querySelectorAll("[data-show-when]")) showWhen(field);
  for (const form of document.querySelectorAll("form[data-confirm-name]")) confirmName(form);
  countPicked();
}

// showWhen hides a part of a form until another field has one of the named values.
function showWhen(field) {
  const form = field.closest("form");
  const [name, values] = field.dataset.showWhen.split("=");
  const wanted = values.split("|");
  const now = form ? new FormData(form).getAll(name) : [];
  const shown = now.some((value) => wanted.includes(value));
  field.hidden = !shown;
  for (const input of field.querySelectorAll("input, select, textarea")) input.disabled = !shown;
}

function confirmName(form) {
  const button = form.querySelector("[type=submit], button:not([type])");
  const input = form.querySelector("[name=confirm]");
  if (button && input) button.disabled = input.value.trim() !== form.dataset.confirmName;
}

function countPicked() {
  const n = document.querySelectorAll(".pick:checked").length;
  for (const place of document.querySelectorAll("[data-picked]")) place.textContent = `${n} chosen`;
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.dialog);
    if (dialog) {
      event.preventDefault();
      if (!dialog.open) dialog.showModal();
    }
    return;
  }
  if (event.target.closest("[data-close]")) {
    event.preventDefault();
    event.target.closest("dialog, [popover]")?.[event.target.closest("dialog") ? "close" : "hidePopover"]();
    return;
  }
  if (event.target.closest("[data-palette]")) {
    event.preventDefault();
    openPalette();
    return;
  }
  const copy = event.target.closest("[data-copy], [data-copy-from]");
  if (copy) {
    event.preventDefault();
    copyText(copy.dataset.copy ?? document.querySelector(copy.dataset.copyFrom)?.textContent ?? "");
    return;
  }
  if (event.target instanceof HTMLDialogElement && event.target.open) {
    const box = event.target.getBoundingClientRect(); // a click on the backdrop hits the dialog itself
    if (event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom) event.target.close();
  }
  const pick = event.target.closest(".pick");
  if (pick) pickRange(pick, event.shiftKey);
});

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch { // no clipboard on plain http: fall back to a selection
    const area = document.createElement("textarea");
    area.value = text;
    (document.querySelector("dialog[open]") ?? document.body).append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  say({ text: "Copied." });
}

let lastPick = null;
function pickRange(pick, shift) {
  const all = [...document.querySelectorAll(".pick")];
  if (shift && lastPick && all.includes(lastPick)) {
    const [from, to] = [all.indexOf(lastPick), all.indexOf(pick)].sort((a, b) => a - b);
    for (const one of all.slice(from, to + 1)) one.checked = pick.checked;
  }
  lastPick = pick;
  countPicked();
}

document.addEventListener("change", (event) => {
  if (event.target.matches(".pick")) countPicked();
  if (event.target.matches("[data-submit]")) event.target.form?.requestSubmit();
  const form = event.target.form;
  if (form) for (const field of form.querySelectorAll("[data-show-when]")) showWhen(field);
});
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.matches("[data-confirm-name]")) confirmName(form);
});
document.addEventListener("reset", () => setTimeout(init));

// Menus: focus goes in when one opens, arrows move inside it. Opening and closing is the browser's own popover.
document.addEventListener("toggle", (event) => {
  if (event.newState === "open" && event.target.matches?.(".menu")) {
    (event.target.querySelector("[autofocus]") ?? menuItems(event.target)[0])?.focus();
  }
}, true);
const menuItems = (menu) => [...menu.querySelectorAll("a[href], button:not(:disabled), input, select")];
document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.(".menu");
  if (!menu || !["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key) || event.target.matches("select, input[type=date]")) return;
  event.preventDefault();
  const items = menuItems(menu);
  const at = items.indexOf(document.activeElement);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  items.at(next % items.length)?.focus();
});

// Ctrl Enter sends the form one is writing in.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches?.("textarea, input")) {
    event.preventDefault();
    event.target.form?.requestSubmit();
  }
});

// Alt Enter presses the way around what a dialog asks for.
document.addEventListener("keydown", (event) => {
  const skip = event.key === "Enter" && event.altKey && event.target.closest?.("dialog[open]")?.querySelector("[data-skip]");
  if (!skip) return;
  event.preventDefault();
  skip.click();
});

// htmx: never lose the page to an answer that does not belong in it.
document.addEventListener("htmx:before:swap", (event) => {
  const { ctx, tasks } = event.detail;
  const status = ctx.response?.status ?? 200;
  const main = tasks.find((task) => task.type === "main") ?? tasks[0];
  const empty = ctx.select && main?.fragment && !main.fragment.childElementCount;
  const signedOut = status === 401 || (ctx.response?.raw?.redirected && /^\/(login|sign-in|setup)\b/.test(new URL(ctx.response.raw.url).pathname));
  if (signedOut) {
    event.preventDefault();
    say({ text: "Your session has ended. What you wrote is kept as a draft.", tone: "bad", seconds: 60, href: location.href, link: "Sign in" });
  } else if (status >= 500 || (empty && status >= 400)) {
    event.preventDefault();
    say({ text: status >= 500 ? "The desk could not do that. Nothing was lost; try again in a moment." : `That did not work (${status}). Reload the page and try again.`, tone: "bad" });
  } else if (empty && ctx.request.method === "GET") {
    event.preventDefault();
    if (!ctx.quiet) location.assign(ctx.request.action);
  }
});
document.addEventListener("htmx:error", (event) => {
  if (event.detail.ctx?.quiet || event.detail.ctx?.status?.startsWith?.("error: Abort")) return;
  say({ text: "No answer from the desk. What you wrote is still here; try again.", tone: "bad" });
});

// After an answer: start what is new, and put focus where the eye goes next.
document.addEventListener("htmx:after:swap", (event) => {
  init();
  const ctx = event.detail.ctx;
  if (ctx?.quiet) return;
  const wanted = ctx?.sourceElement?.closest?.("[data-focus-after]")?.dataset.focusAfter;
  const lost = !document.activeElement || document.activeElement === document.body;
  const invalid = (ctx?.response?.status ?? 200) === 422 && (document.querySelector(".errors[tabindex]") ?? document.querySelector("[aria-invalid=true]"));
  const next = invalid || (wanted && document.querySelector(wanted)) || (lost && document.querySelector("#main"));
  if (next) next.focus({ preventScroll: next.id === "main" });
  markCurrent();
});
document.addEventListener("htmx:after:history:push", markCurrent);

// markCurrent marks the row of the list whose page is open, and tells those who do not see it.
function markCurrent() {
  const here = location.pathname;
  for (const link of document.querySelectorAll(".t .s")) {
    if (new URL(link.href).pathname === here) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

startKeys(openPalette);
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", init);
else init();
