// How pages look on this phone. Kept pages would show another choice only at the visit after the next one.

import { notice } from "./frame.js";
import { BASE, onState, session } from "./sender.js";
import { find, t } from "./words.js";

const { look, version } = document.body.dataset;
// The look for which the page has begun anew: once for each, whatever comes of it.
const TRIED = "look-tried";

const isPage = ({ url }) => new URL(url).pathname.startsWith(BASE);

async function renew(cache, request) {
  const response = await fetch(request.url, { cache: "no-cache", credentials: "same-origin", redirect: "error" });
  // Those of another version come with their own scripts.
  if (response.ok && response.headers.get("X-Phone-Version") === version) await cache.put(request, response);
}

// The newest look of every page that is kept.
async function renewPages() {
  // A browser that keeps no pages has none to renew.
  for (const name of (await window.caches?.keys()) ?? []) {
    const cache = await caches.open(name);
    await Promise.allSettled((await cache.keys()).filter(isPage).map((request) => renew(cache, request)));
  }
}

async function begin(wanted) {
  sessionStorage.setItem(TRIED, wanted);
  await renewPages();
  location.reload();
}

async function choose(form, button) {
  try {
    const { token } = await session();
    const body = new URLSearchParams({ csrf_token: token, [button.name]: button.value });
    const answer = await fetch(form.action, { method: "POST", body, credentials: "same-origin" });
    if (!answer.ok) throw new Error(String(answer.status));
    await begin("");
  } catch {
    notice("line", t("look_offline"));
  }
}

find(".look-form").addEventListener("submit", (event) => {
  event.preventDefault();
  choose(event.target, event.submitter);
});

onState(({ person }) => {
  if (person?.look && person.look !== look && sessionStorage.getItem(TRIED) !== person.look) begin(person.look);
});
