// Photos of a form: read once into the phone's own memory, judged before they are kept, shown small.

import { sha256 } from "./ids.js";
import { room } from "./outbox.js";
import { make, size, t } from "./words.js";

// What the rest of the phone needs to go on working.
const SPARE = 5e6;
const LONGEST_SIDE = 3000;
const QUALITY = 0.88;

function is_heic(buffer) {
  const name = String.fromCharCode(...new Uint8Array(buffer.slice(4, 12)));
  return /^ftyp(heic|heix|mif1|msf1|heim|hevc)/.test(name);
}

// What the site takes, told by its first bytes: JPEG, PNG or WebP.
function is_picture(buffer) {
  const [head, name] = [new Uint8Array(buffer.slice(0, 4)), String.fromCharCode(...new Uint8Array(buffer.slice(8, 12)))];
  const begins = (...bytes) => bytes.every((byte, at) => head[at] === byte);
  return begins(0xff, 0xd8) || begins(0x89, 0x50, 0x4e, 0x47) || (begins(0x52, 0x49, 0x46, 0x46) && name === "WEBP");
}

// A picture above the limit, made smaller; as it was where the browser cannot.
async function shrunk(data) {
  try {
    const whole = await createImageBitmap(new Blob([data]), { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST_SIDE / Math.max(whole.width, whole.height));
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [Math.round(whole.width * scale), Math.round(whole.height * scale)];
    canvas.getContext("2d").drawImage(whole, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
    return await blob.arrayBuffer();
  } catch {
    return data;
  }
}

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
