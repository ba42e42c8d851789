// Names of streets on a map of cells or outlines, those of communities in their place once one is near enough.

// Steps of the zoom beyond the whole area from which on communities have room for their names.
const NEAR = 2;

function middleOf({ geometry }) {
  const rings = geometry.type === "Polygon" ? [geometry.coordinates[0]] : geometry.coordinates.map((part) => part[0]);
  const ring = rings.reduce((one, other) => (other.length > one.length ? other : one));
  const points = ring.slice(1);
  const sum = points.reduce(([x, y], [lon, lat]) => [x + lon, y + lat], [0, 0]);
  return [sum[0] / points.length, sum[1] / points.length];
}

function middles(features, level) {
  const sums = new Map();
  for (const feature of features) {
    const code = feature.properties[level];
    if (!code) continue;
    const [lon, lat] = middleOf(feature);
    const sum = sums.get(code) ?? [0, 0, 0];
    sums.set(code, [sum[0] + lon, sum[1] + lat, sum[2] + 1]);
  }
  return [...sums].map(([code, [lon, lat, count]]) => [code, [lat / count, lon / count]]);
}

function labels(cells, level) {
  return L.layerGroup(
    middles(cells.features, level).map(([code, middle]) =>
      L.tooltip(middle, { permanent: true, direction: "center", className: "street-name", content: cells.names[code] ?? code }),
    ),
  );
}

// How far a name may stand above or below the middle of its street, in heights of its own.
const STEPS = [0, -1, 1, -2, 2];

const meets = (one, other) => one.right >= other.left && one.left <= other.right && one.bottom >= other.top && one.top <= other.bottom;
const shifted = ({ left, right, top, bottom }, x, y) => ({ left: left + x, right: right + x, top: top + y, bottom: bottom + y });

// A name that would lie upon another one moves up or down, one that would hang over an edge moves in; where there is no
// room it waits until there is.
function makeRoom(layer, map) {
  const edge = map.getContainer().getBoundingClientRect();
  const buttons = [...map.getContainer().querySelectorAll(".leaflet-control")];
  const taken = buttons.map((button) => button.getBoundingClientRect());
  layer.eachLayer((label) => {
    const element = label.getElement();
    element.style.margin = "0";
    const own = element.getBoundingClientRect();
    // Of what lies outside of the map nothing is to be seen.
    const aside = own.right < edge.left || own.left > edge.right ? 0 : Math.max(edge.left - own.left, 0) - Math.max(own.right - edge.right, 0);
    const places = STEPS.map((step) => [aside, step * own.height]);
    const free = places.find(([x, y]) => !taken.some((box) => meets(shifted(own, x, y), box)));
    element.style.visibility = free ? "" : "hidden";
    if (!free) return;
    const [x, y] = free;
    element.style.margin = `${y}px 0 0 ${x}px`;
    taken.push(shifted(own, x, y));
  });
}

// `cells`: features with `street` and perhaps `community`, and `names` by code. The map shows the whole area.
export function nameStreets(map, cells) {
  const far = map.getZoom();
  const streets = labels(cells, "street");
  const communities = labels(cells, "community");
  const show = () => {
    const isNear = communities.getLayers().length > 0 && map.getZoom() >= far + NEAR;
    const [shown, other] = isNear ? [communities, streets] : [streets, communities];
    other.remove();
    shown.addTo(map);
    makeRoom(shown, map);
  };
  map.on("zoomend", show);
  show();
}
