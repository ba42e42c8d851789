// The place of a report: this phone's own position with how sure it is, a pin that can be set and moved, or numbers
// typed in.

import { distance, Ground, ground_at, Plan } from "./ground.js";
import { t } from "./words.js";

const STEP_M = 2;
const LONGEST_MS = 20000;
// How much of the ground is seen around a pin that was set on the map of the own cells.
const NEAR_M = 120;
const METRES = 111320;
const ARROWS = { ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

export class Place {
  constructor(box, changed) {
    this.box = box;
    this.changed = changed;
    this.point = null; // [lon, lat] in WGS-84 while it comes from the phone or the map
    this.typed = null; // what was typed, in its own system
    this.uncertainty = null;
    this.fix = null;
    this.moved_m = 0;
    this.cell = null;
    // Whoever wants the position waits for this; when it is not found, the own cells are shown to set a pin on.
    this.locating = null;
    this.is_lost = false;
    this.ground = new Ground(null);
    this.plan = new Plan(box.querySelector("svg"));
    this.is_fitted = false;
    this.listen();
  }

  listen() {
    const { svg } = this.plan;
    this.box.querySelector("[data-locate]").addEventListener("click", () => this.locate());
    svg.addEventListener("pointerdown", (event) => this.drag(event));
    svg.addEventListener("keydown", (event) => this.nudge(event));
    for (const [name, factor] of [["[data-nearer]", 0.5], ["[data-farther]", 2]]) {
      this.box.querySelector(name).addEventListener("click", () => {
        this.plan.half = Math.min(25600, Math.max(15, this.plan.half * factor));
        this.show();
      });
    }
    for (const field of this.box.querySelectorAll("[data-typed]")) field.addEventListener("change", () => this.type());
  }

  restore(draft) {
    if (draft) Object.assign(this, draft);
  }

  reset() {
    Object.assign(this, { point: null, typed: null, uncertainty: null, fix: null, moved_m: 0, cell: null });
    this.show();
  }

  async begin() {
    if (!this.point && !this.typed) this.locate();
    const ground = await ground_at(this.point);
    // The position may have come first, with cells of its own.
    if (!this.ground.cells.length) this.ground = ground;
    await this.settle();
  }

  // --- the phone's own position ----------------------------------------------------------------------------------

  locate() {
    if (!window.isSecureContext || !navigator.geolocation) return this.lose(t("no_position"));
    this.say(t("locating"));
    const before = this.body;
    const options = { enableHighAccuracy: true, timeout: LONGEST_MS, maximumAge: 5000 };
    this.locating = new Promise((resolve) => {
      // The point is there at once; what lies around it comes over the line, and is not waited for.
      const found = ({ coords }) => {
        // A pin that was set meanwhile is where the person wants it.
        const is_same = JSON.stringify(this.body) === JSON.stringify(before);
        if (is_same) this.put([coords.longitude, coords.latitude], coords.accuracy);
        resolve();
      };
      navigator.geolocation.getCurrentPosition(found, () => resolve(this.lose(t("no_position_found"))), options);
      // The browser's own clock stands still while it asks whether it may tell.
      setTimeout(resolve, LONGEST_MS);
    });
    return undefined;
  }

  lose(text) {
    this.is_lost = true;
    if (this.body) this.settle();
    else {
      this.say(text);
      this.show();
    }
  }

  untype() {
    this.typed = null;
    for (const field of this.box.querySelectorAll("[data-typed]")) if (field.tagName === "INPUT") field.value = "";
  }

  async put(point, uncertainty) {
    if (!this.point) this.plan.half = Math.min(this.plan.half, NEAR_M / 2);
    Object.assign(this, { point, uncertainty, fix: point, moved_m: 0, is_lost: false });
    this.untype();
    await this.changed();
    if (!this.ground.cell_at(point) || this.ground.is_old) this.ground = await ground_at(point);
    await this.settle();
    this.changed();
  }

  // --- the pin ---------------------------------------------------------------------------------------------------

  drag(event) {
    if (!this.plan.middle || event.button) return;
    const { svg } = this.plan;
    if (!this.point) {
      svg.addEventListener("pointerup", (up) => this.set(this.plan.under(up)), { once: true });
      return;
    }
    // The map stands still while the pin moves.
    const follow = (moved) => this.move(this.plan.under(moved), false);
    const end = () => {
      svg.removeEventListener("pointermove", follow);
      this.move(this.point);
    };
    svg.setPointerCapture(event.pointerId);
    svg.addEventListener("pointermove", follow);
    svg.addEventListener("pointerup", end, { once: true });
    svg.addEventListener("pointercancel", end, { once: true });
    follow(event);
  }

  nudge(event) {
    const way = ARROWS[event.key];
    if (!this.plan.middle || !(way || event.key === "Enter")) return;
    event.preventDefault();
    if (!this.point) {
      this.set(this.plan.middle);
      return;
    }
    if (!way) return;
    const [lon, lat] = this.point;
    const step = STEP_M / METRES;
    this.move([lon + (way[0] * step) / Math.cos(lat * (Math.PI / 180)), lat + way[1] * step]);
  }

  // The first pin, on the map of the own cells: then so near that it can be moved to the very place.
  async set(point) {
    this.plan.half = Math.min(this.plan.half, NEAR_M);
    this.move(point);
    if (this.cell) return;
    this.ground = await ground_at(point);
    await this.settle();
    this.changed();
  }

  move(point, is_end = true) {
    this.point = point;
    if (this.typed) this.untype();
    this.moved_m = this.fix ? distance(this.fix, point) : 0;
    this.settle(is_end);
    if (is_end) this.changed();
  }

  // --- numbers ---------------------------------------------------------------------------------------------------

  type() {
    const [lon, lat, system] = [...this.box.querySelectorAll("[data-typed]")].map((field) => field.value.trim());
    if (!lon || !lat) return;
    const is_plain = system === "wgs84" || system === "cgcs2000";
    this.typed = { lon: Number(lon), lat: Number(lat), coordinate_system: system };
    this.point = is_plain ? [Number(lon), Number(lat)] : null;
    Object.assign(this, { uncertainty: null, fix: null, moved_m: 0 });
    this.settle();
    this.changed();
  }

  // --- showing ---------------------------------------------------------------------------------------------------

  say(text) {
    this.box.querySelector("[data-told]").textContent = text;
  }

  async settle(is_end = true) {
    this.cell = this.point ? this.ground.cell_at(this.point) : null;
    this.show(is_end);
    if (!this.point) {
      if (this.typed) this.say(t("typed_place", this.typed.coordinate_system));
      return;
    }
    const where = this.cell ? this.ground.words(this.cell) : t(this.ground.cells.length ? "outside" : "no_cells");
    const sure = this.uncertainty === null ? "" : t("within", Math.round(this.uncertainty));
    const moved = this.moved_m >= 1 && this.fix ? t("moved", Math.round(this.moved_m)) : "";
    this.say([where, sure, moved, this.typed ? "" : t("system")].filter(Boolean).join(" · "));
  }

  show(is_centred = true) {
    const { plan } = this;
    const is_overview = !this.point && this.is_lost && this.ground.cells.length > 0;
    this.box.classList.toggle("has-point", Boolean(this.point));
    this.box.classList.toggle("has-overview", is_overview);
    if (is_overview && !this.is_fitted) plan.fit(this.ground.cells);
    this.is_fitted = is_overview;
    if (is_overview) plan.draw(this.ground.cells, null);
    if (!this.point) return;
    if (is_centred || !plan.middle) plan.middle = this.point;
    plan.draw(this.ground.cells, this.cell);
    if (this.fix && this.uncertainty) plan.mark(this.fix, "unsure", this.uncertainty);
    plan.mark(this.point, "pin", plan.half / 14);
  }

  // --- what is sent and kept -------------------------------------------------------------------------------------

  get body() {
    if (this.typed) return this.typed;
    if (!this.point) return null;
    const [lon, lat] = this.point.map((value) => Number(value.toFixed(7)));
    const body = { lon, lat, coordinate_system: "wgs84" };
    return this.uncertainty === null ? body : { ...body, uncertainty_m: Number(this.uncertainty.toFixed(1)) };
  }

  get draft() {
    const { point, typed, uncertainty, fix, moved_m } = this;
    return { point, typed, uncertainty, fix, moved_m };
  }
}

// This phone's position once, for a task; null where it gives none.
export function position() {
  if (!window.isSecureContext || !navigator.geolocation) return Promise.resolve(null);
  return new Promise((resolve) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ point: [coords.longitude, coords.latitude], uncertainty: coords.accuracy }),
      () => resolve(null),
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 10000 },
    );
  });
}

