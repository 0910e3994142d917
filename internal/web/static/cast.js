// Terminal sessions, played in the page. The player is fetched only when there is one to play.

const folder = new URL("vendor/asciinema-player/", import.meta.url);
let player = null;

function load() {
  return player ??= new Promise((resolve, reject) => {
    document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL("asciinema-player.css", folder).href }));
    const script = Object.assign(document.createElement("script"), { src: new URL("asciinema-player.min.js", folder).href });
    script.onload = () => resolve(window.AsciinemaPlayer);
    script.onerror = () => reject(new Error("the player could not be fetched"));
    document.head.append(script);
  });
}

const known = new WeakSet();

export function init() {
  for (const place of document.querySelectorAll("[data-cast-src]")) {
    if (known.has(place)) continue;
    known.add(place);
    start(place);
  }
}

async function start(place) {
  const kept = [...place.childNodes]; // the link for those without scripts stays if the player cannot start
  try {
    const { create } = await load();
    place.replaceChildren();
    const at = Number(place.dataset.castAt) || 0;
    const columns = Number(place.dataset.castCols) || 0;
    if (columns) place.style.maxWidth = `${Math.max(360, columns * 9.2 + 40)}px`; // a narrow session is not blown up to the width of the page
    const running = create(place.dataset.castSrc, place, {
      fit: "width", idleTimeLimit: 2, preload: true, startAt: at, poster: `npt:${at || 3600}`, terminalFontFamily: "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace",
    });
    // A found line of the transcript jumps to its moment.
    document.addEventListener("click", (event) => {
      const jump = event.target.closest("[data-cast-jump]");
      if (!jump || !place.isConnected || jump.closest(".e") !== place.closest(".e")) return;
      event.preventDefault();
      running.seek(Number(jump.dataset.castJump)).then(() => running.play());
    });
  } catch {
    place.replaceChildren(...kept);
  }
}
