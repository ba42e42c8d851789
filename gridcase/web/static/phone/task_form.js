// A form of one move of a task. What is typed, chosen and photographed in it is kept until it is handed in, whatever
// happens to the page; then it goes into the outbox, line or not.

import { follow as tellFate } from "./fate.js";
import { Faults } from "./faults.js";
import { notice } from "./frame.js";
import { uuid7 } from "./ids.js";
import { add, hold } from "./outbox.js";
import { Photos } from "./photos.js";
import { done, one, put, remove, write } from "./store.js";
import { find, make, t } from "./words.js";

const PREFIX = "task/";
const DAYS_KEPT = 62;

export class TaskForm {
  // `who` is the person who fills it in, null when nobody is known; `task` tells when it was given (`given_at`):
  // what was left behind of an earlier round is not that of the next.
  constructor(task, move, who) {
    const owner = who?.name ?? "";
    Object.assign(this, { task, move, owner, shown: who?.shown, photos: null });
    this.key = `${PREFIX}${owner}/${task.number}/${move.trigger}/${task.given_at ?? ""}`;
    this.form = make("form", { novalidate: true });
    this.told = make("p", { class: "told told-bad", role: "alert" });
    this.faults = new Faults(this.form, (text) => {
      this.told.textContent = text;
    });
  }

  get takes_photos() {
    return this.move.fields.some((each) => each.name.startsWith("photos_"));
  }

  // `box` is one for Photos.
  shootInto(box) {
    this.photos = new Photos(box, () => this.keepPhotos());
    this.form.append(box);
  }

  // The whole of it, folded, once its fields are in. `title` is what it is called in the outbox; `records` gives the
  // body, and adds what is missing to the list that it is given.
  folded({ title, records, look = "button-main", kind = "" }) {
    const { form, move, told } = this;
    const button = make("button", { class: `button ${look}` }, move.label);
    form.append(told, button);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      button.disabled = true;
      this.handIn(title, records).finally(() => {
        button.disabled = false;
      });
    });
    this.box = make("details", { class: kind }, make("summary", {}, move.label), form);
    this.untouched = this.values();
    this.restored = this.restore();
    form.addEventListener("input", () => this.keep());
    return this.box;
  }

  // --- what is kept ---------------------------------------------------------------------------------------------

  fields() {
    return [...this.form.elements].filter((each) => each.name);
  }

  values() {
    return Object.fromEntries(this.fields().map((each) => [each.name, each.value]));
  }

  async keep() {
    await this.restored;
    const texts = Object.entries(this.values()).filter(([name, value]) => value !== this.untouched[name]);
    await this.put(this.key, texts.length ? Object.fromEntries(texts) : null);
  }

  // Apart from the texts: they are large and seldom change.
  async keepPhotos() {
    await this.restored;
    const { taken } = this.photos;
    await this.put(this.photo_key, taken.length ? taken : null);
    if (taken.length) this.faults.clear("photo");
  }

  get photo_key() {
    return `${this.key}/photos`;
  }

  async put(key, what) {
    try {
      await (what ? put("draft", { what, at: Date.now() }, key) : remove("draft", key));
    } catch {
      notice("room", t("draft_not_kept"));
    }
  }

  async restore() {
    const kept = (key) => one("draft", key).then((found) => found?.what, () => null);
    const [texts, taken] = await Promise.all([kept(this.key), kept(this.photo_key)]);
    this.photos?.restore(taken);
    for (const field of this.fields()) {
      const value = texts?.[field.name];
      if (value === undefined || field.value !== this.untouched[field.name]) continue;
      field.value = value;
      // What was begun is seen at once.
      for (let fold = field.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    }
    if (taken?.length) this.box.open = true;
    if (texts) this.form.dispatchEvent(new Event("change"));
  }

  // --- handing it in --------------------------------------------------------------------------------------------

  async handIn(title, records) {
    const missing = [];
    await this.photos?.reading;
    const taken = this.photos?.taken ?? [];
    const needs_photo = this.move.fields.some((each) => each.name.startsWith("photos_") && each.required);
    if (needs_photo && !taken.length) missing.push(["photo", t("photo_needed")]);
    const body = await records(missing);
    if (!this.owner) missing.push(["owner", t("sign_in_first")]);
    if (this.faults.set(missing)) return;
    const { task, move, owner, shown } = this;
    const item = {
      id: uuid7(), owner, shown, title, case: task.number, path: `/api/v1/cases/${task.number}/moves/${move.trigger}`,
      body: { ...body, taken_at: taken[0]?.at ?? new Date().toISOString() },
    };
    try {
      await add([item], { [item.id]: taken }, [this.key, this.photo_key]);
    } catch {
      this.faults.set([["room", t("not_kept")]]);
      return;
    }
    hold();
    tellFate(find("[data-fate]"), [item]);
  }

  // What was typed, without what was left empty.
  said() {
    return Object.fromEntries(Object.entries(this.values()).map(([name, value]) => [name, value.trim()]).filter(([, value]) => value));
  }
}

// Forms that nobody has handed in for two months are gone: their tasks went another way.
export function forgetOld() {
  const before = Date.now() - DAYS_KEPT * 86400e3;
  return write(["draft"], async ({ draft }) => {
    for (const key of await done(draft.getAllKeys(IDBKeyRange.bound(PREFIX, `${PREFIX}\uffff`)))) {
      const kept = await done(draft.get(key));
      if (kept.at < before) draft.delete(key);
    }
  });
}
