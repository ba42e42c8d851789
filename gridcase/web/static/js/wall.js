// Keeps the wall screen up to date for days: one request at a time, one timer, the same number of nodes.

const EVERY_MS = 20_000;
// A server that is down or starts again is asked less often, but at least once a minute; without a session, seldom.
const SLOWEST_MS = 60_000;
const SIGNED_OUT_MS = 300_000;
const GIVE_UP_MS = 45_000;
// Figures are made anew once a minute: with these ages something is wrong.
const OLD_MS = 300_000;
const SILENT_MS = 75_000;
const TOLD_EVERY_MS = 5000;

const body = document.body;
const texts = body.dataset;
const part = document.querySelector("[data-part]");
const state = document.querySelector("[data-state]");
const alarm = document.querySelector("[data-alarm]");
const alarmText = document.querySelector("[data-alarm-text]");
const signIn = document.querySelector("[data-sign-in]");

// A token of the interface stands in for the session, which ends after a day; it is kept nowhere else.
let token = null;
let tag = null;
let failures = 0;
// What the last request came to: "" is well; else the name of the text that says what is wrong.
let trouble = "";
let answeredAt = performance.now();
// When the shown figures were made, by the clock of this page; null: they are of a month that is over.
let madeAt = null;
let timer = null;

function takeAge(text) {
  madeAt = text === null || text === undefined ? null : performance.now() - Number(text) * 1000;
}

function span(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return texts.second.replace("{1}", seconds);
  const minutes = Math.floor(seconds / 60);
  return minutes < 120 ? texts.minute.replace("{1}", minutes) : texts.hour.replace("{1}", Math.floor(minutes / 60));
}

function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// --- telling --------------------------------------------------------------------------------------------------

function tell() {
  const now = performance.now();
  const silent = now - answeredAt;
  const age = madeAt === null ? null : now - madeAt;
  put(state, age === null ? texts.over : texts.fresh.replace("{1}", span(age)));
  let text = "";
  if (trouble && (silent > SILENT_MS || trouble === "signedOut" || trouble === "refused")) {
    text = texts[trouble].replace("{1}", span(trouble === "signedOut" || trouble === "refused" ? (age ?? silent) : silent));
  } else if (!trouble && age !== null && age > OLD_MS) {
    text = texts.old.replace("{1}", span(age));
  }
  // What is read out aloud says it once, not every five seconds anew.
  alarm.hidden = text === "";
  put(alarmText, text);
  signIn.hidden = trouble !== "signedOut" && trouble !== "refused";
  body.classList.toggle("is-old", text !== "");
}

// --- asking ---------------------------------------------------------------------------------------------------

// Whether it is our part that came: networks in between answer with pages of their own.
function show(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  if (!fresh.querySelector("[data-wall-part]")) return false;
  part.replaceChildren(...fresh.body.childNodes);
  fit();
  return true;
}

// Few words fill their box; long sentences get smaller type rather than an end that nobody sees.
const SMALLER = ["fits-1", "fits-2", "fits-3"];

function fit() {
  for (const box of part.querySelectorAll("[data-fit]")) {
    for (const size of ["", ...SMALLER]) {
      box.classList.remove(...SMALLER);
      if (size) box.classList.add(size);
      if (box.scrollHeight <= box.clientHeight + 1) break;
    }
  }
}

async function fetched() {
  const headers = { "X-Gridcase-Script": "wall" };
  if (tag) headers["If-None-Match"] = tag;
  if (token) headers.Authorization = `Bearer ${token}`;
  const giveUp = new AbortController();
  const limit = setTimeout(() => giveUp.abort(), GIVE_UP_MS);
  try {
    const response = await fetch(texts.wall, { credentials: "same-origin", cache: "no-store", headers, signal: giveUp.signal });
    const html = response.status === 200 ? await response.text() : null;
    return { response, html };
  } finally {
    clearTimeout(limit);
  }
}

function take({ response, html }) {
  if (response.status === 401) return "signedOut";
  if (response.status === 403) return "refused";
  if (response.status !== 200 && response.status !== 304) return "broken";
  if (html !== null && !show(html)) return "lost";
  tag = response.headers.get("ETag");
  takeAge(response.headers.get("X-Figures-Age"));
  answeredAt = performance.now();
  return "";
}

async function ask() {
  try {
    trouble = take(await fetched());
  } catch {
    trouble = "lost";
  }
  failures = trouble ? failures + 1 : 0;
  tell();
  const isOut = trouble === "signedOut" || trouble === "refused";
  later(isOut ? SIGNED_OUT_MS : Math.min(SLOWEST_MS, EVERY_MS * (failures + 1)));
}

function later(ms) {
  clearTimeout(timer);
  timer = setTimeout(ask, ms);
}

// --- a token --------------------------------------------------------------------------------------------------

const dialog = document.querySelector("[data-token-dialog]");
document.querySelector("[data-open-token]").addEventListener("click", () => dialog.showModal());
document.querySelector("[data-close-token]").addEventListener("click", () => dialog.close());
document.querySelector("[data-token-form]").addEventListener("submit", (event) => {
  event.preventDefault();
  const field = event.target.querySelector("input");
  // What no header can carry is no token.
  token = /^[\x21-\x7e]+$/.test(field.value.trim()) ? field.value.trim() : null;
  field.value = "";
  dialog.close();
  later(0);
});

takeAge(texts.age);
fit();
tell();
setInterval(tell, TOLD_EVERY_MS);
addEventListener("resize", fit);
addEventListener("online", () => later(0));
later(EVERY_MS);
