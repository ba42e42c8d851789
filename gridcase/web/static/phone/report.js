// The report: photo, place and category are independent parts of one draft, which survives whatever happens to the page.

import { Category } from "./category.js";
import { follow, forget, isSettling } from "./fate.js";
import { Faults } from "./faults.js";
import { ask, notice, onPerson, person } from "./frame.js";
import { uuid7 } from "./ids.js";
import { add, hold } from "./outbox.js";
import { Photos } from "./photos.js";
import { Place } from "./place.js";
import { done, keys, one, put, write } from "./store.js";
import { clock, find, make, t } from "./words.js";

const form = find("[data-report]");
const photos = new Photos(find("[data-photos=before]"), keepPhotos);
const after = new Photos(find("[data-photos=after]"), keepPhotos);
const place = new Place(find("[data-place]"), changed);
const category = new Category(find("[data-category]"), changed);
// The draft is that of one person: another one who signs in on this phone does not see it. Its photos lie apart, for
// they are large and seldom change. On the first visit the form is in use before the site has told who that is.
const NOBODY = "";
let owner = NOBODY;
const draft_key = (name = owner) => `report/${name}`;
const photo_key = (name = owner) => `${draft_key(name)}/photos`;
// What the draft had when this page was opened.
let restored = new Set();
// Whoever keeps anything waits for this: until it is known whose draft it goes into.
let settled = null;
let is_ready = false;
let near_key = "";

const texts = () => Object.fromEntries([...form.querySelectorAll("[data-keep]")].map((field) => [field.name, field.type === "checkbox" ? field.checked : field.value]));

// --- the draft --------------------------------------------------------------------------------------------------

async function keep(draft, key) {
  if (!is_ready) return;
  try {
    await put("draft", draft, key);
  } catch {
    notice("room", t("draft_not_kept"));
  }
}

const taken_now = (wanted = () => true) => ({ before: photos.taken.filter(wanted), after: after.taken.filter(wanted) });

// A photo is shown when it is kept.
async function keepPhotos() {
  await settled;
  await keep(taken_now(), photo_key());
  forgive();
}

// What one had, and what another has beside it.
function joined(one, other) {
  const both = (name) => {
    const known = new Set((one?.[name] ?? []).map((each) => each.sha));
    return [...(one?.[name] ?? []), ...(other?.[name] ?? []).filter((each) => !known.has(each.sha))];
  };
  return { before: both("before"), after: both("after") };
}

// Give the draft of nobody to the person who is now known, in one breath.
function adopt(name) {
  return write(["draft"], async ({ draft: drafts }) => {
    const [texts, taken] = [await done(drafts.get(draft_key(NOBODY))), await done(drafts.get(photo_key(NOBODY)))];
    if (texts) drafts.put(texts, draft_key(name));
    if (taken) drafts.put(joined(await done(drafts.get(photo_key(name))), taken), photo_key(name));
    drafts.delete(draft_key(NOBODY));
    drafts.delete(photo_key(NOBODY));
  });
}

// What was photographed here since the page was opened is not that of whoever was signed in before.
function leaveTo(name) {
  return write(["draft"], async ({ draft: drafts }) => {
    const own = joined(await done(drafts.get(photo_key(name))), taken_now((each) => !restored.has(each.sha)));
    drafts.put(taken_now((each) => restored.has(each.sha)), photo_key());
    drafts.put(own, photo_key(name));
  });
}

async function become(name) {
  if (name === owner) return;
  if (owner !== NOBODY) {
    await leaveTo(name);
    return;
  }
  await adopt(name);
  owner = name;
  const taken = joined(await one("draft", photo_key()), taken_now());
  await put("draft", taken, photo_key());
  photos.restore(taken.before);
  after.restore(taken.after);
}

async function restore() {
  owner = (await person())?.name ?? NOBODY;
  // Left behind by a page that was closed before the site had told.
  if (owner !== NOBODY && (await keys("draft")).some((key) => key === draft_key(NOBODY) || key === photo_key(NOBODY))) await adopt(owner);
  const [draft, taken] = await Promise.all([one("draft", draft_key()), one("draft", photo_key())]);
  restored = new Set([...(taken?.before ?? []), ...(taken?.after ?? [])].map((each) => each.sha));
  photos.restore(taken?.before);
  after.restore(taken?.after);
  for (const field of form.querySelectorAll("[data-keep]")) {
    const value = draft?.texts?.[field.name];
    if (field.type === "checkbox") field.checked = Boolean(value);
    else if (value) field.value = value;
  }
  category.chosen = draft?.category ?? null;
  place.restore(draft?.place);
}

async function begin() {
  // Where nothing can be read the form is used all the same; the first thing that is not kept is told.
  const empty = () => [photos, after].forEach((each) => each.restore([]));
  // Then the form may be used; what the site knows comes when it comes.
  settled = restore().catch(empty).then(() => {
    is_ready = true;
  });
  onPerson((name) => {
    settled = settled.then(() => become(name)).catch(() => {});
    return settled;
  });
  await settled;
  await Promise.all([category.begin(), place.begin()]);
  changed();
}

async function changed() {
  if (!is_ready) return;
  await settled;
  await keep({ place: place.draft, category: category.chosen, texts: texts() }, draft_key());
  forgive();
  category.look_at(place.cell);
  await showSelf();
  showNear();
}

// --- settled on the spot ----------------------------------------------------------------------------------------

async function may_settle() {
  const classes = (await person())?.self_handling ?? [];
  return classes.includes(category.chosen);
}

async function showSelf() {
  const is_allowed = await may_settle();
  find("[data-self]").hidden = !is_allowed;
  const is_settled = is_allowed && form.elements.settled.checked;
  find("[data-settled]").hidden = !is_settled;
  return is_settled;
}

// --- open cases near by -----------------------------------------------------------------------------------------

async function showNear() {
  const at = place.body;
  const key = at && category.chosen ? `${at.lon.toFixed(5)},${at.lat.toFixed(5)},${at.coordinate_system},${category.chosen}` : "";
  if (key === near_key) return;
  near_key = key;
  const box = find("[data-near]");
  box.hidden = true;
  if (!key) return;
  const query = new URLSearchParams({ lon: at.lon, lat: at.lat, coordinate_system: at.coordinate_system, category: category.chosen });
  const found = await ask(`near?${query}`, { key: null });
  if (key !== near_key || !found?.items.length) return;
  box.hidden = false;
  box.querySelector("ul").replaceChildren(...found.items.map(nearCase));
}

function nearCase(item) {
  const told = [t("metres", Math.round(item.distance_m)), item.state_label, clock(item.reported_at)].join(" · ");
  const join = make("button", { type: "button", class: "button button-quiet" }, t("join"));
  join.addEventListener("click", () => joinCase(item));
  return make("li", {}, make("b", {}, item.sub_name), make("span", {}, told), make("p", {}, item.description), join);
}

async function joinCase(item) {
  await photos.reading;
  if (!photos.taken.length) return tell(t("photo_needed"));
  const at = place.body ?? {};
  const body = { kind: "other", ...at, taken_at: photos.taken[0].at };
  const title = t("joined_title", item.sub_name, item.number);
  return store([{ title, path: `/api/v1/cases/${item.number}/photos`, body, photos: photos.taken }]);
}

// --- putting it into the outbox ---------------------------------------------------------------------------------

function tell(text) {
  const line = find("[data-result]");
  // What became of the last one has had its time.
  forget();
  line.textContent = text;
  line.hidden = !text;
  if (text) line.scrollIntoView({ block: "center" });
}

const faults = new Faults(form, (text) => {
  const line = find("[data-result]");
  // What is left of it does not draw the page back to its head.
  if (line.hidden) tell(text);
  else line.textContent = text;
  line.hidden = !text;
});

function forgive() {
  const there = { photo: photos.taken.length, place: place.body, category: category.chosen, after: after.taken.length };
  faults.clear(...Object.keys(there).filter((name) => there[name]));
}

function report_body() {
  const [kind, main_code, sub_code] = category.chosen.split("/");
  const said = texts();
  const body = {
    kind, main_code, sub_code, channel: "inspector", ...place.body,
    description: said.description.trim() || category.name,
    taken_at: photos.taken[0].at,
  };
  if (said.address.trim()) body.address = said.address.trim();
  if (said.urgent) body.urgent = true;
  return body;
}

async function submit() {
  faults.set([]);
  tell("");
  await Promise.all([photos.reading, after.reading]);
  if (!place.body && place.locating) {
    tell(t("locating"));
    await place.locating;
    tell("");
  }
  const missing = [
    photos.taken.length ? null : ["photo", t("photo_needed")],
    place.body ? null : ["place", t("place_needed")],
    category.chosen ? null : ["category", t("category_needed")],
  ].filter(Boolean);
  const is_settled = await showSelf();
  if (is_settled && !after.taken.length) missing.push(["after", t("after_needed")]);
  if (is_settled && !form.elements.measure.value.trim()) missing.push(["measure", t("measure_needed")]);
  if (faults.set(missing)) return undefined;
  const made = [{ title: category.name, path: "/api/v1/cases", body: report_body(), photos: photos.taken }];
  if (is_settled) {
    const body = { measure: form.elements.measure.value.trim(), taken_at: after.taken[0].at };
    const path = "/api/v1/cases/{number}/moves/self_close";
    made.push({ title: t("settled_title", category.name), path, body, photos: after.taken });
  }
  return store(made);
}

// Into the outbox, and only then out of the form.
async function store(made) {
  const reporter = await person();
  if (!reporter) return tell(t("sign_in_first"));
  const items = made.map(({ title, path, body }) => ({ id: uuid7(), owner: reporter.name, shown: reporter.shown, title, path, body }));
  if (items.length > 1) items[1].after = items[0].id;
  try {
    await add(items, Object.fromEntries(items.map((item, at) => [item.id, made[at].photos])), [draft_key(), photo_key()]);
  } catch {
    return tell(t("not_kept"));
  }
  hold();
  await clear();
  follow(find("[data-result]"), items);
  return undefined;
}

async function clear() {
  is_ready = false;
  photos.restore([]);
  after.restore([]);
  form.reset();
  category.chosen = null;
  category.show();
  near_key = "";
  find("[data-near]").hidden = true;
  is_ready = true;
  // The next one is somewhere else.
  place.reset();
  place.locate();
  await showSelf();
}

for (const field of form.querySelectorAll("[data-keep]")) field.addEventListener("change", changed);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (isSettling()) return;
  const button = form.querySelector("[data-submit]");
  button.disabled = true;
  submit().finally(() => {
    button.disabled = false;
  });
});
begin();
