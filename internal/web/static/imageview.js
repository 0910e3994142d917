// Screenshots, large: Enter or a click opens, a click or z shows every pixel, arrows go to the next one.

let dialog, stage, picture, caption, all = [], at = 0;

function build() {
  dialog = document.createElement("dialog");
  dialog.className = "picture";
  dialog.dataset.ownKeys = "";
  dialog.setAttribute("aria-label", "Picture");
  stage = Object.assign(document.createElement("div"), { className: "stage", tabIndex: 0 });
  picture = new Image();
  stage.append(picture);
  const foot = document.createElement("footer");
  caption = Object.assign(document.createElement("span"), { className: "small clip" });
  const make = (words, label, act) => {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: words });
    button.setAttribute("aria-label", label);
    button.addEventListener("click", act);
    return button;
  };
  foot.append(caption, Object.assign(make("‹", "Picture before", () => go(-1)), { className: "push icon" }), Object.assign(make("›", "Next picture", () => go(1)), { className: "icon" }), make("Every pixel", "Zoom", zoom), make("Close", "Close", () => dialog.close()));
  dialog.append(stage, foot);
  document.body.append(dialog);
  stage.addEventListener("click", zoom);
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowRight" && !stage.classList.contains("zoomed")) go(1);
    else if (event.key === "ArrowLeft" && !stage.classList.contains("zoomed")) go(-1);
    else if (event.key === "z" || event.key === "+" || event.key === "-") zoom();
    else return;
    event.preventDefault();
  });
}

function zoom(event) {
  const box = picture.getBoundingClientRect();
  const share = event?.clientX && box.width ? [(event.clientX - box.x) / box.width, (event.clientY - box.y) / box.height] : [.5, .5];
  if (stage.classList.toggle("zoomed")) {
    stage.scrollTo(picture.naturalWidth * share[0] - stage.clientWidth / 2, picture.naturalHeight * share[1] - stage.clientHeight / 2);
  }
}

function go(step) {
  at = (at + step + all.length) % all.length;
  stage.classList.remove("zoomed");
  const link = all[at];
  picture.src = link.href;
  picture.alt = link.querySelector("img")?.alt ?? "";
  caption.textContent = `${all.length > 1 ? `${at + 1} of ${all.length} · ` : ""}${picture.alt}`;
}

export function init() { /* one listener serves every picture there will be */ }

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-picture]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (!dialog) build();
  all = [...document.querySelectorAll("[data-picture]")];
  at = all.indexOf(link);
  go(0);
  dialog.showModal();
  stage.focus();
});
