// One email: corrections with one key, done, put off, and the way to the mail before and after.

import { close, label, page, snooze } from "./api.js";
import { bind, mailKeys } from "./keys.js";
import { chooseLabel, chooseMoment } from "./palette.js";
import { onUndoButton, tell, tellFailure, undoLast } from "./toast.js";
import { known, t, word } from "./words.js";

const article = document.querySelector("article.email");
const id = Number(article.dataset.id);
const list = JSON.parse(sessionStorage.getItem("list") ?? '{"address": "/", "ids": []}');

document.documentElement.classList.add("js");
sessionStorage.setItem("at", id);
document.getElementById("back").href = list.address;

/** Say one head of this email; the chip shows it at once. */
async function say(head, value) {
  if (value === undefined) return;
  const chip = article.querySelector(`.labels [data-do=${head}]`);
  const before = chip.textContent;
  chip.textContent = word(head, value);
  await confirmed(label({ ids: [id] }, head, value), t("said", { head: t(head), value: word(head, value) }), () => {
    chip.textContent = before;
  });
}

function mark(verb) {
  return confirmed(close({ ids: [id] }, verb), t(verb === "done" ? "done" : "reopened", { count: 1 }));
}

async function putOff() {
  const until = await chooseMoment();
  if (until) await confirmed(snooze([id], until, putOffUntil), t("snoozed", { count: 1 }));
}

const putOffUntil = () => article.querySelector("[data-until]")?.dataset.until;
const wake = () => confirmed(snooze([id], null, putOffUntil), t("woken", { count: 1 }));

async function confirmed(undo, sentence, putBack = () => {}) {
  tell(sentence, undo);
  try {
    await undo;
    await renew();
  } catch (error) {
    putBack();
    tellFailure(error, undo);
  }
}

/** Show the email as it stands now; the letter itself stays as it is. */
async function renew() {
  const fresh = await page(location.href);
  const focused = document.activeElement?.dataset?.do;
  for (const part of ["header", "aside"]) {
    article.querySelector(`:scope > ${part}`).replaceWith(fresh.querySelector(`article.email > ${part}`));
  }
  document.getElementById("back").href = list.address;
  if (focused) article.querySelector(`[data-do=${focused}]`)?.focus();
}

function goBy(by) {
  const next = list.ids[list.ids.indexOf(String(id)) + by];
  if (!list.ids.includes(String(id)) || !next) return;
  location.href = next.startsWith("i") ? `/incidents/${next.slice(1)}` : `/emails/${next}`;
}

const meant = (head) => () => chooseLabel(head).then((value) => say(head, value));
const toggleDone = () => mark(article.querySelector("[data-do=done]") ? "done" : "reopen");
const leave = () => (location.href = list.address);
const again = () => undoLast(renew);
const byDigit = (event) => say("topic", known.topic[event.key - 1]?.[0]);

bind([
  { keys: ["j"], text: "key_next", does: () => goBy(1) },
  { keys: ["k"], text: "key_previous", does: () => goBy(-1) },
  ...mailKeys({ byDigit, meant, toggleDone, putOff }),
  { keys: ["Mod+z"], shown: ["Ctrl", "z"], text: "key_undo", does: again },
  { keys: ["Escape"], shown: ["Esc"], text: "key_back", does: leave },
]);
onUndoButton(again);

const buttons = {
  topic: meant("topic"),
  urgency: meant("urgency"),
  sentiment: meant("sentiment"),
  done: () => mark("done"),
  reopen: () => mark("reopen"),
  snooze: putOff,
  wake,
};
article.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.say) say(button.dataset.say, button.dataset.value);
  else buttons[button?.dataset.do]?.();
});
