// What every page does: the active tab in view, wide boxes that say so, dialogs that open, short messages.

// Only the bar itself scrolls: the page stays where it is.
for (const bar of document.querySelectorAll(".tabs, .bar-nav")) {
  const tab = bar.querySelector("[aria-current]");
  if (tab) bar.scrollLeft = tab.offsetLeft - (bar.clientWidth - tab.offsetWidth) / 2;
}

const watcher = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    target.parentElement.classList.toggle("is-cut", target.scrollWidth > target.clientWidth + 1);
  }
});

function watch() {
  for (const box of document.querySelectorAll("[data-wide] > .scroll")) watcher.observe(box);
}

document.addEventListener("page-taken-over", watch);
watch();

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens)?.showModal();
  const speaker = event.target.closest("[data-says]");
  if (speaker) say(speaker.dataset.says);
  // The menu of the look closes when the person goes on with something else.
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

const SHOWN_MS = 6000;

// Says something in passing: seen in the corner, read out by programs that read aloud.
export function say(text) {
  const region = document.querySelector("[data-toasts]");
  if (!region) return;
  const toast = document.createElement("p");
  toast.className = "toast";
  toast.textContent = text;
  region.append(toast);
  setTimeout(() => toast.remove(), SHOWN_MS);
}

document.addEventListener("say", (event) => say(event.detail));

// Whoever leaves takes along what was typed and not sent.
document.addEventListener("submit", ({ target }) => {
  if (!target.matches("[data-leave]")) return;
  for (const form of document.querySelectorAll("form[data-key]")) form.dataset.sent = "yes";
  sessionStorage.clear();
});
