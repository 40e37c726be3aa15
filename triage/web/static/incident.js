// All mails of one incident at once, on its page.

import { close, label, snoozeIncident } from "./api.js";
import { chooseLabel, chooseMoment } from "./palette.js";
import { tell } from "./toast.js";
import { known, t, word } from "./words.js";

const count = () => Number(document.querySelector("#list .counts").dataset.count);
const which = { incidents: [known.incident] };

/** Return what can be done with all of them; `confirmed` waits for the server and shows how the list stands then. */
export function allOfIncident(confirmed, again) {
  const back = sessionStorage.getItem("inbox") ?? "/";
  document.getElementById("back").href = back;
  // The way back leads to its row.
  addEventListener("pagehide", () => sessionStorage.setItem("at", `i${known.incident}`));
  const say = async (head) => {
    const value = await chooseLabel(head);
    if (value === undefined) return;
    const undo = label(which, head, value);
    tell(t("said", { head: t(head), value: word(head, value) }), undo);
    await confirmed(undo, []);
  };
  const mark = async (verb) => {
    const undo = close(which, verb);
    tell(t(verb === "done" ? "done" : "reopened", { count: count() }), undo);
    await confirmed(undo, []);
  };
  const putOff = async () => {
    const until = await chooseMoment();
    if (!until) return;
    const undo = snoozeIncident(known.incident, until);
    tell(t("snoozed", { count: count() }), undo);
    await confirmed(undo, []);
  };
  const wake = async () => {
    const woken = snoozeIncident(known.incident, null);
    tell(t("woken", { count: count() }));
    await confirmed(woken, []);
  };
  return {
    snooze: putOff,
    wake,
    done: () => mark("done"),
    reopen: () => mark("reopen"),
    toggle: () => mark(document.querySelector("[data-all=done]") ? "done" : "reopen"),
    topic: () => say("topic"),
    urgency: () => say("urgency"),
    sentiment: () => say("sentiment"),
    leave: () => (location.href = back),
    undo: again,
  };
}

/** Return the keys of what can be done with all, none where there is no incident. */
export function incidentKeys(all) {
  if (!all.toggle) return [];
  return [
    { keys: ["E"], text: "key_all_done", does: all.toggle },
    { keys: ["Z"], text: "key_all_snooze", does: all.snooze },
    { keys: ["T"], text: "key_all_topic", does: all.topic },
    { keys: ["U"], text: "key_all_urgency", does: all.urgency },
    { keys: ["S"], text: "key_all_sentiment", does: all.sentiment },
  ];
}
