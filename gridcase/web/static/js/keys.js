// The keyboard on lists and cases; ? shows what there is.
// Asked for anew each time: a refused form brings the page with it.
const helpBox = () => document.querySelector("[data-keys-help]");

function isTyping(target) {
  return target.closest("input, textarea, select, [contenteditable]") !== null;
}

function rows() {
  return [...document.querySelectorAll("[data-keys] [data-row]")];
}

function choose(step) {
  const all = rows();
  if (all.length === 0) return;
  const before = all.findIndex((row) => row.classList.contains("chosen"));
  const at = before < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(before + step, 0), all.length - 1);
  all.forEach((row) => row.classList.toggle("chosen", row === all[at]));
  all[at].querySelector("a").focus({ preventScroll: true });
  all[at].scrollIntoView({ block: "nearest" });
}

function openNumber(number) {
  const tabs = document.querySelectorAll(".tabs .tab");
  // At the centre desk the case lies open beside its queue: numbers are its moves.
  if (tabs.length > 0 && !document.querySelector("[data-desk]")) {
    tabs[number - 1]?.click();
    return;
  }
  const move = document.querySelectorAll("details.move")[number - 1];
  if (!move) return;
  move.open = true;
  move.querySelector("textarea, select, input:not([type=hidden])")?.focus();
  move.scrollIntoView({ block: "nearest" });
}

const acts = {
  j: () => choose(1),
  k: () => choose(-1),
  u: () => document.querySelector("[data-up]")?.click(),
  n: () => document.querySelector("[data-next]")?.click(),
  "/": () => {
    const search = document.querySelector("[data-search]");
    if (search) {
      search.focus();
      search.select();
    } else {
      document.querySelector("[data-up]")?.click();
    }
  },
  "?": () => (helpBox()?.open ? helpBox().close() : helpBox()?.showModal()),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (isTyping(event.target)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (helpBox()?.open && event.key !== "?") return;
  const act = /^[1-9]$/.test(event.key) ? () => openNumber(Number(event.key)) : acts[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

// Whoever moves by Tab takes the choice along.
document.addEventListener("focusin", (event) => {
  const row = event.target.closest("[data-row]");
  if (row) rows().forEach((each) => each.classList.toggle("chosen", each === row));
});
