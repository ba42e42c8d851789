// Signing out: the pages are the same for everybody, so that the token comes with the session.

import { session } from "./sender.js";
import { notice } from "./frame.js";
import { find, t } from "./words.js";

async function leave() {
  try {
    const { token } = await session();
    const body = new URLSearchParams({ csrf_token: token });
    const answer = await fetch("/sign-out", { method: "POST", body, credentials: "same-origin" });
    if (!answer.ok) return;
    // What was typed on other pages of this tab and not sent goes with the person.
    sessionStorage.clear();
    location.assign(answer.url);
  } catch {
    notice("line", t("leave_offline"));
  }
}

find("[data-leave]").addEventListener("click", leave);
