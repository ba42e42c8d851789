// A place by this device's own position or by a click on the map of cells; the numbers stay editable.

import { nameStreets } from "./names.js";

function fieldsOf(box) {
  const named = (end) => box.querySelector(`[name$="${end}"]`);
  return { lon: named("lon"), lat: named("lat"), system: named("coordinate_system") };
}

function put(box, lon, lat) {
  const fields = fieldsOf(box);
  fields.lon.value = lon.toFixed(7);
  fields.lat.value = lat.toFixed(7);
  fields.system.value = "wgs84";
  fields.lon.dispatchEvent(new Event("change", { bubbles: true }));
}

function offerOwnPosition(box) {
  const button = box.querySelector("[data-here]");
  // Browsers give a position to pages on https only.
  if (!button || !window.isSecureContext || !navigator.geolocation) return;
  button.hidden = false;
  const failed = box.querySelector("[data-here-failed]");
  button.addEventListener("click", () => {
    button.disabled = true;
    if (failed) failed.hidden = true;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        button.disabled = false;
        put(box, coords.longitude, coords.latitude);
      },
      () => {
        button.disabled = false;
        if (failed) failed.hidden = false;
      },
      { enableHighAccuracy: true, timeout: 15000 },
    );
  });
}

async function offerMap(box) {
  const place = box.querySelector("[data-point-map]");
  if (!place || !window.L || place.dataset.ready) return;
  place.dataset.ready = "yes";
  const response = await fetch(place.dataset.cells, { credentials: "same-origin" });
  if (!response.ok) return;
  const cells = await response.json();
  place.hidden = false;
  const map = L.map(place, { preferCanvas: true, attributionControl: false, zoomSnap: 0.5 });
  const told = box.querySelector("[data-point-told]");
  const tokens = getComputedStyle(document.documentElement);
  const colour = (name) => tokens.getPropertyValue(`--${name}`).trim();
  const plain = { color: colour("map-cell"), weight: 0.4, fillColor: colour("panel"), fillOpacity: 0.9 };
  let marked = null;
  const pin = L.circleMarker([0, 0], { radius: 8, color: colour("focus"), weight: 3, fillOpacity: 0.3 });
  const layer = L.geoJSON(cells, { style: plain });
  map.fitBounds(layer.getBounds());
  layer.addTo(map);
  nameStreets(map, cells);

  function tell(cell) {
    if (marked) marked.setStyle(plain);
    marked = cell;
    if (!cell) {
      told.textContent = "";
      return;
    }
    cell.setStyle({ fillColor: colour("map-here") });
    const { street, community } = cell.feature.properties;
    told.textContent = [cells.names[street], cells.names[community], cell.feature.id].filter(Boolean).join(" · ");
  }
  layer.on("click", (event) => {
    L.DomEvent.stopPropagation(event);
    tell(event.layer);
    put(box, event.latlng.lng, event.latlng.lat);
  });
  const fields = fieldsOf(box);
  const show = () => {
    const lon = Number.parseFloat(fields.lon.value);
    const lat = Number.parseFloat(fields.lat.value);
    if (Number.isFinite(lon) && Number.isFinite(lat) && Math.abs(lat) <= 90) pin.setLatLng([lat, lon]).addTo(map);
    else pin.remove();
  };
  box.addEventListener("change", show);
  show();
}

function prepare() {
  for (const box of document.querySelectorAll("[data-point]")) {
    offerOwnPosition(box);
    offerMap(box);
  }
}

document.addEventListener("page-taken-over", prepare);
prepare();
