// The four questions, made for the keyboard: 1 to 9 answer the question one is at and go on to the next,
// so that four answers are four keys. The fire they make is shown at once when the server offers a preview.

const known = new WeakSet();

function questions(form) {
  return [...form.querySelectorAll("[data-question]")].filter((q) => q.checkVisibility());
}
const answered = (q) => Boolean(q.querySelector("input:checked"));

function mark(form) {
  for (const q of questions(form)) q.classList.toggle("answered", answered(q));
}

function onKey(event) {
  const form = event.currentTarget;
  if (event.ctrlKey || event.metaKey || event.altKey || !/^[1-9]$/.test(event.key)) return;
  if (event.target.matches("textarea, select, input:not([type=radio], [type=checkbox])")) return;
  const all = questions(form);
  const here = all.find((q) => q.contains(event.target)) ?? all.find((q) => !answered(q));
  const choice = here?.querySelectorAll("input[type=radio]")[Number(event.key) - 1];
  if (!choice) return;
  event.preventDefault();
  event.stopPropagation();
  choice.checked = true;
  choice.dispatchEvent(new Event("change", { bubbles: true }));
  next(form, here);
}

// next moves to what follows an answered question: a field that the answer has opened, the next question, or the button.
function next(form, q) {
  const opened = [...form.querySelectorAll("[data-show-when]:not([hidden]) input, [data-after]:not([hidden]) input")].find((input) => !input.value && input.checkVisibility() && q.compareDocumentPosition(input) & Node.DOCUMENT_POSITION_FOLLOWING);
  const all = questions(form);
  const following = all[all.indexOf(q) + 1];
  const before = opened && (!following || following.compareDocumentPosition(opened) & Node.DOCUMENT_POSITION_PRECEDING);
  const target = (before && opened) || following?.querySelector("input:checked, input") || form.querySelector("button.go");
  target?.focus();
  target?.closest("[data-question], .field")?.scrollIntoView({ block: "nearest" });
}

let timer = 0, asking = null;
function preview(form) {
  const address = form.dataset.triageSrc, place = form.querySelector("[data-verdict]");
  if (!address || !place) return;
  clearTimeout(timer);
  timer = setTimeout(async () => {
    asking?.abort();
    const mine = asking = new AbortController();
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string" && name !== "body") query.append(name, value);
    try {
      const answer = await fetch(`${address}?${query}`, { signal: mine.signal, headers: { "HX-Request": "true" } });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-verdict]");
      if (fresh) place.replaceWith(document.adoptNode(fresh));
    } catch { /* a newer answer is on its way, or the desk is away: the form works without */ }
  }, 250);
}

export function init() {
  for (const form of document.querySelectorAll("[data-triage]")) {
    mark(form);
    if (known.has(form)) continue;
    known.add(form);
    form.addEventListener("keydown", onKey);
    form.addEventListener("change", () => { mark(form); preview(form); });
    form.addEventListener("input", () => preview(form));
    preview(form);
  }
}
