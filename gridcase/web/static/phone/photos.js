// Photos of a form: read once into the phone's own memory, judged before they are kept, shown small.

import { sha256 } from "./ids.js";
import { room } from "./outbox.js";
import { make, size, t } from "./words.js";

// What the rest of the phone needs to go on working.
const SPARE = 5e6;

function is_heic(buffer) {
  const name = String.fromCharCode(...new Uint8Array(buffer.slice(4, 12)));
  return /^ftyp(heic|heix|mif1|msf1|heim|hevc)/.test(name);
}

export class Photos {
  // `box` holds a file input, a list [data-thumbs] and a line [data-told]; `changed` is called after every change.
  constructor(box, changed) {
    this.box = box;
    this.changed = changed;
    this.taken = [];
    this.most = Number(box.dataset.maxBytes);
    this.input = box.querySelector("input[type=file]");
    this.input.addEventListener("change", () => this.choose());
  }

  async choose() {
    const files = [...this.input.files];
    this.tell("");
    for (const file of files) {
      try {
        await this.take(await file.arrayBuffer());
      } catch {
        this.tell(t("photo_unreadable"));
      }
    }
    this.input.value = "";
  }

  // Take a picture in; says why when it cannot be.
  async take(data, at = new Date().toISOString()) {
    const free = await room();
    const held = this.taken.reduce((sum, each) => sum + each.data.byteLength, 0);
    if (data.byteLength > this.most) return this.tell(t("photo_too_large", size(data.byteLength), size(this.most)));
    if (is_heic(data)) return this.tell(t("photo_heic"));
    if (free !== null && free < data.byteLength + held + SPARE) return this.tell(t("no_room", size(free)));
    const sha = await sha256(data);
    if (this.taken.some((each) => each.sha === sha)) return this.tell(t("photo_twice"));
    this.taken.push({ sha, data, at });
    await this.changed();
    return this.show();
  }

  async drop(sha) {
    this.taken = this.taken.filter((each) => each.sha !== sha);
    await this.changed();
    this.show();
  }

  // Take over what a draft had.
  restore(taken) {
    this.taken = taken ?? [];
    this.show();
  }

  tell(text) {
    this.box.querySelector("[data-told]").textContent = text;
  }

  show() {
    const list = this.box.querySelector("[data-thumbs]");
    for (const picture of list.querySelectorAll("img")) URL.revokeObjectURL(picture.src);
    list.replaceChildren(...this.taken.map((each, at) => this.thumb(each, at + 1)));
    this.box.classList.toggle("has-photos", this.taken.length > 0);
  }

  thumb({ sha, data }, number) {
    const src = URL.createObjectURL(new Blob([data]));
    const drop = make("button", { type: "button", class: "thumb-drop", "aria-label": t("photo_drop", number) }, "×");
    drop.addEventListener("click", () => this.drop(sha));
    const told = make("span", { class: "thumb-size" }, size(data.byteLength));
    return make("li", { class: "thumb" }, make("img", { src, alt: t("photo", number) }), told, drop);
  }
}
