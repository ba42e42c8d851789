// My figures of the month, each with the two counts behind it.

import { ask } from "./frame.js";
import { clock, find, make, t } from "./words.js";

function figure({ label, count, percent, parts }) {
  if (count) return make("div", {}, make("dt", {}, label), make("dd", {}, String(count.value ?? "—")));
  const [top, bottom] = (parts ?? []).map((part) => part.value ?? "—");
  const behind = parts?.length === 2 ? make("small", {}, `${top} / ${bottom}`) : null;
  const value = percent && percent !== "—" ? `${percent}%` : "—";
  return make("div", {}, make("dt", {}, label), make("dd", {}, value, behind));
}

async function begin() {
  const told = await ask("month");
  const line = find("[data-told]");
  if (!told) {
    line.textContent = t("no_month");
    return;
  }
  line.textContent = t(told.is_old ? "month_old" : "month_as_of", told.period, clock(told.as_of));
  if (!told.figures.length) line.textContent += ` ${t("no_figures")}`;
  find("[data-figures]").replaceChildren(...told.figures.map(figure));
}

begin();
