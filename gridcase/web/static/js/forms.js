// Sends forms without leaving the page, so that a refusal loses neither what was typed nor the chosen photos.
// Without this script the forms work as forms; only the photos have to be chosen again.

import { allRead, choosing } from "./chosen_photos.js";
import { forget, restore } from "./drafts.js";

const SIGNED_OUT = 401;
// Until then an answer is what people expect, and a line that comes and goes would only be restless.
const SLOW_MS = 700;
const texts = document.querySelector("[data-texts]")?.dataset ?? {};

// `link` is where to go from here, in a window of its own: what was typed stays in this one.
function notice(form, words, link = null) {
  form.querySelector("[data-refusal]")?.remove();
  const box = document.createElement("div");
  box.className = "notice notice-bad";
  box.tabIndex = -1;
  box.setAttribute("role", "alert");
  box.dataset.refusal = "";
  for (const text of words) {
    const line = document.createElement("p");
    line.textContent = text;
    box.append(line);
  }
  if (link) box.append(Object.assign(document.createElement("a"), { ...link, target: "_blank" }));
  form.prepend(box);
  box.focus();
}

// The page that came back shows the case as it is now, with the form as it was typed; only files cannot travel.
function takeOver(page) {
  const kept = new Map();
  for (const form of document.querySelectorAll("form[data-key]")) {
    const files = form.querySelector("input[type=file]")?.files;
    if (files?.length) kept.set(form.dataset.key, files);
  }
  const fresh = page.querySelector("main");
  document.querySelector("main").replaceWith(fresh);
  for (const form of fresh.querySelectorAll("form[data-key]")) {
    const input = form.querySelector("input[type=file]");
    if (input && kept.has(form.dataset.key)) input.files = kept.get(form.dataset.key);
  }
  prepare();
  document.dispatchEvent(new Event("page-taken-over"));
  const refusal = fresh.querySelector("[data-refusal]");
  refusal?.focus();
  refusal?.scrollIntoView({ block: "center" });
}

// A part that is kept by itself is drawn anew alone: whatever is being typed beside it stays as it is.
async function renew(part, way) {
  const response = await fetch(way, { credentials: "same-origin" });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.querySelector(`[data-kept="${part.dataset.kept}"]`);
  if (!fresh) {
    location.assign(way);
    return true;
  }
  const boxes = (whole) => [whole, ...whole.querySelectorAll("details")];
  const before = boxes(part);
  boxes(fresh).forEach((box, at) => box.toggleAttribute("open", before[at]?.hasAttribute("open") ?? false));
  part.replaceWith(fresh);
  prepare();
  // In no field, so that keys are keys again.
  fresh.querySelector("summary")?.focus();
  return false;
}

async function send(form, button) {
  const action = button?.getAttribute("formaction") ?? form.action;
  const response = await fetch(action, {
    method: "POST",
    body: new FormData(form, button),
    headers: { "X-Gridcase-Script": "1", Accept: "text/html" },
    credentials: "same-origin",
  });
  const way = response.headers.get("X-Location");
  if (way) forget(form);
  const part = form.closest("[data-kept]");
  if (way && part) return renew(part, way);
  if (way) {
    location.assign(way);
    return true;
  }
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  if (page.querySelector("form[data-form]")) {
    takeOver(page);
  } else {
    const told = [...page.querySelectorAll(".problem h1, .problem p:not(.problem-code, .actions)")];
    const way_in = response.status === SIGNED_OUT ? page.querySelector(".problem .actions [data-sign-in]") : null;
    const words = new Set(told.map((each) => each.textContent.trim()));
    notice(form, words, way_in && { href: way_in.href, textContent: texts.signIn ?? "" });
  }
  return false;
}

// A slow line with photos takes minutes: the form says that it is on its way.
function tellThatItSends(form) {
  const line = Object.assign(document.createElement("p"), { className: "hint", role: "status" });
  form.append(line);
  const timer = setTimeout(() => {
    line.textContent = texts.sending ?? "";
  }, SLOW_MS);
  return {
    end() {
      clearTimeout(timer);
      line.remove();
    },
  };
}

async function submit(event) {
  event.preventDefault();
  const form = event.target;
  if (form.dataset.sending) return;
  form.dataset.sending = "yes";
  const button = event.submitter;
  const buttons = form.querySelectorAll("button");
  buttons.forEach((each) => each.setAttribute("aria-disabled", "true"));
  const waiting = tellThatItSends(form);
  let isLeaving = false;
  try {
    await allRead(form);
    isLeaving = await send(form, button);
  } catch {
    notice(form, [texts.offline ?? ""]);
  }
  if (isLeaving) return;
  waiting.end();
  delete form.dataset.sending;
  buttons.forEach((each) => each.removeAttribute("aria-disabled"));
}

// What was missing or wrong is a fault no more once something else is there; whether it will do is told on sending.
function forgive({ target }) {
  const wrong = ".field-wrong, .wrong-point";
  const isThere = (field) => (field.type === "radio" || field.type === "checkbox" ? field.checked : field.value.trim() !== "");
  if (!target.matches("input, select, textarea") || !isThere(target)) return;
  for (let box = target.closest(wrong); box; box = box.parentElement.closest(wrong)) {
    const point = box.matches("[data-point]") ? box : target.closest("[data-point]");
    // A place has two numbers.
    if (point && ![...point.querySelectorAll("input")].every(isThere)) return;
    box.classList.remove("field-wrong", "wrong-point");
    for (const each of [box, ...box.querySelectorAll("[aria-invalid]")]) each.removeAttribute("aria-invalid");
    box.querySelector(".field-error")?.remove();
  }
}

function prepare() {
  for (const form of document.querySelectorAll("form[data-form]")) form.addEventListener("submit", submit);
  for (const input of document.querySelectorAll("input[data-photos]")) choosing(input);
}

document.addEventListener("input", forgive);
document.addEventListener("change", forgive);
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const form = event.target.closest("form");
  // The queue is a form as well, which only asks: there the key has nothing to send.
  if (form?.method !== "post") return;
  // Agree or refuse: the key must not choose, it leads to the buttons.
  const choices = form.querySelectorAll("button[formaction]");
  if (choices.length > 1) choices[0].focus();
  else form.requestSubmit();
});
// A page that comes back by the back button must be ready to send again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sending]")) {
    delete form.dataset.sending;
    delete form.dataset.sent;
    form.querySelectorAll("button").forEach((each) => each.removeAttribute("aria-disabled"));
  }
});
prepare();
restore();
