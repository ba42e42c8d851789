// The map of cells by grade, drawn on a canvas: shapes come once, grades apart from them.

import { nameStreets } from "./names.js";

const place = document.querySelector("[data-map]");
const legend = new Map([...document.querySelectorAll("[data-band]")].map((entry) => [entry.dataset.band, entry]));
// Colours stand in the stylesheet only.
const colours = new Map(
  [...legend].map(([band, entry]) => [band, getComputedStyle(entry.querySelector(".grade")).backgroundColor]),
);

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

async function load(path) {
  const response = await fetch(path, { credentials: "same-origin" });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

function key(one, other) {
  const [a, b] = [one.join(), other.join()];
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}

// Lines between two streets: an edge that belongs to cells of both.
function streetBorders(features) {
  const owners = new Map();
  const lines = [];
  for (const { geometry, properties } of features) {
    const parts = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
    for (const ring of parts.flat()) {
      for (let at = 1; at < ring.length; at += 1) {
        const edge = key(ring[at - 1], ring[at]);
        const known = owners.get(edge);
        if (known === undefined) owners.set(edge, properties.street);
        else if (known !== properties.street) lines.push([ring[at - 1], ring[at]].map(([lon, lat]) => [lat, lon]));
      }
    }
  }
  return lines;
}

function tally(features, unitOf) {
  const counts = new Map();
  for (const feature of features) {
    const band = unitOf(feature)?.grade ?? "";
    counts.set(band, (counts.get(band) ?? 0) + 1);
  }
  for (const [band, entry] of legend) entry.querySelector("[data-tally]").textContent = counts.get(band) ?? 0;
}

function tell(feature, unit, names) {
  const panel = document.querySelector("[data-cell-panel]");
  const put = (name, text) => {
    panel.querySelector(`[data-f="${name}"]`).textContent = text;
  };
  panel.querySelector("[data-cell-hint]").hidden = true;
  panel.querySelector("[data-cell-facts]").hidden = false;
  put("code", feature.id);
  put("street", names[feature.properties.street] ?? feature.properties.street);
  put("community", names[feature.properties.community] ?? feature.properties.community);
  put("grade", unit?.grade ?? "—");
  panel.querySelector('[data-f="grade"]').className = `grade grade-${unit?.colour ?? "none"}`;
  put("score", unit?.score ?? "");
  for (let at = 0; at < 5; at += 1) put(at, unit ? unit.counts[at] : "—");
  const link = panel.querySelector("[data-cell-link]");
  const anchor = link.querySelector("a");
  link.hidden = false;
  anchor.href = `${anchor.dataset.base}&cell=${encodeURIComponent(feature.id)}`;
}

async function draw() {
  const [cells, grades] = await Promise.all([load(place.dataset.cells), load(place.dataset.grades)]);
  const isByStreet = place.dataset.of === "streets";
  const unitOf = (feature) => grades.units[isByStreet ? feature.properties.street : feature.id];
  place.querySelector("[data-wait]").remove();
  const map = L.map(place, { renderer: L.canvas({ padding: 0.3 }), attributionControl: false, zoomSnap: 0.25 });
  const lines = { cell: token("panel"), street: token("map-line"), chosen: token("focus") };
  const style = (feature) => {
    const unit = unitOf(feature);
    const isIdle = !isByStreet && unit && unit.counts.every((count) => count === 0);
    return {
      color: lines.cell,
      weight: 0.6,
      fillColor: colours.get(unit?.grade ?? "") ?? colours.get(""),
      fillOpacity: isIdle ? 0.3 : 0.85,
    };
  };
  const layer = L.geoJSON(cells, { style });
  map.fitBounds(layer.getBounds(), { padding: [8, 8] });
  layer.addTo(map);
  L.polyline(streetBorders(cells.features), { color: lines.street, weight: 1.6, interactive: false }).addTo(map);
  nameStreets(map, cells);
  tally(cells.features, unitOf);

  let chosen = null;
  const choose = (shape) => {
    if (chosen) layer.resetStyle(chosen);
    chosen = shape;
    shape.setStyle({ color: lines.chosen, weight: 4 });
    shape.bringToFront();
    tell(shape.feature, unitOf(shape.feature), cells.names);
  };
  layer.on("click", (event) => choose(event.layer));
  layer.eachLayer((shape) => {
    if (place.dataset.focus && shape.feature.id === place.dataset.focus) {
      choose(shape);
      map.fitBounds(shape.getBounds(), { maxZoom: 16 });
    }
  });
  place.dataset.ready = "yes";
}

draw();
