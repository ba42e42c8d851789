// A search field above a long list, of categories or of inspectors: by name or by code.
function equip(select) {
  if (select.dataset.equipped) return;
  select.dataset.equipped = "yes";
  const groups = [...select.querySelectorAll("optgroup")].map((group) => ({
    group,
    options: [...group.querySelectorAll("option")],
  }));
  const search = document.createElement("input");
  search.type = "search";
  search.className = "category-search";
  search.placeholder = select.dataset.category;
  search.setAttribute("aria-label", select.dataset.category);
  search.autocomplete = "off";
  select.before(search);

  search.addEventListener("input", () => {
    const wanted = search.value.trim().toLowerCase();
    const chosen = select.value;
    const found = [];
    // Options are taken out, not hidden: some browsers show hidden options.
    for (const { group, options } of groups) {
      const isWhole = group.label.toLowerCase().includes(wanted);
      const fitting = options.filter((option) => isWhole || option.text.toLowerCase().includes(wanted));
      group.replaceChildren(...fitting);
      if (fitting.length) {
        select.append(group);
        found.push(...fitting);
      } else {
        group.remove();
      }
    }
    const isThere = [...select.options].some((option) => option.value === chosen && chosen);
    if (isThere) select.value = chosen;
    // Among several nobody but the person chooses: the first one would go unseen into the report.
    else select.value = wanted && found.length === 1 ? found[0].value : "";
  });
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    select.focus();
  });
}

function prepare() {
  for (const select of document.querySelectorAll("select[data-category]")) equip(select);
}

// A refused form comes back as a new one, without the field.
document.addEventListener("page-taken-over", prepare);
prepare();
