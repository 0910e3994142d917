// Times: relative in the text, exact with the zone one hover away; countdowns tick.

const lang = "en-GB"; // the words of the pages are English; day before month, 24 hours
const zone = document.documentElement.dataset.zone || undefined; // IANA name from the person's settings
const exact = new Intl.DateTimeFormat(lang, { weekday: "short", year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone, timeZoneName: "short" });
const weekday = new Intl.DateTimeFormat(lang, { weekday: "short", timeZone: zone });
const dayMonth = new Intl.DateTimeFormat(lang, { day: "numeric", month: "short", timeZone: zone });
const monthYear = new Intl.DateTimeFormat(lang, { month: "short", year: "numeric", timeZone: zone });
const minute = 60_000, hour = 60 * minute, day = 24 * hour;

// span writes a length of time with its two largest units: "9 h 20 min", "2 d 4 h", "40 s".
export function span(ms) {
  const left = Math.max(0, ms);
  if (left < minute) return `${Math.ceil(left / 1000)} s`;
  if (left < hour) return `${Math.floor(left / minute)} min`;
  if (left < day) {
    const m = Math.floor(left % hour / minute);
    return `${Math.floor(left / hour)} h${m ? ` ${m} min` : ""}`;
  }
  const h = Math.floor(left % day / hour);
  return `${Math.floor(left / day)} d${h ? ` ${h} h` : ""}`;
}

// relative writes an instant as a person would say it at a glance.
export function relative(then, now) {
  const ago = now - then;
  if (ago < 0) return ago > -day ? `in ${span(-ago)}` : dayMonth.format(then);
  if (ago < 45_000) return "now";
  if (ago < hour) return `${Math.max(1, Math.round(ago / minute))} min`;
  if (ago < day) return `${Math.round(ago / hour)} h`;
  if (ago < 6 * day) return weekday.format(then);
  return ago < 300 * day ? dayMonth.format(then) : monthYear.format(then);
}

// The server's clock rules: Date of the page's own answer corrects a wrong clock on this machine.
const served = Date.parse(document.querySelector("meta[name=served]")?.content ?? "");
const drift = Number.isNaN(served) ? 0 : served - (performance.timeOrigin + (performance.getEntriesByType("navigation")[0]?.responseStart ?? 0));

function write(el, text) {
  if (el.textContent !== text) el.textContent = text;
}

export function tick() {
  const now = Date.now() + drift;
  for (const el of document.querySelectorAll("[data-countdown]")) {
    const end = Date.parse(el.dataset.countdown);
    if (Number.isNaN(end)) continue;
    write(el, end > now ? span(end - now) : "now");
    el.title ||= exact.format(end);
    if (end <= now && !el.dataset.over) {
      el.dataset.over = "true"; // the server decides what has become of it
      setTimeout(() => document.dispatchEvent(new CustomEvent("desk:refresh")), 3000);
    }
  }
  for (const el of document.querySelectorAll("time[datetime]:not([data-countdown])")) {
    const then = Date.parse(el.dateTime);
    if (Number.isNaN(then)) continue;
    el.title ||= exact.format(then);
    if (!el.hasAttribute("data-exact")) write(el, relative(then, now));
  }
}

tick();
document.addEventListener("DOMContentLoaded", tick);
document.addEventListener("htmx:after:swap", tick);
document.addEventListener("visibilitychange", () => { if (!document.hidden) tick(); });
setInterval(() => { if (!document.hidden) tick(); }, 10_000);
