// One choice for all cases of the form; those that lack it keep their own.
for (const one of document.querySelectorAll("[data-all-of]")) {
  one.addEventListener("change", () => {
    for (const each of document.querySelectorAll(`[data-each="${one.dataset.allOf}"]`)) {
      if ([...each.options].some((option) => option.value === one.value)) each.value = one.value;
    }
  });
}
