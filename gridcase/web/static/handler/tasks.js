// The cases assigned to this handler, the first due first; each is handed in on the spot and put into the outbox,
// line or not. What is typed and photographed is kept until it is handed in, whatever happens to the page.

import { folded, ways, where } from "../phone/card.js";
import { follow as tellFate } from "../phone/fate.js";
import { Faults } from "../phone/faults.js";
import { ask, notice, person } from "../phone/frame.js";
import { uuid7 } from "../phone/ids.js";
import { add, hold } from "../phone/outbox.js";
import { Photos } from "../phone/photos.js";
import { follow, thumbnail, wanted } from "../phone/remaining.js";
import { one, put } from "../phone/store.js";
import { clock, find, make, t } from "../phone/words.js";

const list = find("[data-tasks]");
const SHORTEST_REASON = 2;
let ahead_ms = 0;
let owner = "";
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
  const ms = Date.parse(task.due_at) - Date.now() - ahead_ms;
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

// --- a form and its draft ---------------------------------------------------------------------------------------

const draftKey = (task, move) => `handler/${owner}/${task.number}/${move.trigger}`;

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
  const form = make("form", { novalidate: true });
  const has_photos = move.fields.some((each) => each.name.startsWith("photos_"));
  const key = draftKey(task, move);
  let photos = null;
  const told = make("p", { class: "told told-bad", role: "alert" });
  const faults = new Faults(form, (text) => {
    told.textContent = text;
  });
  const keep = async () => {
    if (photos?.taken.length) faults.clear("photo");
    try {
      const texts = Object.fromEntries([...form.querySelectorAll("[name]")].map((each) => [each.name, each.value]));
      await put("draft", { texts, photos: photos?.taken ?? [] }, key);
    } catch {
      notice("room", t("draft_not_kept"));
    }
  };
  if (has_photos) {
    const box = shootBox();
    form.append(box);
    photos = new Photos(box, keep);
  }
  if (wanted(move, "measure")) field(form, "measure", t("measure"));
  if (wanted(move, "reason")) field(form, "reason", t("decline_reason"));
  else if (wanted(move, "opinion")) field(form, "opinion", t("note"));
  const button = make("button", { class: `button ${is_main ? "button-main" : "button-quiet"}` }, move.label);
  form.append(told, button);
  one("draft", key).catch(() => null).then((draft) => {
    photos?.restore(draft?.photos);
    for (const each of form.querySelectorAll("[name]")) each.value ||= draft?.texts[each.name] ?? "";
  });
  form.addEventListener("input", keep);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    button.disabled = true;
    handIn(task, move, { form, photos, faults }).finally(() => {
      button.disabled = false;
    });
  });
  return make("details", { class: is_main ? "task-main" : "" }, make("summary", {}, move.label), form);
}

async function handIn(task, move, { form, photos, faults }) {
  const texts = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value).trim()]).filter(([, value]) => value));
  await photos?.reading;
  const taken = photos?.taken ?? [];
  const missing = [];
  if (photos && !taken.length && move.fields.some((each) => each.name.startsWith("photos_") && each.required)) missing.push(["photo", t("photo_needed")]);
  if (wanted(move, "reason")?.required && (texts.reason ?? "").length < SHORTEST_REASON) missing.push(["reason", t("reason_short")]);
  if (!owner) missing.push(["owner", t("sign_in_first")]);
  if (faults.set(missing)) return;
  const item = {
    id: uuid7(), owner, title: t("handed_title", move.label, task.sub_name, task.number), case: task.number,
    path: `/api/v1/cases/${task.number}/moves/${move.trigger}`,
    body: { ...texts, taken_at: taken[0]?.at ?? new Date().toISOString() },
  };
  try {
    await add([item], { [item.id]: taken }, [draftKey(task, move)]);
  } catch {
    faults.set([["room", t("not_kept")]]);
    return;
  }
  hold();
  tellFate(find("[data-fate]"), [item]);
}

// --- one task ---------------------------------------------------------------------------------------------------

function row(task, is_waiting) {
  const lamp = task.held || !task.lamp ? "" : ` lamp-${task.lamp}`;
  const head = make("div", { class: "task-head" }, make("b", {}, task.sub_name), make("span", { class: `task-left${lamp}` }, left(task)));
  const olds = make("ul", { class: "thumbs" });
  const marks = [task.urgent ? mark(t("urgent")) : null, task.attempt > 1 ? mark(t("again_handled", task.attempt)) : null].filter(Boolean);
  const made = make(
    "li", { "data-number": task.number, "data-version": task.version }, head,
    marks.length ? make("div", {}, ...marks) : null,
    ...where(task),
    said("failed", task.failed), said("returned", task.returned), said("said", task.said),
    folded(task.description), olds, ways(task, list.dataset.map),
  );
  if (is_waiting) made.append(make("b", { role: "status" }, t("in_outbox")));
  else task.moves.forEach((move, at) => made.append(moveForm(task, move, at === 0)));
  const told = [task.due_at ? t("due", clock(task.due_at)) : ""];
  made.append(make("span", {}, ...told.filter(Boolean), " ", make("a", { href: `/cases/${task.number}` }, task.number)));
  showOld(task, olds);
  return made;
}

// --- the list ---------------------------------------------------------------------------------------------------

const isUsual = (move) => !wanted(move, "reason")?.required;

function draw(waiting) {
  // A form that is being filled in stays as it is.
  const before = new Map([...list.children].map((each) => [each.dataset.number, each]));
  const rows = shown.map((task) => {
    const [old, is_waiting] = [before.get(task.number), waiting.has(task.number)];
    const is_same = old && old.dataset.version === String(task.version) && "waiting" in old.dataset === is_waiting;
    const made = is_same ? old : row(task, is_waiting);
    if (is_waiting) made.dataset.waiting = "";
    return made;
  });
  list.replaceChildren(...rows);
  find("[data-handed]").hidden = !handed.length;
  find("[data-handed-in]").replaceChildren(...handed.map(handedIn));
}

const handedIn = (each) =>
  make("li", {}, make("b", {}, each.sub_name), make("span", {}, each.address), make("a", { href: `/cases/${each.number}` }, each.number));

// Of the site if it answers: somebody else may have signed in on this phone.
async function learnWho() {
  const known = (await ask("session", { key: null })) ?? (await person());
  owner = known?.name ?? "";
  ahead_ms = known?.ahead_ms ?? (known ? Date.parse(known.now) - Date.now() : 0);
}

async function learn() {
  const [told] = await Promise.all([ask("tasks", { key: "handler-tasks" }), learnWho()]);
  const line = find("[data-told]");
  if (!told) line.textContent = t("no_tasks_known");
  else if (told.is_old) line.textContent = t("as_of", clock(told.at));
  else line.textContent = told.items.length ? "" : t("no_tasks");
  // The usual way on stands first, whatever the order of the workflow.
  shown = (told?.items ?? []).map((task) => ({ ...task, moves: [...task.moves].sort((a, b) => isUsual(b) - isUsual(a)) }));
  handed = told?.handed_in ?? [];
}

follow(learn, draw);
