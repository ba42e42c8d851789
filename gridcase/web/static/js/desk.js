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
  p: () => find("[data-phrase]")?.focus(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target)) return;
  if (find("dialog[open]")) return;
  const act = acts[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

// --- phrases --------------------------------------------------------------------------------------------------

let lastText = null;

document.addEventListener("focusin", (event) => {
  if (event.target.matches("[data-case] textarea")) lastText = event.target;
});

// Into the field that was typed in last, else the first of the open form, where the keyboard goes on.
document.addEventListener("click", (event) => {
  const phrase = event.target.closest?.("[data-phrase]");
  if (!phrase) return;
  const field = lastText?.isConnected ? lastText : find("details.move[open] textarea");
  if (!field) return;
  const before = field.value.trimEnd();
  field.value = (before ? `${before}，` : "") + phrase.textContent;
  field.focus();
});

// --- where the keyboard stands --------------------------------------------------------------------------------

// A page that comes fresh would leave the keyboard nowhere: the row of the open case has it.
function stand() {
  if (document.activeElement && document.activeElement !== document.body) return;
  // A finger needs no place to stand.
  if (matchMedia("(pointer: coarse)").matches) return;
  const row = find(".desk-row-open .desk-link") ?? find(".desk-link");
  row?.focus({ preventScroll: true });
  row?.closest("[data-row]").scrollIntoView({ block: "nearest" });
}

document.addEventListener("page-taken-over", stand);
stand();
count();

// --- counts that keep up --------------------------------------------------------------------------------------

const EVERY_MS = 15000;
let tag = null;

function tell({ queues, mark, changed }) {
  for (const tab of document.querySelectorAll("[data-queue]")) {
    const counted = queues[tab.dataset.queue];
    if (!counted) continue;
    for (const each of tab.querySelectorAll("[data-count]")) {
      const now = String(counted[each.dataset.count]);
      if (each.textContent !== now) each.textContent = now;
      if (each.dataset.count !== "count") each.parentElement.hidden = now === "0";
    }
  }
  const shown = find("[data-mark]");
  const renew = find("[data-renew]");
  if (renew && shown) renew.hidden = mark === "" || mark === shown.dataset.mark;
  const notice = find("[data-changed]");
  if (!notice || !changed) return;
  const text = `${changed.at} ${changed.who} “${changed.what}”`;
  const line = notice.querySelector("[data-changed-text]");
  if (line.textContent !== text) line.textContent = text;
  notice.hidden = false;
}

async function ask() {
  const desk = find("[data-desk]");
  if (!desk || document.hidden) return;
  const open = find("[data-case]");
  const way = new URL(desk.dataset.live, location.href);
  if (open) {
    way.searchParams.set("case", open.dataset.case);
    way.searchParams.set("seen", open.dataset.version);
  }
  try {
    const response = await fetch(way, { credentials: "same-origin", headers: tag ? { "If-None-Match": tag } : {}, cache: "no-store" });
    if (!response.ok) return;
    tag = response.headers.get("ETag");
    tell(await response.json());
  } catch {
    // The next time tells.
  }
}

// The queue alone is drawn anew: the form beside it keeps what was typed, ticks stay.
async function renew(event) {
  const link = event.target.closest?.("[data-renew]");
  if (!link) return;
  event.preventDefault();
  const open = find("[data-case]");
  const way = new URL(link.href);
  if (open) way.searchParams.set("case", open.dataset.case);
  const response = await fetch(way, { credentials: "same-origin" });
  if (!response.ok) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("[data-desk-queue]");
  if (!fresh) return;
  const ticked = new Set(boxes().filter((box) => box.checked).map((box) => box.value));
  find("[data-desk-queue]").replaceWith(fresh);
  for (const box of boxes()) box.checked = ticked.has(box.value);
  lastTicked = null;
  count();
  stand();
}

document.addEventListener("click", renew);
document.addEventListener("visibilitychange", ask);
setInterval(ask, EVERY_MS);
