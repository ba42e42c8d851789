// Shows the newest months first on narrow screens, and draws a line for each unit from the table beside it.

const tables = [...document.querySelectorAll("[data-trend-table]")];
for (const table of tables) {
  const box = table.closest(".scroll");
  if (box) box.scrollLeft = box.scrollWidth;
}

// Lines that are drawn at first; the others are one touch on the legend away.
const SHOWN = 5;
// Nobody needs to tell lines apart by colour alone.
const COLOURS = ["--accent", "--yellow-fill", "--green", "--red", "--made-ink", "--held"];
const SYMBOLS = ["circle", "rect", "triangle", "diamond", "roundRect"];
const BREAK = "┆";

function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

// A line ends where the next month was made by other rules: an empty place stands between the two.
function broken(values, heads, gap) {
  return values.flatMap((value, at) => (heads[at].classList.contains("lb-differs") ? [value, gap] : [value]));
}

function series(heads) {
  const rows = tables.flatMap((table) => [...table.querySelectorAll("tbody tr")]);
  return rows.map((row, at) => ({
    name: row.dataset.unit,
    type: "line",
    connectNulls: false,
    symbol: SYMBOLS[at % SYMBOLS.length],
    symbolSize: 8,
    data: broken([...row.querySelectorAll("td")].map((cell) => cell.dataset.value ?? null), heads, null),
  }));
}

function draw(place) {
  const heads = [...tables[0].querySelectorAll("th[data-period]")];
  const lines = series(heads);
  const periods = broken(heads.map((head) => head.dataset.period), heads, BREAK);
  const text = { color: token("--ink"), fontFamily: getComputedStyle(document.body).fontFamily };
  const axis = { axisLabel: text, axisLine: { lineStyle: { color: token("--edge-strong") } } };
  const chart = globalThis.echarts.init(place, null, { renderer: "canvas" });
  chart.setOption({
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    textStyle: text,
    color: COLOURS.map(token),
    // No markup of its own: the policy of the page lets no style in.
    tooltip: { trigger: "axis", renderMode: "richText", confine: true },
    legend: {
      type: "scroll",
      top: 0,
      left: 56,
      textStyle: text,
      selected: Object.fromEntries(lines.map((line, at) => [line.name, at < SHOWN])),
    },
    grid: { left: 56, right: 24, top: 64, bottom: 32 },
    xAxis: { type: "category", data: periods, ...axis },
    yAxis: {
      type: "value",
      name: place.dataset.text,
      nameTextStyle: text,
      scale: true,
      splitLine: { lineStyle: { color: token("--edge") } },
      ...axis,
    },
    series: lines,
  });
  new ResizeObserver(() => chart.resize()).observe(place);
}

const place = document.querySelector("[data-trend]");
if (place && globalThis.echarts && tables.length > 0) draw(place);
