// Live pages. The stream says only what changed ({"topic":"ticket.7"}); the page asks for it again through the ordinary
// address, so permission is checked there. One stream per visible tab: a hidden tab lets go, and catches up when it is seen.
import { say } from "./toast.js";

const address = document.body?.dataset.events;
const gather = 250; // milliseconds in which announcements for one part are taken together
const waiting = new Map();
let stream = null, opened = false, lost = 0, quietly = null;

// refresh fetches a part of the page again and morphs it in, keeping focus, scroll and what is being typed.
function refresh(el) {
  if (!el.id || !el.isConnected || waiting.has(el.id)) return;
  waiting.set(el.id, setTimeout(async () => {
    waiting.delete(el.id);
    const place = document.getElementById(el.id);
    if (!place) return;
    const line = place.matches(".line") && place.scrollHeight - place.scrollTop - place.clientHeight < 80;
    await window.htmx.ajax("GET", place.dataset.liveSrc || location.href, { source: place, target: place, select: `#${CSS.escape(place.id)}`, swap: "outerMorph ignoreTitle:true", quiet: true });
    const after = document.getElementById(el.id);
    if (line && after) after.scrollTop = after.scrollHeight; // someone reading the newest entry stays with the newest
  }, gather));
}

function announce(topic) {
  for (const el of document.querySelectorAll("[data-live]")) {
    if (!topic || el.dataset.live.split(/\s+/).includes(topic)) refresh(el);
  }
  document.dispatchEvent(new CustomEvent("desk:changed", { detail: { topic } }));
}

function connect() {
  if (!address || stream || document.hidden) return;
  stream = new EventSource(address);
  stream.onopen = () => {
    clearTimeout(lost);
    quietly?.();
    quietly = null;
    if (opened) announce(null); // whatever was said while nobody listened
    opened = true;
  };
  stream.onmessage = (event) => {
    try {
      const { topic } = JSON.parse(event.data);
      if (topic) announce(topic);
    } catch { /* a comment or a line of a newer version */ }
  };
  stream.onerror = () => {
    clearTimeout(lost);
    lost = setTimeout(() => {
      quietly ??= say({ text: "The page is not live at the moment. Trying to reach the desk again.", seconds: 3600 });
    }, 10_000);
    if (stream?.readyState === EventSource.CLOSED) {
      stream = null;
      setTimeout(connect, 5000);
    }
  };
}

function letGo() {
  clearTimeout(lost);
  stream?.close();
  stream = null;
}

let hide = 0;
document.addEventListener("visibilitychange", () => {
  clearTimeout(hide);
  if (document.hidden) hide = setTimeout(letGo, 20_000);
  else connect();
});
addEventListener("pagehide", letGo);
addEventListener("pageshow", connect);
document.addEventListener("desk:refresh", () => announce(null));
connect();

// Presence: "Sam Ito is writing a reply here." Told at most every 15 s while someone looks or types.
let told = 0, toldTyping = false;
function present(typing) {
  const place = document.querySelector("[data-presence]");
  if (!place || document.hidden) return;
  const now = Date.now();
  if (now - told < 15_000 && toldTyping === typing) return;
  told = now;
  toldTyping = typing;
  fetch(place.dataset.presence, { method: "POST", body: new URLSearchParams({ doing: typing ? "writing" : "looking" }), headers: { "HX-Request": "true" } }).catch(() => {});
}
let resting = 0;
document.addEventListener("input", (event) => {
  if (!event.target.closest?.("[data-composer]")) return;
  present(true);
  clearTimeout(resting);
  resting = setTimeout(() => present(false), 30_000);
});
setInterval(() => present(toldTyping), 20_000);
document.addEventListener("htmx:after:history:push", () => { told = 0; toldTyping = false; present(false); });
present(false);
