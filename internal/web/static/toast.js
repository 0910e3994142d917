// Toasts: one sentence on what was done, and the way back while there is one.
// They come from the answer header HX-Trigger: {"toast":{"text","undo","seconds","tone"}} or from the page:
// <div data-toast="Sent." data-undo-url="/entries/9/undo" data-seconds="10">…</div>

let last = null; // the undo of the newest toast

function stack() {
  let place = document.getElementById("toasts");
  if (!place) {
    place = document.createElement("div");
    place.id = "toasts";
    place.className = "toasts";
    place.setAttribute("role", "status");
    place.setAttribute("aria-live", "polite");
    document.body.append(place);
  }
  return place;
}

// say shows a toast. text is a sentence; undo an address that a POST takes the act back at; seconds how long it stays;
// tone "bad" for a failure; href and link a place to go. It returns a function that takes the toast away.
export function say({ text, undo, seconds, tone, href, link }) {
  const toast = document.createElement("div");
  toast.className = tone === "bad" ? "toast bad" : "toast";
  const words = document.createElement("span");
  words.textContent = text;
  toast.append(words);
  const stay = (seconds ?? (undo ? 10 : tone === "bad" ? 12 : 5)) * 1000;
  const bar = document.createElement("span");
  bar.className = "left";
  let clock = null;
  const gone = () => {
    clock?.cancel();
    toast.remove();
    if (last === back) last = null;
  };
  const back = async () => {
    gone();
    await window.htmx.ajax("POST", undo, { source: document.body, target: document.body, swap: "none" });
    document.dispatchEvent(new CustomEvent("desk:refresh"));
  };
  if (undo) {
    const button = document.createElement("button");
    button.type = "button";
    button.append("Undo ", Object.assign(document.createElement("kbd"), { textContent: "z" }));
    button.addEventListener("click", back);
    toast.append(button);
    last = back;
  }
  if (href) toast.append(Object.assign(document.createElement("a"), { href, textContent: link ?? "Open", className: "button" }));
  if (!undo) {
    const close = document.createElement("button");
    close.type = "button";
    close.setAttribute("aria-label", "Close");
    close.textContent = "×";
    close.addEventListener("click", gone);
    toast.append(close);
  }
  if (undo) toast.append(bar);
  const place = stack();
  while (place.children.length >= 3) place.firstElementChild.remove();
  place.append(toast);
  // The animation is the clock, so that pausing it under the pointer or focus pauses the time as well.
  clock = bar.animate([{ transform: "scaleX(1)" }, { transform: "scaleX(0)" }], { duration: stay, fill: "forwards" });
  if (!bar.isConnected) {
    const timer = setTimeout(gone, stay);
    toast.addEventListener("pointerenter", () => clearTimeout(timer));
    toast.addEventListener("pointerleave", () => setTimeout(gone, 2000));
  } else {
    clock.onfinish = gone;
    for (const stop of ["pointerenter", "focusin"]) toast.addEventListener(stop, () => clock.pause());
    for (const go of ["pointerleave", "focusout"]) toast.addEventListener(go, () => clock.play());
  }
  return gone;
}

// undoLast presses Undo of the newest toast. It answers whether there was one.
export function undoLast() {
  if (!last) return false;
  last();
  return true;
}

document.addEventListener("toast", (event) => say(event.detail));

function fromPage() {
  for (const el of document.querySelectorAll("[data-toast]")) {
    say({ text: el.dataset.toast, undo: el.dataset.undoUrl, seconds: Number(el.dataset.seconds) || undefined, tone: el.dataset.tone });
    el.remove();
  }
}
document.addEventListener("htmx:after:swap", fromPage);
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", fromPage);
else fromPage();
