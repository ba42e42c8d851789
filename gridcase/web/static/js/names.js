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

// A name that would lie upon another one waits until there is room for both.
function makeRoom(layer) {
  const taken = [];
  layer.eachLayer((label) => {
    const element = label.getElement();
    const own = element.getBoundingClientRect();
    const isFree = taken.every((box) => own.right < box.left || own.left > box.right || own.bottom < box.top || own.top > box.bottom);
    element.style.visibility = isFree ? "" : "hidden";
    if (isFree) taken.push(own);
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
    makeRoom(shown);
  };
  map.on("zoomend", show);
  show();
}
