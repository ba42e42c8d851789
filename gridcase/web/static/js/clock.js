// Lets the demo clock of the top bar run on while a page stays open.
const clock = document.querySelector("[data-demo-clock]");
if (clock) {
  const shown = Date.parse(clock.dateTime);
  const chinaAhead = 8 * 3600 * 1000;
  setInterval(() => {
    const now = new Date(shown + performance.now() + chinaAhead);
    clock.textContent = now.toISOString().slice(0, 16).replace("T", " ");
  }, 5000);
}
