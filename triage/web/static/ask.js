// Buttons that ask the API for a change: data-post says where, data-body what, data-method how, data-sure what to confirm before.
// What is left of the outcome is told after the page has been shown anew.
"use strict";

const told = document.getElementById("told");

function tell(sentence, isBad) {
  told.textContent = sentence;
  told.classList.toggle("bad", Boolean(isBad));
}

async function isSure(sentence) {
  const dialog = document.getElementById("sure");
  document.getElementById("sure-sentence").textContent = sentence;
  dialog.returnValue = "no";
  dialog.showModal();
  await new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
  return dialog.returnValue === "yes";
}

// Returns what the API answered; null after telling why it did not do it.
async function ask(address, body, method = "POST") {
  try {
    const answer = await fetch(address, {
      method,
      headers: { "Content-Type": "application/json", "X-Triage-Page": "1" },
      body: method === "DELETE" ? undefined : body,
    });
    if (answer.status === 401) location.reload(); // the session is over: the page leads to the door
    const said = await answer.json().catch(() => ({}));
    if (answer.ok) return said;
    const { inWords } = await import("./in-words.js");
    tell(`${told.dataset.failed} ${said.detail ? await inWords(said.detail) : answer.status}`, true);
  } catch {
    tell(told.dataset.away, true);
  }
  return null;
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button.ask");
  if (!button || button.disabled) return;
  if (button.dataset.sure && !(await isSure(button.dataset.sure))) return;
  button.disabled = true;
  const answer = await ask(button.dataset.post, button.dataset.body, button.dataset.method);
  button.disabled = false;
  if (answer === null) return;
  const filled = (button.dataset.done || "").replace(/\{(\w+)\}/g, (all, name) => answer[name] ?? all);
  sessionStorage.setItem("told", filled);
  location.reload();
});

if (told) {
  tell(sessionStorage.getItem("told") || "");
  sessionStorage.removeItem("told");
}
