// Keys, and the page that lists them: both from one table.

import { known, t } from "./words.js";

const help = document.getElementById("help");

/**
 * Bind a table of `{ keys, text, does, shown? }`: the keys as events name them (`Mod+` for Ctrl or ⌘), the sentence of
 * the help page, and what happens. Keys do nothing while somebody types, or while a dialog is open.
 */
/** What may be said and done of mail, by the same keys in the list and on a mail's page. */
export const mailKeys = ({ byDigit, meant, toggleDone, putOff }) => [
  { keys: [..."123456789"], shown: ["1", "…", "9"], text: "key_topic", does: byDigit },
  { keys: ["t"], text: "key_more_topics", does: meant("topic") },
  { keys: ["u"], text: "key_urgency", does: meant("urgency") },
  { keys: ["s"], text: "key_sentiment", does: meant("sentiment") },
  { keys: ["e"], text: "key_done", does: toggleDone },
  ...(known.can_snooze ? [{ keys: ["z"], text: "key_snooze", does: putOff }] : []),
];

export function bind(table) {
  const rows = [...table, { keys: ["?"], text: "key_help", does: showHelp }];
  const does = new Map(rows.flatMap((row) => row.keys.map((key) => [key, row.does])));
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
    if (event.target.matches("input:not([type=checkbox]), textarea, select")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const action = does.get((event.ctrlKey || event.metaKey ? "Mod+" : "") + event.key);
    if (action && action(event) !== false) event.preventDefault();
  });
  help.querySelector("dl").replaceChildren(...rows.filter((row) => row.text).flatMap(explained));
  // A page can be read before its scripts have run; who presses keys for somebody else waits for this.
  document.documentElement.dataset.keys = "bound";
}

/** Show which keys there are. */
export function showHelp() {
  help.showModal();
}

function explained({ keys, shown = keys, text }) {
  const term = document.createElement("dt");
  for (const key of shown) term.append(Object.assign(document.createElement("kbd"), { textContent: key }), " ");
  return [term, Object.assign(document.createElement("dd"), { textContent: t(text) })];
}

help.addEventListener("click", (event) => event.target === help && help.close());
document.addEventListener("click", (event) => event.target.closest("[data-do=help]") && showHelp());
