// The search page answers while one types: once typing pauses the page is asked for again, and what was found is exchanged
// in one step. An answer that comes too late is dropped, and what is shown stays until the next is there.

const pause = 160; // milliseconds of rest before asking

export function init() {
  for (const form of document.querySelectorAll("form[data-searching]:not([data-ready])")) start(form);
}

function start(form) {
  form.dataset.ready = "";
  const input = form.querySelector("[name=q]");
  let timer = 0, asking = null, shown = input.value.trim();

  async function ask() {
    const q = input.value.trim();
    if (q === shown) return;
    asking?.abort();
    const mine = asking = new AbortController();
    const address = q ? `/search?q=${encodeURIComponent(q)}` : "/search";
    try {
      const answer = await fetch(`${address}${q ? "&" : "?"}typing=true`, { signal: mine.signal, headers: { Accept: "text/html" } });
      if (!answer.ok || answer.redirected) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById(form.dataset.searching), old = document.getElementById(form.dataset.searching);
      if (!fresh || !old || mine.signal.aborted) return;
      old.replaceChildren(...fresh.childNodes);
      const wrong = page.querySelector("#q")?.getAttribute("aria-invalid");
      if (wrong) { input.setAttribute("aria-invalid", wrong); input.setAttribute("aria-describedby", "q-e"); } else { input.removeAttribute("aria-invalid"); input.removeAttribute("aria-describedby"); }
      document.title = page.title;
      shown = q;
      history.replaceState(history.state, "", address);
    } catch (error) {
      if (error.name !== "AbortError") shown = null; // the button still asks
    }
  }

  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, pause); });
  form.addEventListener("submit", () => { clearTimeout(timer); asking?.abort(); });
}
