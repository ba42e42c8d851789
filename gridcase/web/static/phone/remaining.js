// What lists of tasks of inspectors and handlers share: photos kept one at a time, and what remains after sending.

import { items, onChange } from "./outbox.js";
import { one, put } from "./store.js";

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

const waitingNow = async () => new Set((await items()).map((item) => item.case).filter(Boolean));

// What has left the outbox is done: the site says what remains to do (`learn`), and nothing is offered a second time
// before. `draw` is given the numbers of the cases that wait in the outbox.
export async function follow(learn, draw) {
  let waiting = await waitingNow();
  onChange(async () => {
    const now = await waitingNow();
    const has_left = [...waiting].some((number) => !now.has(number));
    if (has_left) await learn();
    waiting = now;
    await draw(waiting);
  });
  await learn();
  await draw(waiting);
}
