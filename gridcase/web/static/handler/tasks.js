// The cases assigned to this handler, the first due first; each is handed in on the spot and put into the outbox,
// line or not. What is typed and photographed is kept until it is handed in, whatever happens to the page.

import { folded, ways, where } from "../phone/card.js";
import { ask } from "../phone/frame.js";
import { follow, redraw, stands, thumbnail, wanted, whoIsHere } from "../phone/remaining.js";
import { TaskForm, forgetOld } from "../phone/task_form.js";
import { clock, find, make, t } from "../phone/words.js";

const list = find("[data-tasks]");
const SHORTEST_REASON = 2;
let who = null;
let shown = [];
let handed = [];

// --- words ------------------------------------------------------------------------------------------------------

function span(ms) {
  const minutes = Math.floor(Math.abs(ms) / 60000);
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor(minutes / 60)];
  if (days) return t("days", days, Math.floor((minutes % 1440) / 60));
  return hours ? t("hours", hours, minutes % 60) : t("minutes", minutes);
}

function left(task) {
  if (task.held) return t("held");
  if (!task.due_at) return t("no_limit");
  const ms = Date.parse(task.due_at) - Date.now() - (who?.ahead_ms ?? 0);
  return t(ms < 0 ? "over" : "left", span(ms));
}

const said = (key, text) => (text ? make("p", { class: "task-said" }, t(key, text)) : null);
const mark = (text) => make("span", { class: "task-mark" }, text);

// --- photos of before -------------------------------------------------------------------------------------------

async function showOld(task, olds) {
  for (const photo of task.photos) {
    const src = await thumbnail(photo.id);
    const picture = src && make("img", { src, alt: t("before_photos") });
    if (picture) olds.append(make("li", { class: "thumb" }, make("a", { href: `/api/v1/photos/${photo.id}`, target: "_blank" }, picture)));
  }
}

// --- a form ------------------------------------------------------------------------------------------------------

function shootBox() {
  const input = (attributes) => make("input", { type: "file", accept: "image/jpeg,image/png,image/webp,image/*", ...attributes });
  const take = make("label", { class: "shoot" }, make("span", {}, t("take")), input({ capture: "environment" }));
  const pick = make("label", { class: "shoot" }, make("span", {}, t("pick")), input({ multiple: true }));
  const told = make("p", { class: "told told-bad", "data-told": true, role: "status" });
  return make(
    "div", { "data-max-bytes": list.dataset.maxBytes },
    make("div", { class: "task-shoot" }, take, pick), make("ul", { class: "thumbs", "data-thumbs": true }), told,
  );
}

function field(form, name, label) {
  const control = make(name === "measure" ? "textarea" : "input", {
    name, minlength: name === "reason" ? SHORTEST_REASON : null, maxlength: list.dataset.longest, autocomplete: "off", rows: 2,
  });
  form.append(make("label", {}, label, control));
}

function moveForm(task, move, is_main) {
  const filled = new TaskForm(task, move, who);
  if (filled.takes_photos) filled.shootInto(shootBox());
  if (wanted(move, "measure")) field(filled.form, "measure", t("measure"));
  if (wanted(move, "reason")) field(filled.form, "reason", t("decline_reason"));
  else if (wanted(move, "opinion")) field(filled.form, "opinion", t("note"));
  const records = (missing) => {
    const said = filled.said();
    if (wanted(move, "reason")?.required && (said.reason ?? "").length < SHORTEST_REASON) missing.push(["reason", t("reason_short")]);
    return said;
  };
  const title = t("handed_title", move.label, task.sub_name, task.number);
  return filled.folded({ title, records, look: is_main ? "button-main" : "button-quiet", kind: is_main ? "task-main" : "" });
}

// --- one task ---------------------------------------------------------------------------------------------------

function row(task, is_waiting, is_stuck) {
  const lamp = task.held || !task.lamp ? "" : ` lamp-${task.lamp}`;
  const head = make("div", { class: "task-head" }, make("b", {}, task.sub_name), make("span", { class: `task-left${lamp}` }, left(task)));
  const olds = make("ul", { class: "thumbs" });
  const marks = [task.urgent ? mark(t("urgent")) : null, task.attempt > 1 ? mark(t("again_handled", task.attempt)) : null].filter(Boolean);
  const made = make(
    "li", { "data-number": task.number }, head,
    marks.length ? make("div", {}, ...marks) : null,
    ...where(task),
    said("failed", task.failed), said("returned", task.returned), said("said", task.said),
    folded(task.description), olds, ways(task, list.dataset.map),
  );
  if (is_waiting) made.append(stands(is_stuck));
  else task.moves.forEach((move, at) => made.append(moveForm(task, move, at === 0)));
  const told = [task.due_at ? t("due", clock(task.due_at)) : ""];
  made.append(make("span", {}, ...told.filter(Boolean), " ", make("a", { href: `/cases/${task.number}` }, task.number)));
  showOld(task, olds);
  return made;
}

// --- the list ---------------------------------------------------------------------------------------------------

const isUsual = (move) => !wanted(move, "reason")?.required;

function draw(waiting) {
  redraw(list, shown, waiting, row);
  find("[data-handed]").hidden = !handed.length;
  find("[data-handed-in]").replaceChildren(...handed.map(handedIn));
}

const handedIn = (each) =>
  make("li", {}, make("b", {}, each.sub_name), make("span", {}, each.address), make("a", { href: `/cases/${each.number}` }, each.number));

async function learn() {
  const [told, here] = await Promise.all([ask("tasks", { key: "handler-tasks" }), whoIsHere()]);
  who = here;
  const line = find("[data-told]");
  if (!told) line.textContent = t("no_tasks_known");
  else if (told.is_old) line.textContent = t("as_of", clock(told.at));
  else line.textContent = told.items.length ? "" : t("no_tasks");
  // The usual way on stands first, whatever the order of the workflow.
  shown = (told?.items ?? []).map((task) => ({ ...task, moves: [...task.moves].sort((a, b) => isUsual(b) - isUsual(a)) }));
  handed = told?.handed_in ?? [];
}

follow(learn, draw).then(forgetOld);
