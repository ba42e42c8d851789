// What was typed into a form and not sent: kept by this tab through reloads and other pages, for the same person alone.

const PREFIX = "draft:";
const LONGEST_MS = 12 * 3600e3;
// A page for everybody may stand in a hall, where the next person comes soon.
const LONGEST_FOR_ALL_MS = 1800e3;
const CARRIED = new Set(["csrf_token", "client_id", "version", "back"]);
const texts = document.querySelector("[data-texts]")?.dataset ?? {};

// The token tells to whom the form was shown.
const person = (form) => form.elements.csrf_token?.value.split("~")[1] ?? "";
const keyOf = (form) => `${PREFIX}${person(form)}:${new URL(form.action).pathname}:${form.dataset.key}`;
const forms = () => document.querySelectorAll("form[data-key]");

function isTicked(field) {
  return field.type === "checkbox" || field.type === "radio";
}

function isTyped(field, is_refused) {
  if (!field.name || CARRIED.has(field.name) || field.type === "file" || field.type === "hidden") return false;
  // What a refused form comes back with was typed before.
  if (is_refused) return isTicked(field) ? field.checked : field.value !== "";
  if (isTicked(field)) return field.checked !== field.defaultChecked;
  if (field.tagName !== "SELECT") return field.value !== field.defaultValue;
  const first = [...field.options].find((option) => option.defaultSelected) ?? field.options[0];
  return field.value !== (first?.value ?? "");
}

function keep(form) {
  if (form.dataset.sent) return;
  const is_refused = form.querySelector("[data-refusal]") !== null;
  const typed = [...form.elements].filter((field) => "value" in field && isTyped(field, is_refused));
  const fields = typed.map((field) => [field.name, field.value, isTicked(field) && field.checked]);
  const had_photos = [...form.querySelectorAll("input[type=file]")].some((input) => input.files.length);
  if (fields.length) sessionStorage.setItem(keyOf(form), JSON.stringify({ at: Date.now(), fields, had_photos }));
  else sessionStorage.removeItem(keyOf(form));
}

// It was sent: nothing of it is kept.
export function forget(form) {
  if (!form.dataset.key) return;
  form.dataset.sent = "yes";
  sessionStorage.removeItem(keyOf(form));
}

function put(form, [name, value, is_ticked]) {
  const named = [...form.elements].filter((field) => field.name === name && field.type !== "hidden");
  const field = isTicked(named[0] ?? {}) ? named.find((each) => each.value === value) : named[0];
  if (!field) return;
  if (isTicked(field)) field.checked = is_ticked;
  else field.value = value;
  for (let box = field.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function told(form, { had_photos }) {
  const line = Object.assign(document.createElement("p"), { className: "draft-told hint" });
  line.setAttribute("role", "status");
  const clear = Object.assign(document.createElement("button"), { type: "button", className: "button button-quiet button-small" });
  clear.textContent = texts.draftClear ?? "";
  clear.addEventListener("click", () => {
    form.reset();
    sessionStorage.removeItem(keyOf(form));
    line.remove();
    form.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  });
  line.append([texts.draft, had_photos ? texts.draftPhotos : ""].join(""), " ", clear);
  return line;
}

function isForUs(form, { at }) {
  const age = Date.now() - at;
  if (person(form)) return age < LONGEST_MS;
  const way = performance.getEntriesByType("navigation")[0]?.type;
  return age < LONGEST_FOR_ALL_MS && (way === "reload" || way === "back_forward");
}

// Give back what was kept, where the form stands as it was drawn.
export function restore() {
  for (const form of forms()) {
    const text = sessionStorage.getItem(keyOf(form));
    if (!text || form.querySelector("[data-refusal], .draft-told")) continue;
    const draft = JSON.parse(text);
    if (!isForUs(form, draft)) continue;
    for (const each of draft.fields) put(form, each);
    form.prepend(told(form, draft));
  }
}

window.addEventListener("pagehide", () => forms().forEach(keep));
