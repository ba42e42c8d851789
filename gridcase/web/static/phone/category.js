// The category of a report in two taps: what this person reported of late, what is usual in the cell, or a search by
// Chinese, by initials in pinyin, or by code.

import { ask } from "./frame.js";
import { make, t } from "./words.js";

const MOST_SHOWN = 8;
const MOST_FOUND = 12;

export class Category {
  constructor(box, changed) {
    this.box = box;
    this.changed = changed;
    this.items = [];
    this.chosen = null;
    this.recent = [];
    this.in_cell = [];
    this.search = box.querySelector("input[type=search]");
    this.search.addEventListener("input", () => this.show());
  }

  async begin() {
    const [known, usual] = await Promise.all([ask("categories"), ask("usual", { key: "usual" })]);
    this.items = (known?.items ?? []).map(([key, main, name, letters]) => ({ key, main, name, letters }));
    this.recent = usual?.recent ?? [];
    this.show();
  }

  // What is usual in another cell.
  async look_at(cell) {
    if (!cell || cell.code === this.cell) return;
    this.cell = cell.code;
    const usual = await ask(`usual?cell=${encodeURIComponent(cell.code)}`, { key: `usual/${cell.code}` });
    if (!usual) return;
    this.in_cell = usual.in_cell;
    this.recent = usual.recent;
    this.show();
  }

  find(key) {
    return this.items.find((item) => item.key === key) ?? null;
  }

  get name() {
    return this.find(this.chosen)?.name ?? "";
  }

  choose(key) {
    this.chosen = key;
    this.search.value = "";
    this.show();
    this.changed();
  }

  matches() {
    const text = this.search.value.trim().toLowerCase();
    if (!text) return [];
    const code = text.replace(/[^0-9]/g, "");
    const rank = ({ key, main, name, letters }) => {
      if (name.startsWith(text) || letters.startsWith(text)) return 0;
      if (name.includes(text) || letters.includes(text)) return 1;
      if (main.includes(text)) return 2;
      return code && key.replace(/[^0-9]/g, "").startsWith(code) ? 3 : -1;
    };
    const ranked = this.items.map((item) => [rank(item), item]).filter(([at]) => at >= 0);
    return ranked.sort(([a], [b]) => a - b).slice(0, MOST_FOUND).map(([, item]) => item);
  }

  show() {
    const is_searching = this.search.value.trim() !== "";
    const usual = [...new Set([...this.recent, ...this.in_cell])].map((key) => this.find(key)).filter(Boolean);
    const offered = is_searching ? this.matches() : usual.slice(0, MOST_SHOWN);
    const chosen = this.find(this.chosen);
    if (chosen && !offered.includes(chosen)) offered.unshift(chosen);
    this.box.querySelector("[data-offered]").replaceChildren(...offered.map((item) => this.chip(item)));
    const told = is_searching && !offered.length ? t("nothing_found") : is_searching || usual.length ? "" : t("search_hint");
    this.box.querySelector("[data-told]").textContent = told;
  }

  chip(item) {
    const is_chosen = item.key === this.chosen;
    const main = make("small", {}, item.main);
    const chip = make("button", { type: "button", class: "chip", "aria-pressed": String(is_chosen) }, item.name, main);
    chip.addEventListener("click", () => this.choose(item.key));
    return chip;
  }
}
