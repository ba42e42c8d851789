// Cells on the ground: which cell a point lies in, distances, and a small map drawn from the cells that are kept.

import { ask } from "./frame.js";
import { t } from "./words.js";

const METRES = 111320;

export function distance(a, b) {
  const x = (b[0] - a[0]) * Math.cos(((a[1] + b[1]) / 2) * (Math.PI / 180));
  return Math.hypot(x, b[1] - a[1]) * METRES;
}

const crosses = ([x, y], [ax, ay], [bx, by]) => ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax;

// Inside when an odd number of borders lies to one side.
function is_inside(point, rings) {
  let is_in = false;
  for (const ring of rings) {
    for (let at = 1; at < ring.length; at += 1) if (crosses(point, ring[at - 1], ring[at])) is_in = !is_in;
  }
  return is_in;
}

export class Ground {
  constructor(told) {
    this.cells = told?.cells ?? [];
    this.names = told?.names ?? {};
    this.is_cut = told?.is_cut ?? false;
    this.own_count = told?.own_count ?? 0;
    this.is_old = told?.is_old ?? true;
  }

  cell_at(point) {
    return this.cells.find((cell) => is_inside(point, cell.rings)) ?? null;
  }

  // "某街道 某社区 · 120104001001001"
  words(cell) {
    const [street, community] = [this.names[cell.code.slice(0, 9)], this.names[cell.code.slice(0, 12)]];
    return t("cell", [street, community].filter(Boolean).join(" "), cell.code);
  }
}

// The cells around a point, asked for when there is a line, else those kept.
export async function ground_at(point) {
  const where = point ? `?lon=${point[0].toFixed(5)}&lat=${point[1].toFixed(5)}&coordinate_system=wgs84` : "";
  return new Ground(await ask(`cells${where}`, { key: "cells" }));
}

// A map in an <svg> element: metres from `middle`, north up. Its namespace is that of the element in the page.
export class Plan {
  constructor(svg) {
    this.svg = svg;
    this.half = 60;
    this.middle = null;
  }

  shape(name, attributes) {
    const made = document.createElementNS(this.svg.namespaceURI, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  // Metres east and south of the middle.
  at([lon, lat]) {
    const [lon0, lat0] = this.middle;
    return [(lon - lon0) * METRES * Math.cos(lat0 * (Math.PI / 180)), (lat0 - lat) * METRES];
  }

  // Show all the own cells; all there are where none is one's own.
  fit(cells) {
    const own = cells.filter((cell) => cell.own);
    const corners = (own.length ? own : cells).flatMap((cell) => cell.rings.flat());
    if (!corners.length) return;
    const ends = [0, 1].map((axis) => {
      const values = corners.map((corner) => corner[axis]);
      return [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
    });
    this.middle = ends.map(([low, high]) => (low + high) / 2);
    const [east, south] = this.at([ends[0][1], ends[1][0]]);
    const box = this.svg.getBoundingClientRect();
    const least = Math.min(box.width, box.height) || 1;
    // Half of the shorter side of the screen, in metres.
    this.half = 1.05 * Math.max((east * least) / (box.width || 1), (south * least) / (box.height || 1), 50);
  }

  // The point under a place of the screen.
  under(event) {
    const box = this.svg.getBoundingClientRect();
    const scale = (2 * this.half) / Math.min(box.width, box.height);
    const x = (event.clientX - box.left - box.width / 2) * scale;
    const y = (event.clientY - box.top - box.height / 2) * scale;
    const [lon0, lat0] = this.middle;
    return [lon0 + x / (METRES * Math.cos(lat0 * (Math.PI / 180))), lat0 - y / METRES];
  }

  draw(cells, here) {
    const { half } = this;
    this.svg.setAttribute("viewBox", `${-half} ${-half} ${2 * half} ${2 * half}`);
    this.svg.replaceChildren();
    for (const cell of cells) {
      const path = cell.rings.map((ring) => `M${ring.map((point) => this.at(point).map((v) => v.toFixed(1)).join(" ")).join("L")}Z`);
      const kind = cell.code === here?.code ? "cell cell-here" : cell.own ? "cell cell-own" : "cell";
      const width = half / 150;
      this.svg.append(this.shape("path", { d: path.join(""), class: kind, "fill-rule": "evenodd", "stroke-width": width }));
    }
  }

  mark(point, kind, metres) {
    const [cx, cy] = this.at(point);
    const made = this.shape("circle", { cx, cy, r: metres, class: kind, "stroke-width": this.half / 60 });
    this.svg.append(made);
    return made;
  }
}
