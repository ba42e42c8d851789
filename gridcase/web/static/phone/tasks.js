// The tasks of the day in walking order, each done on the spot and put into the outbox, line or not.

import { has_camera, shoot } from "./camera.js";
import { folded, ways, where } from "./card.js";
import { ask } from "./frame.js";
import { distance } from "./ground.js";
import { position } from "./place.js";
import { follow, redraw, stands, thumbnail, wanted, whoIsHere } from "./remaining.js";
import { TaskForm, forgetOld } from "./task_form.js";
import { clock, find, make, t } from "./words.js";

const list = find("[data-tasks]");
const SYSTEMS = ["wgs84", "cgcs2000", "gcj02", "bd09"];
let categories = [];
let who = null;

// --- the way ----------------------------------------------------------------------------------------------------

// From here to the nearest, from there to the nearest of the rest.
function in_walking_order(tasks, from) {
  const [left, way] = [[...tasks], []];
  for (let at = from; left.length; ) {
    const next = at ? left.reduce((a, b) => (distance(at, [a.lon, a.lat]) <= distance(at, [b.lon, b.lat]) ? a : b)) : left[0];
    left.splice(left.indexOf(next), 1);
    way.push({ ...next, metres: at ? distance(at, [next.lon, next.lat]) : null, is_first: !way.length && Boolean(from) });
    at = [next.lon, next.lat];
  }
  return way;
}

// --- one task ---------------------------------------------------------------------------------------------------

function lines(task) {
  const due = task.due_at ? make("span", { class: task.lamp ? `lamp-${task.lamp}` : "" }, t("due", clock(task.due_at))) : null;
  const found = [...where(task, task.metres === null ? "" : t(task.is_first ? "away_m" : "on_m", Math.round(task.metres))), due];
  if (task.window) {
    const [start, end] = task.window;
    const now = Date.now() + (who?.ahead_ms ?? 0);
    const is_open = Date.parse(start) <= now && now <= Date.parse(end);
    found.push(make("b", {}, t(is_open ? "window_open" : "window", clock(start), clock(end))));
  }
  if (task.question) found.push(make("p", {}, t("question", task.question)));
  found.push(folded(task.description));
  return found;
}

function row(task, is_waiting, is_stuck) {
  const head = make("b", {}, `${task.state_label} · ${task.sub_name} `, make("a", { href: `/cases/${task.number}` }, task.number));
  const olds = make("ul", { class: "thumbs" });
  const made = make("li", { "data-number": task.number }, head, ...lines(task), olds, ways(task, list.dataset.map));
  if (is_waiting) made.append(stands(is_stuck));
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

function photoBox(task, filled) {
  const input = make("input", { type: "file", accept: "image/jpeg,image/png,image/webp,image/*", capture: "environment" });
  const box = make("div", { "data-max-bytes": list.dataset.maxBytes });
  if (has_camera()) {
    const veil = make("button", { type: "button", class: "button" }, t("shoot"));
    veil.addEventListener("click", () => shootOver(task, filled.photos));
    box.append(veil);
  }
  const label = make("label", { class: "shoot shoot-small" }, make("span", {}, t("file_photo")), input);
  box.append(label, make("ul", { class: "thumbs", "data-thumbs": true }), make("p", { class: "told told-bad", "data-told": true, role: "status" }));
  return box;
}

async function shootOver(task, photos) {
  const before = task.photos.find((photo) => photo.kind === "before") ?? task.photos[0];
  try {
    const taken = await shoot(before ? await thumbnail(before.id) : null);
    if (taken) await photos.take(taken);
  } catch (error) {
    photos.tell(error.message);
  }
}

function pointFields() {
  const system = make("select", { name: "coordinate_system" }, ...SYSTEMS.map((value) => make("option", { value }, value.toUpperCase())));
  const number = (name) => make("input", { name, inputmode: "decimal", autocomplete: "off" });
  const pair = make("div", { class: "pair" }, field(t("lon"), number("lon")), field(t("lat"), number("lat")), field(t("crs"), system));
  return make("details", {}, make("summary", {}, t("by_hand")), pair);
}

function moveForm(task, move) {
  const filled = new TaskForm(task, move, who);
  const { form, faults } = filled;
  if (filled.takes_photos) filled.shootInto(photoBox(task, filled));
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
  const title = t("task_title", move.label, task.sub_name, task.number);
  return filled.folded({ title, records: (missing) => records(move, filled.said(), missing) });
}

// The records of what was said; adds what is missing to `missing`.
async function records(move, said, missing) {
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

// --- the list ---------------------------------------------------------------------------------------------------

let shown = [];

async function draw(waiting) {
  for (const task of redraw(list, shown, waiting, row)) await showOld(task);
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
  const [known, here] = await Promise.all([ask("categories"), whoIsHere()]);
  categories = known?.items ?? [];
  who = here;
  await follow(learn, draw);
  await forgetOld();
}

begin();
