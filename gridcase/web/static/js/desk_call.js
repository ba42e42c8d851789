// While somebody is on the telephone: places as the address is typed, earlier calls when the number is.

const WAIT_MS = 300;

function later(act) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(act, WAIT_MS);
  };
}

function equip(box) {
  const form = box.closest("form");
  const field = form.querySelector(`[name="${box.dataset.of}"]`);
  let asked = "";
  const ask = async () => {
    const text = field.value.trim();
    if (text === asked) return;
    asked = text;
    try {
      const response = await (box.dataset.calls
        ? fetch(box.dataset.calls, { method: "POST", body: body(form, field), headers: { "X-Gridcase-Script": "1" }, credentials: "same-origin" })
        : fetch(`${box.dataset.places}?q=${encodeURIComponent(text)}`, { credentials: "same-origin" }));
      // An answer to what was typed before comes too late.
      if (response.ok && text === asked) {
        const part = new DOMParser().parseFromString(await response.text(), "text/html");
        box.replaceChildren(...part.body.childNodes);
      }
    } catch {
      asked = "";
    }
  };
  field.addEventListener("input", later(ask));
  if (field.value) ask();
}

function body(form, field) {
  const data = new FormData();
  data.set("csrf_token", form.querySelector("[name=csrf_token]").value);
  data.set(field.name, field.value);
  return data;
}

document.addEventListener("click", (event) => {
  const place = event.target.closest?.("[data-place]");
  if (!place) return;
  const form = place.closest("form");
  form.querySelector("[name=address]").value = place.dataset.place;
  form.querySelector("[name=lon]").value = place.dataset.lon;
  form.querySelector("[name=lat]").value = place.dataset.lat;
  form.querySelector("[name=coordinate_system]").value = "wgs84";
  form.querySelector("[name=lon]").dispatchEvent(new Event("change", { bubbles: true }));
  place.closest("[data-places]").replaceChildren();
  form.querySelector("[name=address]").focus();
});

function prepare() {
  for (const box of document.querySelectorAll("[data-places], [data-calls]")) equip(box);
}

// A refused form comes back as a new one.
document.addEventListener("page-taken-over", prepare);
prepare();
