// The labels of a fuse are placed in percent by the server; when the screen is narrow they may meet.
// A label that would touch another moves to the free row below or above, and is hidden only when there is none:
// the picture's aria-label always carries all of them.

const rows = [11, 55]; // baselines of the two rows of labels
const air = 6; // pixels between two labels

function arrange(svg) {
  const width = svg.clientWidth;
  if (!width) return;
  const placed = [];
  const texts = [...svg.querySelectorAll("text")];
  for (const text of texts) {
    text.dataset.row ??= text.getAttribute("y");
    text.setAttribute("y", text.dataset.row);
    text.setAttribute("dx", 0);
    text.removeAttribute("visibility");
  }
  // Outermost first: now and the real deadline are never moved.
  const rank = (text) => (text.getAttribute("text-anchor") === "middle" ? 1 : 0) + (text.dataset.row === "11" ? 0 : 1);
  for (const text of texts.toSorted((a, b) => rank(a) - rank(b))) {
    const box = text.getBBox();
    let dx = 0;
    if (box.x < 0) dx = -box.x;
    if (box.x + box.width > width) dx = width - box.x - box.width;
    text.setAttribute("dx", dx);
    const from = box.x + dx, to = from + box.width;
    const own = Number(text.dataset.row);
    const row = [own, ...rows.filter((y) => y !== own)].find((y) => !placed.some((p) => p.y === y && from < p.to + air && to > p.from - air));
    if (row === undefined) {
      text.setAttribute("visibility", "hidden");
    } else {
      text.setAttribute("y", row);
      placed.push({ y: row, from, to });
    }
  }
}

const watch = new ResizeObserver((entries) => { for (const entry of entries) arrange(entry.target); });

export function init() {
  for (const svg of document.querySelectorAll(".fuse-line")) {
    watch.observe(svg);
    arrange(svg);
  }
}
