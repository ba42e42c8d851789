// The outbox as a person sees it: what waits, why something is stuck, and the receipts of what went.

import { person } from "./frame.js";
import { exchange, items, onChange, picture, receipts, retry, withdraw } from "./outbox.js";
import { Photos } from "./photos.js";
import { send } from "./sender.js";
import { clock, find, make, sentence, t } from "./words.js";

const MOST_RECEIPTS = 40;

// The case has gone on by another hand, or the task went to another one: to send the same again would help nobody.
const OVERTAKEN = ["wrong_state", "assigned_inspector", "own_assignment"];
const isOvertaken = ({ case: number, why: problem }) => Boolean(number && problem?.codes?.some((code) => OVERTAKEN.includes(code)));

function why(item) {
  const { why: problem, photos } = item;
  if (!problem) return null;
  const detail = sentence(problem.code === "photo_lost" ? t("photo_lost") : problem.detail);
  const [at, count] = [photos.indexOf(problem.sha) + 1, photos.length];
  const about = count > 1 ? t("refused_photo", at, count, detail) : t("refused_only_photo", detail);
  return make("p", { class: "why", role: "alert" }, at ? about : t(isOvertaken(item) ? "fate_refused" : "refused", detail));
}

async function overtaken(item) {
  if (!isOvertaken(item)) return null;
  const line = make("p", { class: "told" }, `${t("overtaken")} `, make("a", { href: `/cases/${item.case}` }, item.case));
  const is_moved = item.why.codes.includes("wrong_state");
  try {
    const answer = await fetch(`/api/v1/cases/${item.case}`, { credentials: "same-origin" });
    const last = answer.ok ? (await answer.json()).steps.at(-1) : null;
    // In the state that it had, the task alone went to another one: not by the hand of whom it was taken from.
    if (last && (is_moved || last.actor !== item.owner)) {
      line.prepend(t(is_moved ? "overtaken_by" : "reassigned_by", clock(last.at), last.actor_name || last.actor), " ");
    }
  } catch {
    // Without a line the reason alone is known.
  }
  return line;
}

// Only the photo is at fault: another one, or none, and the rest goes as it is.
function photoWays(item) {
  const sha = item.why?.sha;
  if (!sha || !item.photos.includes(sha)) return [];
  const ways = [];
  // A second choice would be for a photo that is gone already: none until the row is drawn anew.
  const close = (is_closed) => ways.forEach((way) => (way.disabled = is_closed));
  const sendWith = async (other) => {
    close(true);
    try {
      await exchange(item, sha, other);
    } catch {
      close(false);
      photos.restore([]);
      photos.tell(t("photo_not_kept"));
      return;
    }
    send({ is_forced: true });
  };
  const input = make("input", { type: "file", accept: "image/jpeg,image/png,image/webp,image/*" });
  const shoot = make("label", { class: "shoot shoot-small" }, make("span", {}, t("photo_other")), input);
  const told = make("p", { class: "told told-bad", "data-told": true, role: "status" });
  const box = make("div", { "data-max-bytes": find("[data-waiting]").dataset.maxBytes }, shoot, told, make("ul", { hidden: true, "data-thumbs": true }));
  const photos = new Photos(box, () => photos.taken.length && sendWith(photos.taken[0]));
  photos.restore([]);
  ways.push(input);
  if (item.photos.length < 2) return [box];
  const without = make("button", { type: "button", class: "button button-quiet" }, t("photo_without"));
  without.addEventListener("click", () => sendWith(null));
  ways.push(without);
  return [box, without];
}

function buttons(item, is_own) {
  // What another one reported on this phone is theirs to send or to give up.
  if (!is_own) return null;
  const again = make("button", { type: "button", class: "button button-quiet" }, t("again"));
  again.addEventListener("click", async () => {
    await retry(item);
    send({ is_forced: true });
  });
  const away = make("button", { type: "button", class: "button button-quiet button-bad" }, t("away"));
  away.addEventListener("click", async () => {
    if (window.confirm(t("away_sure"))) await withdraw(item);
  });
  const may_help = item.state === "blocked" && !isOvertaken(item);
  return make("div", { class: "actions" }, ...photoWays(item), may_help ? again : null, away);
}

async function thumb(item) {
  const sha = item.why?.sha ?? item.photos[0];
  const kept = sha ? await picture(item, sha) : null;
  if (!kept) return null;
  return make("img", { class: "small", alt: "", src: URL.createObjectURL(new Blob([kept.data])) });
}

async function row(item, owner) {
  // By the clock of the site, as the receipts.
  const told = [clock(Date.parse(item.made_at) + (owner?.ahead_ms ?? 0)), t("photo_count", item.photos.length)];
  if (item.after) told.push(t("after_first"));
  const is_own = item.owner === owner?.name;
  if (!is_own) told.push(t("of_other", item.shown ?? item.owner));
  if (item.tries) told.push(item.last ? t("tried_last", item.tries, item.last) : t("tried", item.tries));
  const head = make("div", {}, make("b", {}, item.title), make("span", {}, told.join(" · ")));
  const parts = [await thumb(item), head, why(item), await overtaken(item), buttons(item, is_own)];
  return make("li", { class: item.state === "blocked" ? "is-blocked" : "" }, ...parts);
}

function receipt(known) {
  const link = make("a", { href: `/cases/${known.number}` }, known.number);
  const told = make("span", {}, t("received", clock(known.receipt.at)));
  const code = make("code", {}, known.receipt.signature.slice(0, 16));
  return make("li", {}, make("b", {}, known.title), link, told, code);
}

async function show() {
  const [waiting, known, owner] = await Promise.all([items(), receipts(), person()]);
  const list = find("[data-waiting]");
  const rows = await Promise.all(waiting.map((item) => row(item, owner)));
  for (const old of list.querySelectorAll("img")) URL.revokeObjectURL(old.src);
  list.replaceChildren(...rows);
  find("[data-empty]").hidden = waiting.length > 0;
  find("[data-send]").hidden = !waiting.length;
  find("[data-sent]").hidden = !known.length;
  find("[data-receipts]").replaceChildren(...known.slice(0, MOST_RECEIPTS).map(receipt));
}

find("[data-send]").addEventListener("click", async ({ target }) => {
  target.disabled = true;
  await send({ is_forced: true });
  target.disabled = false;
});
onChange(show);
show();
