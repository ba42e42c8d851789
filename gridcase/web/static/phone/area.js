// My area: the kept cells around me with the tasks of the day, to be moved and zoomed with finger or keys.

import { ground_at, Plan } from "./ground.js";
import { position } from "./place.js";
import { one } from "./store.js";
import { find, t } from "./words.js";

const svg = find("[data-plan]");
const plan = new Plan(svg);
const NEAR_M = 400;
plan.half = NEAR_M;
let [ground, here, tasks] = [null, null, []];

function draw() {
  if (!plan.middle) return;
  plan.draw(ground.cells, here ? ground.cell_at(here) : null);
  for (const task of tasks) plan.mark([task.lon, task.lat], "task-pin", plan.half / 28);
  if (here) plan.mark(here, "pin", plan.half / 24);
}

function zoom(factor) {
  plan.half = Math.min(25600, Math.max(50, plan.half * factor));
  draw();
}

function tell() {
  const told = [t("own_cells", ground.own_count), ground.is_cut && t("cells_cut"), ground.is_old && t("cells_old")];
  find("[data-told]").textContent = ground.cells.length ? told.filter(Boolean).join(" ") : t("no_ground");
  const cell = here ? ground.cell_at(here) : null;
  find("[data-here]").textContent = cell ? t("here", ground.words(cell)) : "";
}

async function begin() {
  ground = await ground_at(null);
  tasks = (await one("kept", "tasks"))?.value.items ?? [];
  plan.fit(ground.cells);
  tell();
  draw();
  await locate();
}

async function locate() {
  const found = await position();
  if (!found) return;
  here = found.point;
  plan.middle = here;
  plan.half = NEAR_M;
  ground = await ground_at(here);
  tell();
  draw();
}

svg.addEventListener("pointerdown", (event) => {
  if (!plan.middle) return;
  const [lon, lat] = plan.under(event);
  svg.setPointerCapture(event.pointerId);
  const follow = (moved) => {
    const [now_lon, now_lat] = plan.under(moved);
    plan.middle = [plan.middle[0] + lon - now_lon, plan.middle[1] + lat - now_lat];
    draw();
  };
  svg.addEventListener("pointermove", follow);
  svg.addEventListener("pointerup", () => svg.removeEventListener("pointermove", follow), { once: true });
  svg.addEventListener("pointercancel", () => svg.removeEventListener("pointermove", follow), { once: true });
});

const WAYS = { ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
svg.addEventListener("keydown", (event) => {
  if (event.key === "+" || event.key === "=") zoom(0.5);
  if (event.key === "-") zoom(2);
  const way = WAYS[event.key];
  if (!way || !plan.middle) return;
  event.preventDefault();
  const step = plan.half / 4 / 111320;
  plan.middle = [plan.middle[0] + way[0] * step, plan.middle[1] + way[1] * step];
  draw();
});
find("[data-nearer]").addEventListener("click", () => zoom(0.5));
find("[data-farther]").addEventListener("click", () => zoom(2));
find("[data-locate]").addEventListener("click", locate);
begin();
