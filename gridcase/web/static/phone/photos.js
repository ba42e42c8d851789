// Photos of a form: read once into the phone's own memory, judged before they are kept, shown small.

import { sha256 } from "./ids.js";
import { room } from "./outbox.js";
import { is_heic, is_picture, shrunk } from "./picture.js";
import { make, size, t } from "./words.js";

// What the rest of the phone needs to go on working.
const SPARE = 5e6;

export class Photos {
  // `box` holds file inputs, a list [data-thumbs] and a line [data-told]; `changed` is called after every change, and
  // what it keeps is shown when it is kept. Nothing is taken in before `restore` has given what a draft had.
  // Whoever wants all pictures waits for `reading`: a large one takes a moment.
  constructor(box, changed) {
    this.box = box;
    this.changed = changed;
    this.taken = [];
    this.reading = new Promise((resolve) => {
      this.begin = resolve;
    });
    for (const input of box.querySelectorAll("input[type=file]")) {
      input.addEventListener("change", () => this.choose(input));
      // A slow phone has the picture before it has this script.
      if (input.files.length) this.choose(input);
    }
  }

  get most() {
    return Number(this.box.dataset.maxBytes);
  }

  choose(input) {
    const files = [...input.files];
    this.tell("");
    this.reading = this.reading.then(() => this.read(files)).then(() => {
      input.value = "";
    });
  }

  async read(files) {
    for (const file of files) {
      try {
        await this.take(await file.arrayBuffer());
      } catch {
        this.tell(t("photo_unreadable"));
      }
    }
  }

  // Take a picture in; says why when it cannot be.
  async take(taken, at = new Date().toISOString()) {
    const free = await room();
    const held = this.taken.reduce((sum, each) => sum + each.data.byteLength, 0);
    if (is_heic(taken)) return this.tell(t("photo_heic"));
    if (!is_picture(taken)) return this.tell(t("photo_no_picture"));
    const data = taken.byteLength > this.most ? await shrunk(taken) : taken;
    if (data.byteLength > this.most) return this.tell(t("photo_too_large", size(data.byteLength), size(this.most)));
    if (data !== taken) this.tell(t("photo_shrunk", size(taken.byteLength), size(data.byteLength)));
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
    this.begin();
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
