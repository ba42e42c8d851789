// What became of what was put into the outbox last: told in a line until the site has signed for it, or a person decides.

import { onChange } from "./outbox.js";
import { onState, send, trouble } from "./sender.js";
import { done, look } from "./store.js";
import { find, make, sentence, t } from "./words.js";

// A second tap of the same finger comes within this time.
const SETTLING_MS = 900;

let watched = null;
let settled_at = 0;

const link = (href, text) => make("a", { href }, text);

function delivered(title, number) {
  return title.includes(number) ? [t("fate_done")] : [`${t("fate_delivered")} `, link(`/cases/${number}`, number)];
}

function waits(items) {
  const why = trouble();
  if (why === "signed_out") return [t("fate_signed_out")];
  if (!navigator.onLine) return [t("kept")];
  const last = items.find((item) => item.last)?.last;
  if (last) return [t("fate_waits_last", last)];
  return [t(why || items.some((item) => item.tries) ? "fate_waits" : "kept_sending")];
}

// How it looks and what is said of it; null when the person has thrown it away.
async function told({ title, ids }) {
  const [waiting, known] = await look(["outbox", "ledger"], async ({ outbox, ledger }) => {
    const found = ids.map((id) => [done(outbox.get(id)), done(ledger.get(id))]);
    return [await Promise.all(found.map(([item]) => item)), await Promise.all(found.map(([, row]) => row))];
  });
  if (known.some((row) => row?.state === "withdrawn")) return null;
  if (known.every((row) => row?.state === "delivered")) return ["is-good", delivered(title, known[0].number)];
  const items = waiting.filter(Boolean);
  const stuck = items.find((item) => item.state === "blocked");
  if (!stuck) return [trouble() || items.some((item) => item.tries) ? "is-waiting" : "is-good", waits(items)];
  const why = stuck.why.code === "photo_lost" ? t("photo_lost") : sentence(stuck.why.detail);
  return ["", [`${t("fate_refused", why)} `, link(find("[data-count]").href, t("fate_decide"))]];
}

async function show() {
  const now = watched;
  if (!now) return;
  const said = await told(now);
  if (now !== watched) return;
  if (!said) {
    forget();
    return;
  }
  const [kind, parts] = said;
  const { line, title } = now;
  // Said anew only when it is something new: programs that read aloud would repeat it.
  const before = line.textContent;
  const head = make("b", {}, title);
  const close = make("button", { type: "button", class: "fate-close", "aria-label": t("close") }, "×");
  close.addEventListener("click", forget);
  const text = make("span", {}, head, " ", ...parts);
  line.classList.toggle("is-good", kind === "is-good");
  line.classList.toggle("is-waiting", kind === "is-waiting");
  if (before !== `${text.textContent}×`) line.replaceChildren(text, close);
  line.hidden = false;
}

// Nothing is told any more.
export function forget() {
  if (!watched) return;
  const { line } = watched;
  watched = null;
  line.hidden = true;
  line.replaceChildren();
  line.classList.remove("is-good", "is-waiting");
}

// Whether the page has just changed under the finger: what was meant for the button before is meant for nothing here.
export const isSettling = () => performance.now() < settled_at;

function settle() {
  settled_at = performance.now() + SETTLING_MS;
  const { classList } = document.documentElement;
  classList.add("is-settling");
  setTimeout(() => isSettling() || classList.remove("is-settling"), SETTLING_MS + 20);
}

// Send what was put in, and tell in `line` what becomes of these items.
export async function follow(line, items) {
  settle();
  watched = { line, title: items[0].title, ids: items.map((item) => item.id) };
  await show();
  line.scrollIntoView({ block: "nearest" });
  await send();
  await show();
}

onChange(show);
onState(show);
