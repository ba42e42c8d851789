// The photos of a form: looked at when they are chosen, shown small, taken out one by one.

import { HEAD_BYTES, is_heic, is_picture, shrunk } from "../phone/picture.js";

const MEGABYTE = 1048576;
// By input: the photos that are chosen, and the promise of when all of them were looked at. What the browser puts into
// the input at the next choice takes the place of what stood there.
const chosen = new WeakMap();
const reading = new WeakMap();

const in_words = (bytes) => (bytes < MEGABYTE / 10 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / MEGABYTE).toFixed(1)} MB`);
const same = (a, b) => a.name === b.name && a.size === b.size && a.lastModified === b.lastModified;

function put(input, files) {
  const all = new DataTransfer();
  for (const file of files) all.items.add(file);
  input.files = all.files;
  chosen.set(input, files);
  show(input);
}

// One change of the choice after the other.
function then(input, change) {
  reading.set(input, (reading.get(input) ?? Promise.resolve()).then(change));
}

const bytes_of = (files) => files.reduce((sum, file) => sum + file.size, 0);

// The file as it can be sent beside those that were taken before, and why it cannot be or not as it was. What the site
// would refuse is told before it has travelled.
async function judged(file, taken, { dataset }) {
  const [most, together] = [Number(dataset.maxBytes), Number(dataset.together)];
  const left = together - bytes_of(taken);
  const head = await file.slice(0, HEAD_BYTES).arrayBuffer();
  if (is_heic(head)) return { why: dataset.heic };
  if (!is_picture(head)) return { why: dataset.noPicture };
  if (file.size <= Math.min(most, left)) return { file };
  const data = await shrunk(await file.arrayBuffer());
  if (data.byteLength > most) return { why: `${dataset.tooLarge} (${in_words(data.byteLength)} > ${in_words(most)})` };
  if (data.byteLength > left) return { why: `${dataset.tooLargeTogether} (> ${in_words(together)})` };
  const name = file.name.replace(/\.\w+$/, ".jpg");
  return { file: new File([data], name, { type: "image/jpeg", lastModified: file.lastModified }), note: `${dataset.shrunk} (${in_words(file.size)} → ${in_words(data.byteLength)})` };
}

// What was left out is a fault; what was made smaller was taken.
function line(textContent, className) {
  return Object.assign(document.createElement("span"), { textContent, className });
}

function tell(input, lines) {
  input.parentElement.querySelector("[data-photos-told]").replaceChildren(...lines);
}

function thumbnail(input, file, number) {
  const picture = Object.assign(document.createElement("img"), { alt: file.name, src: URL.createObjectURL(file) });
  picture.addEventListener("load", () => URL.revokeObjectURL(picture.src), { once: true });
  const drop = Object.assign(document.createElement("button"), { type: "button", className: "preview-drop", textContent: "×" });
  drop.setAttribute("aria-label", `${input.dataset.drop} ${number}`);
  drop.addEventListener("click", () =>
    then(input, () => {
      put(input, chosen.get(input).filter((each) => each !== file));
      tell(input, []);
      input.focus();
    }),
  );
  const box = Object.assign(document.createElement("span"), { className: "preview" });
  box.append(picture, drop);
  return box;
}

function show(input) {
  input.parentElement.querySelector(".previews")?.remove();
  const files = chosen.get(input);
  if (!files.length) return;
  const strip = Object.assign(document.createElement("div"), { className: "previews" });
  strip.append(...files.map((file, at) => thumbnail(input, file, at + 1)));
  input.after(strip);
}

// Each choice joins what was chosen before.
async function join(input, added) {
  const [taken, told] = [[...(chosen.get(input) ?? [])], []];
  for (const file of added.filter((each) => !taken.some((known) => same(known, each)))) {
    const found = await judged(file, taken, input).catch(() => ({ why: input.dataset.unreadable }));
    if (found.file) taken.push(found.file);
    if (found.why) told.push(line(`${file.name}：${found.why}`, "left-out"));
    if (found.note) told.push(line(`${file.name}：${found.note}`, "shrunk"));
  }
  const most = Number(input.dataset.most);
  if (taken.length > most) told.push(line(input.dataset.tooMany, "left-out"));
  put(input, taken.slice(0, most));
  tell(input, told);
}

// A form is sent when all that was chosen has been looked at.
export async function allRead(form) {
  for (const input of form.querySelectorAll("input[data-photos]")) await reading.get(input);
}

// On a phone several pictures are taken one after the other.
function offerCamera(input, take) {
  const button = input.parentElement.querySelector("[data-camera]");
  if (!button?.hidden || !matchMedia("(pointer: coarse)").matches) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    const camera = Object.assign(document.createElement("input"), { type: "file", accept: "image/*", hidden: true });
    camera.setAttribute("capture", "environment");
    camera.addEventListener("change", () => {
      take(camera.files);
      camera.remove();
    });
    button.after(camera);
    camera.click();
  });
}

// Let photos be chosen in this field.
export function choosing(input) {
  const take = (files) => then(input, () => join(input, [...files]));
  input.addEventListener("change", () => take(input.files));
  offerCamera(input, take);
  if (input.files.length) take(input.files);
}
