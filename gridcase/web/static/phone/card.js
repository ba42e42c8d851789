// What the cards of inspectors' and of handlers' tasks share: where it is, the ways there, long texts folded.

import { make, t } from "./words.js";

// Street, community and address in large, the cell and `told` below it.
export function where(task, ...told) {
  const place = [task.street, task.community, task.address].filter(Boolean).join(" ");
  const below = [task.cell ? t("cell_only", task.cell) : "", ...told].filter(Boolean).join(" · ");
  return [make("p", { class: "task-address" }, place), make("span", {}, below)];
}

// To the map application of this phone, and to the map of cells at the address `map`.
export function ways(task, map) {
  const query = encodeURIComponent(task.address || task.sub_name);
  const go = make("a", { href: `geo:${task.lat},${task.lon}?q=${task.lat},${task.lon}(${query})` }, t("navigate"));
  return make("div", { class: "task-ways" }, go, make("a", { href: `${map}?cell=${task.cell}` }, t("on_map")));
}

// Four lines of a narrow screen; a Chinese letter is as wide as two others.
const FOUR_LINES = 160;
const width = (text) => [...text].reduce((sum, letter) => sum + (letter > "\u2e80" ? 2 : 1), 0);

// As `folded` of kit.html.
export function folded(text) {
  const shown = make("p", { class: "fold-text" }, text);
  if (width(text) <= FOUR_LINES && text.split("\n").length <= 4) return make("div", { class: "fold" }, shown);
  const ways = [make("span", { class: "fold-open" }, t("unfold")), make("span", { class: "fold-close" }, t("fold"))];
  return make("div", { class: "fold" }, shown, make("details", { class: "fold-more" }, make("summary", {}, ...ways)));
}
