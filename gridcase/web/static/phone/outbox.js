// The outbox: what was put in stays until the site has signed for it, or until the person throws it away.
//
// item: id (UUIDv7), owner, shown (what the owner is called), title, path, body, photos (hashes), after (id of what must go first, or null),
//       state waiting | blocked, why {status, code, codes, detail, sha}, tries, next_at, made_at

import { all, done, look, one, write } from "./store.js";

const MONTHS_KEPT = 2;
const STORES = ["outbox", "photos", "ledger"];
const news = "BroadcastChannel" in window ? new BroadcastChannel("gridcase-outbox") : null;
const listeners = new Set();

export function onChange(listener) {
  listeners.add(listener);
}

function tell(is_ours = true) {
  for (const listener of listeners) listener();
  if (is_ours) news?.postMessage("changed");
}
if (news) news.onmessage = () => tell(false);

// Put items with their pictures in, all or nothing. `photos` are [{sha, data}] by item id; the drafts of these keys
// are cleared in the same breath.
export async function add(items, photos, drafts = []) {
  const made_at = new Date().toISOString();
  await write([...STORES, "draft"], (stores) => {
    for (const item of items) {
      const own = photos[item.id] ?? [];
      stores.outbox.add({
        after: null, state: "waiting", why: null, tries: 0, next_at: 0, made_at, ...item, photos: own.map((each) => each.sha),
      });
      for (const { sha, data } of own) stores.photos.put({ key: `${item.id}/${sha}`, item: item.id, sha, data });
      stores.ledger.put({
        id: item.id, owner: item.owner, title: item.title, made_at, state: "waiting", photos: own.length,
      });
    }
    for (const key of drafts) stores.draft.delete(key);
  });
  tell();
}

export async function items() {
  const found = await all("outbox");
  return found.sort((a, b) => (a.id < b.id ? -1 : 1));
}

export const picture = (item, sha) => one("photos", `${item.id}/${sha}`);

// How many wait, are blocked, and are lost: known to the ledger as waiting, and not there whole.
export async function counts() {
  const found = await look(STORES, async ({ outbox, photos, ledger }) => [
    await done(outbox.getAll()), await done(photos.getAllKeys()), await done(ledger.getAll()),
  ]);
  const [waiting, pictures, known] = found;
  const there = new Map(waiting.map((item) => [item.id, item]));
  const held = new Set(pictures);
  const is_whole = (item) => item && item.photos.every((sha) => held.has(`${item.id}/${sha}`));
  const lost = known.filter((row) => row.state === "waiting" && !is_whole(there.get(row.id)));
  return {
    waiting: waiting.length,
    blocked: waiting.filter((item) => item.state === "blocked").length,
    lost: lost.length,
    delivered: known.filter((row) => row.state === "delivered").length,
  };
}

export async function receipts() {
  const known = await all("ledger");
  return known.filter((row) => row.state === "delivered").sort((a, b) => (a.id < b.id ? 1 : -1));
}

// The site has signed: only now the pictures go. What waited for the case number gets it in the same breath.
export async function delivered(item, number, receipt) {
  const before = new Date(Date.now() - MONTHS_KEPT * 31 * 86400e3).toISOString();
  await write(STORES, async ({ outbox, photos, ledger }) => {
    const row = await done(ledger.get(item.id));
    ledger.put({ ...row, state: "delivered", number, receipt, delivered_at: new Date().toISOString() });
    for (const sha of item.photos) photos.delete(`${item.id}/${sha}`);
    outbox.delete(item.id);
    for (const next of await done(outbox.getAll())) {
      if (next.after === item.id) outbox.put({ ...next, after: null, path: next.path.replace("{number}", number) });
    }
    for (const old of await done(ledger.getAll())) {
      if (old.state !== "waiting" && old.made_at < before) ledger.delete(old.id);
    }
  });
  tell();
}

// Write down how a try ended; an item that is gone meanwhile stays gone.
export async function note(item, change) {
  await write(["outbox"], async ({ outbox }) => {
    const now = await done(outbox.get(item.id));
    if (now) outbox.put({ ...now, ...change });
  });
  tell();
}

export const retry = (item) => note(item, { state: "waiting", why: null, next_at: 0 });

// A photo of an item gives way to another ({sha, data}), or to none; then the item is sent again.
export async function exchange(item, sha, other = null) {
  await write(STORES, async ({ outbox, photos, ledger }) => {
    const now = await done(outbox.get(item.id));
    if (!now) return;
    const left = now.photos.flatMap((each) => (each !== sha ? [each] : other ? [other.sha] : []));
    photos.delete(`${item.id}/${sha}`);
    if (other) photos.put({ key: `${item.id}/${other.sha}`, item: item.id, sha: other.sha, data: other.data });
    outbox.put({ ...now, photos: [...new Set(left)], state: "waiting", why: null, next_at: 0 });
    ledger.put({ ...(await done(ledger.get(item.id))), photos: new Set(left).size });
  });
  tell();
}

// Thrown away by the person, with whatever waited for it.
export async function withdraw(item) {
  await write(STORES, async ({ outbox, photos, ledger }) => {
    const found = await done(outbox.getAll());
    for (const each of found.filter((one) => one.id === item.id || one.after === item.id)) {
      const row = await done(ledger.get(each.id));
      ledger.put({ ...row, state: "withdrawn" });
      for (const sha of each.photos) photos.delete(`${each.id}/${sha}`);
      outbox.delete(each.id);
    }
  });
  tell();
}

// Free bytes of what the browser lets us have; null where it does not tell (plain http).
export async function room() {
  if (!navigator.storage?.estimate) return null;
  const { quota, usage } = await navigator.storage.estimate();
  return Math.max(0, quota - usage);
}

// Ask that the browser does not clear this of its own accord.
export async function hold() {
  return (await navigator.storage?.persist?.()) ?? false;
}
