// Sends what waits: photos in pieces from where the site has them, then the write, until the site has signed for it.

import { delivered, items, note, picture } from "./outbox.js";

// Where the pages of this person lie: those of inspectors and of handlers share the outbox.
export const BASE = document.body.dataset.base ?? "/phone";
const FIRST_PIECE = 65536;
const LARGEST_PIECE = 524288;
const PATIENCE_MS = 30000;
const LONGEST_WAIT_MS = 300000;
const state = { running: null, timer: 0, network_tries: 0, person: null, is_signed_out: false };
const listeners = new Set();

export function onState(listener) {
  listeners.add(listener);
}

// Why nothing goes for now: "signed_out", "no_answer", or "" when nothing is in the way.
export const trouble = () => (state.is_signed_out ? "signed_out" : state.network_tries ? "no_answer" : "");

function tell() {
  for (const listener of listeners) listener({ person: state.person, is_signed_out: state.is_signed_out });
}

// The line is broken, or what answered is not the site: another try may do.
class Later extends Error {
  constructor(is_network, status = 0) {
    super("later");
    Object.assign(this, { is_network, status });
  }
}
class SignIn extends Error {}
// The site says no: only a person can decide what becomes of it.
class Blocked extends Error {
  constructor(problem) {
    super(problem.code);
    this.problem = problem;
  }
}

// Signed in? Answers {name, shown, token, …}, null without a line. Throws SignIn.
export async function session() {
  const answer = await ask("GET", `${BASE}/data/session`, { headers: { "X-Gridcase-Script": "1" } });
  // 403: somebody for whom these pages are not.
  if (answer.status === 401 || answer.status === 403) throw new SignIn();
  if (answer.status !== 200 || !answer.json?.token) throw new Later(false);
  return answer.json;
}

async function ask(method, path, options = {}) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  try {
    const response = await fetch(path, {
      method, cache: "no-store", credentials: "same-origin", signal: stop.signal, ...options,
    });
    const text = await response.text();
    let json = null;
    if (/json/.test(response.headers.get("Content-Type") ?? "")) {
      try {
        json = JSON.parse(text);
      } catch {
        throw new Later(true);
      }
    }
    return { status: response.status, json };
  } catch {
    throw new Later(true);
  } finally {
    clearTimeout(timer);
  }
}

async function call(method, path, options = {}) {
  const headers = { "X-CSRFToken": state.person.token, "Accept-Language": document.documentElement.lang, ...options.headers };
  const answer = await ask(method, path, { ...options, headers });
  const { status, json } = answer;
  if (status === 200 || status === 201) {
    // A page that is none of ours, such as the sign-in page of a hotel, is no answer.
    if (json === null) throw new Later(true);
    return answer;
  }
  if (status === 401) throw new SignIn();
  if (status >= 500 || status === 408 || status === 425 || status === 429 || json?.code === undefined) throw new Later(false, status);
  if (json.code === "bad_csrf") {
    state.person = await session();
    throw new Later(false);
  }
  return answer;
}

// `sha` names the photo that is refused; `codes` are those of all reasons.
const refusal = ({ status, json }, sha = null) =>
  new Blocked({ status, code: json.code, detail: json.detail, codes: (json.reasons ?? []).map((reason) => reason.code), sha });

// --- one item --------------------------------------------------------------------------------------------------

async function upload(item, sha) {
  const kept = await picture(item, sha);
  if (!kept) throw new Blocked({ status: 0, code: "photo_lost", detail: "", sha });
  const path = `/api/v1/uploads/${sha}`;
  const total = kept.data.byteLength;
  let [at, step] = [0, FIRST_PIECE];
  if (item.tries > 0) {
    const known = await call("GET", path);
    if (known.status === 200) {
      if (known.json.is_complete) return;
      at = known.json.received;
    } else if (known.status !== 404) throw refusal(known, sha);
  }
  for (let gaps = 0; at < total; ) {
    const piece = kept.data.slice(at, Math.min(at + step, total));
    const range = `bytes ${at}-${at + piece.byteLength - 1}/${total}`;
    const headers = { "Content-Type": "application/octet-stream", "Content-Range": range };
    const answer = await call("PUT", path, { body: piece, headers });
    if (answer.status === 200) {
      at = answer.json.received;
      step = Math.min(step * 2, LARGEST_PIECE);
      if (answer.json.is_complete) return;
    } else if (answer.json.code === "wrong_offset" && gaps < 3) {
      gaps += 1;
      at = answer.json.received;
    } else throw refusal(answer, sha);
  }
}

// A receipt is for this item when it names it and all its photos.
function is_for(item, receipt) {
  if (!receipt || receipt.client_id !== item.id || !receipt.number || !/^[0-9a-f]{64}$/.test(receipt.signature)) return false;
  const named = new Set(receipt.photos.map((photo) => photo.sha256));
  return item.photos.every((sha) => named.has(sha));
}

async function deliver(item) {
  for (const sha of item.photos) await upload(item, sha);
  const body = { ...item.body, client_id: item.id, uploads: item.photos, receipt: true };
  const headers = { "Content-Type": "application/json" };
  const answer = await call("POST", item.path, { body: JSON.stringify(body), headers });
  if (answer.status !== 200 && answer.status !== 201) {
    // The site has cleared the photos away, or lost them: they are here.
    if (answer.json.code === "upload_missing") throw new Later(false);
    throw refusal(answer);
  }
  if (!is_for(item, answer.json.receipt)) throw new Later(false);
  await delivered(item, answer.json.number, answer.json.receipt);
}

// --- all of them -----------------------------------------------------------------------------------------------

const wait_ms = (tries) => Math.min(LONGEST_WAIT_MS, 2000 * 2 ** Math.min(tries, 10)) * (0.75 + Math.random() / 2);

// Send what is due; with `is_forced` whatever waits. Answers when the round is over.
export function send({ is_forced = false } = {}) {
  state.running ??= locked(() => round(is_forced)).finally(() => {
    state.running = null;
  });
  return state.running;
}

// One tab at a time where the browser can tell; two would only do the same thing twice.
const locked = (work) => (navigator.locks ? navigator.locks.request("gridcase-outbox", work) : work());

async function round(is_forced) {
  clearTimeout(state.timer);
  const waiting = (await items()).filter((item) => item.state === "waiting");
  try {
    state.person = await session();
    state.is_signed_out = false;
    tell();
    for (const { id } of waiting) {
      const item = (await items()).find((each) => each.id === id);
      if (!item || item.state !== "waiting" || item.after || item.owner !== state.person.name) continue;
      if (is_forced || item.next_at <= Date.now()) await attempt(item);
    }
    state.network_tries = 0;
  } catch (error) {
    if (error instanceof SignIn) {
      state.is_signed_out = true;
      tell();
      return;
    }
    if (!(error instanceof Later)) throw error;
    state.network_tries += 1;
  }
  await again();
}

async function attempt(item) {
  try {
    await deliver(item);
  } catch (error) {
    if (error instanceof Blocked) {
      await note(item, { state: "blocked", why: error.problem });
      return;
    }
    const last = error.status ?? 0;
    await note(item, { tries: item.tries + 1, next_at: Date.now() + wait_ms(item.tries), last });
    if (error instanceof SignIn || (error instanceof Later && error.is_network)) throw error;
    if (!(error instanceof Later)) throw error;
  }
}

// Come back when the next one is due.
async function again() {
  const is_ours = (item) => !state.person || item.owner === state.person.name;
  const due = (await items()).filter((item) => item.state === "waiting" && !item.after && is_ours(item));
  if (!due.length) return;
  const soonest = Math.min(...due.map((item) => item.next_at)) - Date.now();
  const pause = Math.max(soonest, state.network_tries ? wait_ms(state.network_tries) : 1000);
  state.timer = setTimeout(send, Math.min(pause, LONGEST_WAIT_MS));
}
