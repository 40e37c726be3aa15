// A short list to choose from, by digit, arrow or click.

import { clock, known, t } from "./words.js";

const dialog = document.getElementById("palette");
const [title, list] = dialog.children;

/** Ask for one of `[value, text]` pairs; resolve to its value, or to undefined when nothing was chosen. */
export function choose(heading, options) {
  title.textContent = heading;
  list.replaceChildren(...options.map(([, text], place) => choice(text, place)));
  dialog.returnValue = "";
  dialog.showModal();
  list.firstElementChild?.focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(options[Number(dialog.returnValue || NaN)]?.[0]), { once: true });
  });
}

/** Ask what an email is under a head. */
export function chooseLabel(head) {
  return choose(t(head), known[head]);
}

/** Ask until when to put mail off. */
export function chooseMoment(now = new Date()) {
  const at = (days, hour) => new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hour);
  const inHours = (count) => [new Date(now.getTime() + count * 3600e3), t("in_hours", { count })];
  const tomorrow = at(1, 8);
  const monday = at(((8 - now.getDay()) % 7) || 7, 8);
  return choose(t("snooze_until"), [
    inHours(1),
    inHours(4),
    [tomorrow, t("tomorrow", { time: clock(tomorrow) })],
    [monday, t("monday", { time: clock(monday) })],
  ]);
}

function choice(text, place) {
  const button = document.createElement("button");
  button.type = "button";
  button.append(text);
  if (place < 9) button.append(Object.assign(document.createElement("kbd"), { textContent: place + 1 }));
  button.addEventListener("click", () => dialog.close(String(place)));
  return button;
}

dialog.addEventListener("keydown", (event) => {
  event.stopPropagation(); // a digit chooses here, and says no topic behind the dialog that it closes
  const buttons = [...list.children];
  const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
  if (step) {
    const place = buttons.indexOf(document.activeElement) + step;
    buttons[(place + buttons.length) % buttons.length].focus();
    event.preventDefault();
  } else if (/^[1-9]$/.test(event.key) && buttons[event.key - 1]) {
    buttons[event.key - 1].click();
    event.preventDefault();
  }
});
dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
