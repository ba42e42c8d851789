// What lists of tasks of inspectors and handlers share: whose they are, photos kept one at a time, rows that stay while
// they are worked in, and what remains after sending.

import { ask, person } from "./frame.js";
import { items, onChange } from "./outbox.js";
import { one, put } from "./store.js";
import { find, make, t } from "./words.js";

// Who is signed in, as `person` tells it; of the site if it answers: somebody else may have signed in on this phone.
export async function whoIsHere() {
  const known = await ask("session", { key: null });
  return known ? { ...known, ahead_ms: Date.parse(known.now) - Date.now() } : person();
}

export async function thumbnail(id) {
  const key = `thumb/${id}`;
  let data = await one("kept", key);
  if (!data) {
    try {
      const response = await fetch(`/api/v1/photos/${id}/thumbnail`, { credentials: "same-origin" });
      if (!response.ok) return null;
      data = await response.arrayBuffer();
      await put("kept", data, key);
    } catch {
      return null;
    }
  }
  return URL.createObjectURL(new Blob([data], { type: "image/jpeg" }));
}

export const wanted = (move, name) => move.fields.find((each) => each.name === name);

// What stands in a row instead of its forms: that its answer waits, or was not taken and is to be decided about.
export const stands = (is_stuck) =>
  make("b", { role: "status" }, is_stuck ? make("a", { href: find("[data-count]").href }, t("stuck")) : t("in_outbox"));

// Show these tasks in `list`, new rows made by `row`; answers the tasks of the new ones. `waiting` holds the cases whose
// answer lies in the outbox, and whether it is stuck there. A row whose task is as it was stays where it is: one that is
// taken out and put back loses the keyboard of whoever types in it.
export function redraw(list, tasks, waiting, row) {
  const before = new Map([...list.children].map((each) => [each.dataset.number, each]));
  const made = [];
  const rows = tasks.map((task) => {
    const old = before.get(task.number);
    const state = waiting.has(task.number) ? (waiting.get(task.number) ? "stuck" : "waiting") : "";
    if (old && old.dataset.version === String(task.version) && old.dataset.outbox === state) return old;
    made.push(task);
    const fresh = row(task, Boolean(state), state === "stuck");
    fresh.dataset.version = task.version;
    fresh.dataset.outbox = state;
    return fresh;
  });
  for (const old of before.values()) if (!rows.includes(old)) old.remove();
  rows.forEach((each, at) => {
    if (list.children[at] !== each) list.insertBefore(each, list.children[at] ?? null);
  });
  return made;
}

const waitingNow = async () =>
  new Map((await items()).filter((item) => item.case).map((item) => [item.case, item.state === "blocked"]));

// What has left the outbox is done: the site says what remains to do (`learn`), and nothing is offered a second time
// before. `draw` is given the numbers of the cases that wait in the outbox.
export async function follow(learn, draw) {
  let waiting = await waitingNow();
  onChange(async () => {
    const now = await waitingNow();
    const has_left = [...waiting.keys()].some((number) => !now.has(number));
    if (has_left) await learn();
    waiting = now;
    await draw(waiting);
  });
  await learn();
  await draw(waiting);
}
