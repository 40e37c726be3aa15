// One sentence at the foot of the page, and the way back from what was done.

import { t } from "./words.js";

const box = document.getElementById("toast");
const [sentence, button] = box.children;
const SHOWN_MS = 8000;
const undos = [];
let timer;

/** Tell a sentence; with `undo`, a promise of a function, offer to take it back. */
export function tell(text, undo, isBad = false) {
  if (undo) undos.push(undo);
  sentence.textContent = text;
  button.hidden = !undo;
  box.classList.toggle("bad", isBad);
  box.hidden = false;
  clearTimeout(timer);
  timer = setTimeout(() => (box.hidden = true), SHOWN_MS);
}

/** Tell that something was not saved, and why; what was to be undone never happened. */
export function tellFailure(error, undo) {
  const place = undos.indexOf(undo);
  if (place >= 0) undos.splice(place, 1);
  tell(t("failed", { sentence: error.message }), null, true);
}

/** Take back what was done last, then call `afterwards`. */
export async function undoLast(afterwards) {
  const undo = undos.pop();
  if (!undo) return tell(t("nothing_to_undo"));
  try {
    await (await undo)();
    tell(t("undone"));
  } catch (error) {
    tellFailure(error);
  }
  await afterwards();
}

/** Let the button of the sentence undo as the keys do. */
export function onUndoButton(does) {
  button.addEventListener("click", does);
}
