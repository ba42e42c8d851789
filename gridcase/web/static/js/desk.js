// The centre desk by keyboard, and its counts kept up to date without touching what is being typed.

const find = (selector) => document.querySelector(selector);
const boxes = () => [...document.querySelectorAll("[data-desk-queue] input[name=number]")];

function isTyping(target) {
  return target.closest("textarea, select, input:not([type=checkbox], [type=radio]), [contenteditable], dialog") !== null;
}

// --- ticking --------------------------------------------------------------------------------------------------

let lastTicked = null;

function count() {
  const told = find("[data-ticked]");
  if (told) told.textContent = boxes().filter((box) => box.checked).length;
}

function tick(isRange) {
  const box = find("[data-row].chosen input[name=number]");
  if (!box) return;
  const all = boxes();
  const [here, there] = [all.indexOf(box), all.indexOf(lastTicked)];
  if (isRange && there >= 0) {
    for (const each of all.slice(Math.min(here, there), Math.max(here, there) + 1)) each.checked = true;
  } else {
    box.checked = !box.checked;
  }
  lastTicked = box;
  count();
}

document.addEventListener("click", (event) => {
  const box = event.target.closest?.("[data-desk-queue] input[name=number]");
  if (!box) return;
  const all = boxes();
  const there = all.indexOf(lastTicked);
  if (event.shiftKey && there >= 0) {
    const here = all.indexOf(box);
    for (const each of all.slice(Math.min(here, there), Math.max(here, there) + 1)) each.checked = true;
  }
  lastTicked = box;
  count();
});

// --- keys -----------------------------------------------------------------------------------------------------

function takeSuggested() {
  const choice = find("details.move select[name=department] option[data-suggested]");
  if (!choice) return;
  const move = choice.closest("details.move");
  move.open = true;
  choice.selected = true;
  move.querySelector(".actions button").focus();
}

function otherQueue(step) {
  const tabs = [...document.querySelectorAll("[data-queue]")];
  const here = tabs.findIndex((tab) => tab.getAttribute("aria-current"));
  tabs[(here + step + tabs.length) % tabs.length]?.click();
}

const acts = {
  s: takeSuggested,
  x: () => tick(false),
  X: () => tick(true),
  b: () => {
    if (boxes().some((box) => box.checked)) find("[data-desk-queue] button[name=trigger]")?.click();
  },
  "[": () => otherQueue(-1),
  "]": () => otherQueue(1),
  r: () => find("[data-renew]")?.click(),
  o: () => find("[data-whole]")?.click(),
  p: () => {
    const phrases = find("details.move[open] + * [data-phrases], [data-phrases]");
    if (!phrases) return;
    phrases.open = true;
    phrases.querySelector("button")?.focus();
  },
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target)) return;
  if (find("dialog[open]")) return;
  const act = acts[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

// --- where the keyboard stands --------------------------------------------------------------------------------

// A page that comes fresh would leave the keyboard nowhere: the row of the open case has it.
function stand() {
  if (document.activeElement && document.activeElement !== document.body) return;
  const row = find(".desk-row-open .desk-link") ?? find(".desk-link");
  row?.focus({ preventScroll: true });
  row?.closest("[data-row]").scrollIntoView({ block: "nearest" });
}

document.addEventListener("page-taken-over", stand);
stand();
count();
