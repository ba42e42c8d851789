// One choice for all cases of the form; those that lack it keep their own.
for (const one of document.querySelectorAll("[data-all-of]")) {
  const choose = () => {
    for (const each of document.querySelectorAll(`[data-each="${one.dataset.allOf}"]`)) {
      if ([...each.options].some((option) => option.value === one.value)) each.value = one.value;
    }
  };
  one.addEventListener("change", choose);
  // Whoever is quick has chosen before this script came.
  if (one.value) choose();
}

// What is not ticked is left as it is: its fields need no answer, and the button tells how many are left.
const send = document.querySelector("[data-many-send]");
const ticks = [...document.querySelectorAll("[data-many-tick]")];

function count() {
  for (const tick of ticks) {
    for (const field of tick.closest("[data-many-one]").querySelectorAll("[data-many-field]")) {
      field.disabled = !tick.checked;
    }
  }
  const left = ticks.filter((tick) => tick.checked).length;
  send.textContent = send.textContent.replace(/\d+(?=\D*$)/, left);
  send.disabled = left === 0;
}

for (const tick of ticks) tick.addEventListener("change", count);
// A browser that comes back to the page ticks what was ticked when it was left.
window.addEventListener("pageshow", () => {
  if (send) count();
});
// Whoever came by the keyboard goes on by it: to the first field that wants an answer, else to the button.
(document.querySelector("[data-many-field]:not(fieldset), [data-many-field] input") ?? send)?.focus();
