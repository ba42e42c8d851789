// Copies the text of a button; where there is no clipboard (plain http) the browser's old command does it.

function byCommand(text) {
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "hidden";
  document.body.append(field);
  field.select();
  const isDone = document.execCommand("copy");
  field.remove();
  return isDone;
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return byCommand(text);
  }
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (!(await copied(button.dataset.copy))) return;
    button.focus();
    document.dispatchEvent(new CustomEvent("say", { detail: button.dataset.copied }));
  });
}
