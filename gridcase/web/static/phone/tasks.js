// The tasks of the day in walking order, each done on the spot and put into the outbox, line or not.

import { has_camera, shoot } from "./camera.js";
import { folded, ways, where } from "./card.js";
import { follow as tellFate } from "./fate.js";
import { Faults } from "./faults.js";
import { ask, person } from "./frame.js";
import { distance } from "./ground.js";
import { uuid7 } from "./ids.js";
import { add, hold } from "./outbox.js";
import { Photos } from "./photos.js";
import { position } from "./place.js";
import { follow, thumbnail, wanted } from "./remaining.js";
import { clock, find, make, t } from "./words.js";

const list = find("[data-tasks]");
const SYSTEMS = ["wgs84", "cgcs2000", "gcj02", "bd09"];
let categories = [];
let ahead_ms = 0;

// --- the way ----------------------------------------------------------------------------------------------------

// From here to the nearest, from there to the nearest of the rest.
function in_walking_order(tasks, from) {
  const [left, way] = [[...tasks], []];
  for (let at = from; left.length; ) {
    const next = at ? left.reduce((a, b) => (distance(at, [a.lon, a.lat]) <= distance(at, [b.lon, b.lat]) ? a : b)) : left[0];
    left.splice(left.indexOf(next), 1);
    way.push({ ...next, metres: at ? distance(at, [next.lon, next.lat]) : null });
    at = [next.lon, next.lat];
  }
  return way;
}

// --- one task ---------------------------------------------------------------------------------------------------

function lines(task) {
  const due = task.due_at ? make("span", { class: task.lamp ? `lamp-${task.lamp}` : "" }, t("due", clock(task.due_at))) : null;
  const found = [...where(task, task.metres === null ? "" : t("away_m", Math.round(task.metres))), due];
  if (task.window) {
    const [start, end] = task.window;
    const now = Date.now() + ahead_ms;
    const is_open = Date.parse(start) <= now && now <= Date.parse(end);
    found.push(make("b", {}, t(is_open ? "window_open" : "window", clock(start), clock(end))));
  }
  if (task.question) found.push(make("p", {}, t("question", task.question)));
  found.push(folded(task.description));
  return found;
}

function row(task, is_waiting) {
  const head = make("b", {}, `${task.state_label} · ${task.sub_name} `, make("a", { href: `/cases/${task.number}` }, task.number));
  const olds = make("ul", { class: "thumbs" });
  const made = make("li", { "data-number": task.number }, head, ...lines(task), olds, ways(task, list.dataset.map));
  if (is_waiting) made.append(make("b", {}, t("in_outbox")));
  else for (const move of task.moves) made.append(moveForm(task, move));
  return made;
}

async function showOld(task) {
  const olds = list.querySelector(`[data-number="${task.number}"] .thumbs`);
  for (const photo of task.photos) {
    const src = await thumbnail(photo.id);
    if (src) olds?.append(make("li", { class: "thumb" }, make("img", { src, alt: t("old_photo") })));
  }
}

// --- doing it ---------------------------------------------------------------------------------------------------

const field = (label, control) => make("label", {}, label, control);

function choice(name, choices) {
  const options = choices.map(([value, label]) => make("option", { value }, label));
  return make("select", { name }, make("option", { value: "" }, t("choose")), ...options);
}

function photoBox(task, changed) {
  const input = make("input", { type: "file", accept: "image/jpeg,image/png,image/webp,image/*", capture: "environment" });
  const box = make("div", { "data-max-bytes": list.dataset.maxBytes });
  if (has_camera()) {
    const veil = make("button", { type: "button", class: "button" }, t("shoot"));
    veil.addEventListener("click", () => shootOver(task, box));
    box.append(veil);
  }
  const label = make("label", { class: "shoot shoot-small" }, make("span", {}, t("file_photo")), input);
  box.append(label, make("ul", { class: "thumbs", "data-thumbs": true }), make("p", { class: "told told-bad", "data-told": true, role: "status" }));
  box.photos = new Photos(box, changed);
  box.photos.restore([]);
  return box;
}

async function shootOver(task, box) {
  const before = task.photos.find((photo) => photo.kind === "before") ?? task.photos[0];
  try {
    const taken = await shoot(before ? await thumbnail(before.id) : null);
    if (taken) await box.photos.take(taken);
  } catch (error) {
    box.photos.tell(error.message);
  }
}

function pointFields() {
  const system = make("select", { name: "coordinate_system" }, ...SYSTEMS.map((value) => make("option", { value }, value.toUpperCase())));
  const number = (name) => make("input", { name, inputmode: "decimal", autocomplete: "off" });
  const pair = make("div", { class: "pair" }, field(t("lon"), number("lon")), field(t("lat"), number("lat")), field(t("crs"), system));
  return make("details", {}, make("summary", {}, t("by_hand")), pair);
}

function moveForm(task, move) {
  const form = make("form", { novalidate: true });
  const has_photos = move.fields.some((each) => each.name.startsWith("photos_"));
  const told = make("p", { class: "told told-bad", role: "alert" });
  const faults = new Faults(form, (text) => {
    told.textContent = text;
  });
  const box = has_photos ? photoBox(task, () => box.photos.taken.length && faults.clear("photo")) : null;
  if (box) form.append(box);
  const result = wanted(move, "result");
  if (result) {
    form.append(field(t("result"), choice("result", (result.choices ?? []).map((value) => [value, t(value)]))));
    const classes = field(t("new_category"), choice("category", categories.map(([key, , name]) => [key, name])));
    classes.hidden = true;
    form.addEventListener("change", () => {
      classes.hidden = form.elements.result.value !== "class_changed";
    });
    if (wanted(move, "corrections")) form.append(classes);
  }
  for (const name of ["reason", "opinion"]) {
    if (wanted(move, name)) form.append(field(t(name), make("input", { name, maxlength: list.dataset.longest, autocomplete: "off" })));
  }
  if (wanted(move, "position")) form.append(pointFields());
  // What stands in for the position of this phone.
  form.addEventListener("change", () => {
    if (form.elements.lon?.value.trim() && form.elements.lat.value.trim()) faults.clear("position");
  });
  form.append(told, make("button", { class: "button button-main" }, move.label));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = form.querySelector(".button-main");
    button.disabled = true;
    keep(task, move, { form, box, faults }).finally(() => {
      button.disabled = false;
    });
  });
  return make("details", {}, make("summary", {}, move.label), form);
}

// The records of the form; adds what is missing to `missing`.
async function records(move, form, missing) {
  const said = Object.fromEntries([...new FormData(form)].filter(([, value]) => value.trim()).map(([name, value]) => [name, value.trim()]));
  const body = {};
  for (const name of ["reason", "opinion", "result"]) {
    if (said[name]) body[name] = said[name];
    else if (wanted(move, name)?.required) missing.push([name, t(`task_${name}_needed`)]);
  }
  if (said.result === "class_changed" && said.category) {
    const [kind, main_code, sub_code] = said.category.split("/");
    body.corrections = { kind, main_code, sub_code };
  }
  const place = wanted(move, "position");
  if (!place) return body;
  if (said.lon && said.lat) return { ...body, lon: Number(said.lon), lat: Number(said.lat), coordinate_system: said.coordinate_system };
  const here = await position();
  if (here) return { ...body, lon: here.point[0], lat: here.point[1], coordinate_system: "wgs84" };
  if (place.required) missing.push(["position", t("task_position_needed")]);
  return body;
}

async function keep(task, move, { form, box, faults }) {
  const missing = [];
  await box?.photos.reading;
  const photos = box?.photos.taken ?? [];
  const needs_photo = move.fields.some((each) => each.name.startsWith("photos_") && each.required);
  if (needs_photo && !photos.length) missing.push(["photo", t("photo_needed")]);
  const body = await records(move, form, missing);
  if (faults.set(missing)) return;
  const owner = await person();
  const title = t("task_title", move.label, task.sub_name, task.number);
  const item = {
    id: uuid7(), owner: owner.name, title, case: task.number, path: `/api/v1/cases/${task.number}/moves/${move.trigger}`,
    body: { ...body, taken_at: photos[0]?.at ?? new Date().toISOString() },
  };
  try {
    await add([item], { [item.id]: photos });
  } catch {
    faults.set([["room", t("not_kept")]]);
    return;
  }
  hold();
  tellFate(find("[data-fate]"), [item]);
}

// --- the list ---------------------------------------------------------------------------------------------------

let shown = [];

async function draw(waiting) {
  // A form that is being filled in stays as it is.
  const before = new Map([...list.children].map((each) => [each.dataset.number, each]));
  const rows = shown.map((task) => {
    const old = before.get(task.number);
    const is_waiting = waiting.has(task.number);
    return old && is_waiting === "waiting" in old.dataset ? old : row(task, is_waiting);
  });
  for (const [at, each] of rows.entries()) if (waiting.has(shown[at].number)) each.dataset.waiting = "";
  list.replaceChildren(...rows);
  for (const [at, each] of rows.entries()) if (each !== before.get(shown[at].number)) await showOld(shown[at]);
}

async function learn() {
  const [told, here] = await Promise.all([ask("tasks"), position()]);
  const line = find("[data-told]");
  if (!told) line.textContent = t("no_tasks_known");
  else if (told.is_old) line.textContent = t("as_of", clock(told.at));
  else line.textContent = told.items.length ? "" : t("no_tasks");
  shown = in_walking_order(told?.items ?? [], here?.point);
}

async function begin() {
  const known = await ask("categories");
  categories = known?.items ?? [];
  ahead_ms = (await person())?.ahead_ms ?? 0;
  await follow(learn, draw);
}

begin();
