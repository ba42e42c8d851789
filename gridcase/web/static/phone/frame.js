// What every page of the phone has: the worker, the line of counts, who is signed in, what this browser lacks.

import { counts, onChange, room } from "./outbox.js";
import { BASE, onState, send } from "./sender.js";
import { all, one, put, write } from "./store.js";
import { find, size, t } from "./words.js";

const LITTLE_ROOM = 50e6;

// --- counts and notices ----------------------------------------------------------------------------------------

async function showCounts() {
  const { waiting, blocked, lost } = await counts();
  const line = find("[data-count]");
  line.textContent = t("counts", waiting, lost);
  line.classList.toggle("is-waiting", waiting > 0);
  line.classList.toggle("is-bad", blocked + lost > 0);
}

export function notice(name, text = "") {
  const box = find(`[data-notice="${name}"]`);
  box.hidden = !text;
  box.querySelector("[data-text]").textContent = text;
}

async function showRoom() {
  const free = await room();
  notice("room", free !== null && free < LITTLE_ROOM ? t("little_room", size(free)) : "");
}

function showLine() {
  notice("line", navigator.onLine ? "" : t("offline"));
}

function showLack() {
  if (window.isSecureContext) return;
  notice("lack", t("insecure"));
}

// --- who --------------------------------------------------------------------------------------------------------

// Whoever was last known to be signed in on this phone: {name, shown, self_handling, ahead_ms}, or null. `ahead_ms` is
// how far the clock of the site is ahead of the phone's: that of a demo stands in another month.
export const person = () => one("kept", "person");

const knowing = new Set();

// Listeners are given the name of whoever is signed in each time the site tells it; a page that was another person's is
// left only when they are done.
export function onPerson(listener) {
  knowing.add(listener);
}

// Tells whether the page begins anew, as what it shows was another person's.
async function remember(known) {
  const before = await person();
  const is_other = Boolean(before) && before.name !== known.name;
  const { token: _token, now, ...told } = known;
  const told_at = { ...told, ahead_ms: Date.parse(now) - Date.now() };
  await write(["kept"], ({ kept }) => {
    // Another person's tasks and figures are nobody's business; what waits in the outbox stays.
    if (is_other) kept.clear();
    kept.put(told_at, "person");
  });
  await Promise.allSettled([...knowing].map((listener) => listener(known.name)));
  if (is_other) location.reload();
  return is_other;
}

onState(async ({ person: known, is_signed_out }) => {
  const box = find('[data-notice="sign-in"]');
  if (is_signed_out) {
    const { waiting, lost } = await counts();
    notice("sign-in", waiting ? t("sign_in_waiting", waiting, lost) : t("sign_in"));
    box.querySelector("a").href = `/sign-in?next=${encodeURIComponent(location.pathname)}`;
  } else notice("sign-in");
  if (!known || (await remember(known))) return;
  const who = find("[data-who]");
  who.textContent = known.shown;
  who.dataset.who = known.name;
});

// --- answers of the site, kept for when there is no line ---------------------------------------------------------

// The JSON of an address under data/; without a line what it answered last, with `is_old`; null when never.
export async function ask(path, { key = path } = {}) {
  try {
    const stop = AbortSignal.timeout ? AbortSignal.timeout(20000) : undefined;
    const headers = { "X-Gridcase-Script": "1" };
    const response = await fetch(`${BASE}/data/${path}`, { headers, credentials: "same-origin", signal: stop });
    if (response.ok) {
      const value = await response.json();
      if (key) await put("kept", { value, at: Date.now() }, key);
      return { ...value, is_old: false };
    }
  } catch {
    // No line, or what answered is not the site.
  }
  const kept = key ? await one("kept", key) : null;
  return kept ? { ...kept.value, is_old: true, kept_at: kept.at } : null;
}

// --- beginning --------------------------------------------------------------------------------------------------

async function keepPages() {
  if (!("serviceWorker" in navigator)) return;
  try {
    await navigator.serviceWorker.register(`${BASE}/worker.js`, { scope: BASE });
  } catch {
    notice("lack", t("no_worker"));
  }
}

// Without a line nobody tells who is signed in: it is whoever was last.
async function showWho() {
  const known = await person();
  if (known) find("[data-who]").textContent = known.shown;
}

function begin() {
  showWho();
  showLack();
  showLine();
  showCounts();
  showRoom();
  keepPages();
  onChange(() => {
    showCounts();
    showRoom();
  });
  window.addEventListener("offline", showLine);
  window.addEventListener("online", () => {
    showLine();
    send({ is_forced: true });
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) send({ is_forced: true });
  });
  all("outbox").then(() => send());
}

begin();
