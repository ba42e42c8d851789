// Where the open case and the others of its queue lie, on the cells of the district.

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

function place(element) {
  const [lat, lon] = [Number.parseFloat(element.dataset.lat), Number.parseFloat(element.dataset.lon)];
  return Number.isFinite(lat) && Number.isFinite(lon) ? [lat, lon] : null;
}

// A lamp has its own shape here too: a square, a triangle, a dot.
function mark(at, lamp) {
  const size = 0.00022;
  const style = { color: token(lamp === "yellow" ? "yellow-fill" : lamp || "held"), weight: 2, fillOpacity: 0.7, interactive: false };
  const [lat, lon] = at;
  const wide = size * 1.28;
  if (lamp === "red") return L.rectangle([[lat - size, lon - wide], [lat + size, lon + wide]], style);
  if (lamp === "yellow") return L.polygon([[lat + size, lon], [lat - size, lon - wide], [lat - size, lon + wide]], style);
  return L.circle(at, { ...style, radius: 22 });
}

async function draw() {
  const box = document.querySelector("[data-desk-map]");
  if (!box || !globalThis.L || box.dataset.ready) return;
  box.dataset.ready = "yes";
  const map = L.map(box, { preferCanvas: true, attributionControl: false, zoomSnap: 0.5, keyboard: false });
  const here = document.querySelector("[data-case]");
  const at = here && place(here);
  if (at) map.setView(at, 16);
  const response = await fetch(box.dataset.cells, { credentials: "same-origin" });
  if (!response.ok) return;
  const cells = await response.json();
  const plain = { color: token("map-cell"), weight: 0.6, fillColor: token("panel"), fillOpacity: 0.9, interactive: false };
  const own = { ...plain, weight: 2, color: token("map-line"), fillColor: token("map-here") };
  const layer = L.geoJSON(cells, { style: (cell) => (cell.id === box.dataset.cell ? own : plain) });
  if (!at) map.fitBounds(layer.getBounds());
  layer.addTo(map);
  // Its neighbours were drawn over its border.
  layer.eachLayer((cell) => {
    if (cell.feature.id === box.dataset.cell) cell.bringToFront();
  });
  for (const row of document.querySelectorAll("[data-row][data-lon]")) {
    if (here && row.dataset.number === here.dataset.case) continue;
    const where = place(row);
    if (where) mark(where, row.dataset.lamp).addTo(map);
  }
  if (at) L.circleMarker(at, { radius: 11, color: token("focus"), weight: 4, fillOpacity: 0.15 }).addTo(map);
  new ResizeObserver(() => map.invalidateSize()).observe(box);
}

document.addEventListener("page-taken-over", draw);
draw();
