// Labels with one key: 1 to 9 name the topic of the email in focus, j and k move on and back, u takes back.
"use strict";

const list = document.querySelector(".unsure");

async function say(button) {
  const card = button.closest("[data-email]");
  const body = JSON.stringify({ [button.dataset.head]: button.dataset.value, author: "web" });
  const answer = await ask(`/v1/emails/${card.dataset.email}/labels`, body);
  if (answer === null) return;
  for (const other of card.querySelectorAll(`[data-head="${button.dataset.head}"]`)) {
    other.setAttribute("aria-pressed", String(other === button));
  }
  const undo = document.createElement("button");
  undo.type = "button";
  undo.className = "undo";
  undo.textContent = list.dataset.undo;
  undo.dataset.label = answer.label_id;
  card.querySelector(".saved").replaceChildren(list.dataset.saved.replace("{said}", button.dataset.said), " ", undo);
  card.classList.add("is-said");
}

async function withdraw(undo) {
  const card = undo.closest("[data-email]");
  const answer = await ask(`/v1/emails/${card.dataset.email}/labels/${undo.dataset.label}`, "", "DELETE");
  if (answer === null) return;
  for (const button of card.querySelectorAll("[aria-pressed]")) button.removeAttribute("aria-pressed");
  card.querySelector(".saved").textContent = list.dataset.withdrawn;
  card.classList.remove("is-said");
  card.focus();
}

list?.addEventListener("click", (event) => {
  const said = event.target.closest("button.say");
  const undo = event.target.closest("button.undo");
  if (said) say(said);
  if (undo) withdraw(undo);
});

document.addEventListener("keydown", (event) => {
  if (!list || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, dialog")) return;
  const cards = [...list.children];
  const card = document.activeElement.closest?.("[data-email]");
  if (event.key === "j" || event.key === "k") {
    const place = card ? cards.indexOf(card) + (event.key === "j" ? 1 : -1) : 0;
    cards[Math.min(Math.max(place, 0), cards.length - 1)].focus();
  } else if (/^[1-9]$/.test(event.key) && card) {
    card.querySelectorAll('[data-head="topic"]')[Number(event.key) - 1]?.click();
  } else if (event.key === "u" && card) {
    card.querySelector(".undo")?.click();
  }
});
