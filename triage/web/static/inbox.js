// The list: keys, corrections that show at once, the selection, and news from the server.

import { close, label, snooze, snoozeIncident } from "./api.js";
import { allOfIncident, incidentKeys } from "./incident.js";
import { bind, mailKeys } from "./keys.js";
import { current, difference, fetched, goTo, linkOf, refreshInPlace, rowOf, rows, settle, step } from "./list.js";
import { chooseLabel, chooseMoment } from "./palette.js";
import * as selection from "./selection.js";
import { onUndoButton, tell, tellFailure, undoLast } from "./toast.js";
import { clock, known, t, word } from "./words.js";

const strip = document.getElementById("strip");
const SETTLES_AFTER_MS = 1200; // time for a second key on the same mail
const REFRESHES_EVERY_MS = 2000;
let settling, refreshing;

document.documentElement.classList.add("js");

/** Say one head of what is meant. It shows at once, and goes back if the server refuses. */
async function say(head, value, which = selection.targets()) {
  if (!which || value === undefined) return;
  // The list may have been renewed while somebody chose, and the focus with it.
  if (!current() && which.names) goTo(rowOf(which.names[0]));
  const before = shownOf(which).map(kept);
  for (const { row } of before) showLabel(row, head, value);
  const told = { head: t(head), value: word(head, value) };
  const undo = label(which, head, value);
  tell(which.count > 1 ? t("said_many", { ...told, count: which.count }) : t("said", told), undo);
  await confirmed(undo, before);
}

const shownOf = (which) => (which.names ?? rows().map((row) => row.dataset.id)).map(rowOf).filter(Boolean);

/** Take what is meant off the list: `done`, `reopen`, or put off. The list of an incident keeps all its mails. */
async function take(which, sentence, undo) {
  const taken = shownOf(which);
  const before = taken.map(kept);
  const all = rows();
  const here = current();
  const next = here && (all.slice(all.indexOf(here)).find((row) => !taken.includes(row)) ?? null);
  tell(sentence, undo);
  selection.clear();
  if (known.incident === undefined) for (const row of taken) row.remove();
  goTo(next ?? (here && rows().at(-1)));
  await confirmed(undo, before);
}

async function mark(verb) {
  const which = selection.targets();
  if (!which) return;
  const key = verb === "done" ? "done" : "reopened";
  const wasPutOff = shownOf(which).filter((row) => row.dataset.until);
  const moments = wasPutOff.map((row) => [Number(row.dataset.id), new Date(row.dataset.until)]);
  const undo = close(which, verb).then((back) => async () => {
    await back();
    for (const [id, until] of moments) await snooze([id], until);
  });
  await take(which, t(key, { count: which.count ?? 2 }), undo);
}

async function putOff() {
  const which = selection.targets();
  if (!which?.names) return;
  const until = await chooseMoment();
  if (until) await take(which, t("snoozed", { count: which.count }), putOffBoth(which, until));
}

async function putOffBoth({ ids, incidents }, until) {
  const undos = [];
  for (const id of incidents) undos.push(await snoozeIncident(id, until));
  undos.push(await snooze(ids, until, putOffUntil));
  return async () => {
    for (const undo of undos.reverse()) await undo();
  };
}

async function wake() {
  const which = selection.targets();
  if (which?.names) await take(which, t("woken", { count: which.count }), snooze(which.ids, null, putOffUntil));
}

const putOffUntil = (id) => rowOf(id)?.dataset.until;

/** Wait for the server; put rows back as they were when it refuses. */
async function confirmed(undo, before) {
  clearTimeout(settling);
  settling = true;
  strip.hidden = true;
  try {
    await undo;
    await bringUpToDate();
  } catch (error) {
    for (const one of before) putBack(one);
    tellFailure(error, undo);
  }
  clearTimeout(settling);
  settling = setTimeout(settleNow, SETTLES_AFTER_MS);
}

const kept = (row) => ({ row, html: row.innerHTML, className: row.className, before: row.nextElementSibling });

function putBack({ row, html, className, before }) {
  row.innerHTML = html;
  row.className = className;
  if (!row.isConnected) document.querySelector("#list > ol")?.insertBefore(row, before?.isConnected ? before : null);
}

function showLabel(row, head, value) {
  row.classList.add("saying");
  if (head === "topic") {
    const chip = row.querySelector(".topic");
    chip.className = "topic said";
    chip.textContent = word(head, value);
  } else if (head === "sentiment") {
    row.querySelector(".mood")?.remove();
    const mood = Object.assign(document.createElement("span"), { className: `mark mood ${value}`, textContent: word(head, value) });
    if (value !== "neutral") row.querySelector(".marks").prepend(mood);
  }
}

async function settleNow() {
  settling = undefined;
  strip.hidden = true;
  try {
    settle(await fetched());
  } catch (error) {
    tell(error.message, null, true);
  }
}

/** Show what changed without moving anything: rows where they stand, and how many are new. */
async function bringUpToDate() {
  const fresh = await fetched();
  if (!rows().length) return settle(fresh);
  refreshInPlace(fresh);
  if (settling) return;
  const { added, isSame } = difference(fresh);
  strip.hidden = isSame;
  strip.textContent = added ? t("new", { count: added }) : t("moved");
}

const meant = (head) => () => {
  const which = selection.targets(); // what was meant when the choice was opened
  if (which) chooseLabel(head).then((value) => say(head, value, which));
};
const byDigit = (event) => say("topic", known.topic[event.key - 1]?.[0]);
const again = () => undoLast(settleNow);
const isDone = () => known.state === "handled" || current()?.matches(".done");
const toggleDone = () => mark(isDone() ? "reopen" : "done");
const ofAll = known.incident === undefined ? {} : allOfIncident(confirmed, again);

bind([
  { keys: ["j", "ArrowDown"], shown: ["j"], text: "key_next", does: () => step(1) },
  { keys: ["k", "ArrowUp"], shown: ["k"], text: "key_previous", does: () => step(-1) },
  { keys: ["o"], shown: ["o", "Enter"], text: "key_open", does: () => current() && linkOf(current()).click() },
  { keys: ["x"], text: "key_select", does: () => selection.toggle(current()) },
  { keys: ["X"], does: () => selection.toggle(current(), true) },
  { keys: ["*"], text: "key_all", does: selection.chooseAll },
  ...mailKeys({ byDigit, meant, toggleDone, putOff }),
  ...incidentKeys(ofAll),
  { keys: ["Mod+z"], shown: ["Ctrl", "z"], text: "key_undo", does: again },
  { keys: ["r"], text: "key_refresh", does: settleNow },
  { keys: ["/"], text: "key_search", does: () => document.querySelector("[name=q]")?.focus() },
  { keys: ["Escape"], shown: ["Esc"], text: "key_escape", does: () => (selection.isAnything() ? selection.clear() : ofAll.leave ? ofAll.leave() : document.activeElement.blur()) },
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
  clear: selection.clear,
  choose_all: selection.chooseAllThatFit,
};
document.getElementById("bulk").addEventListener("click", (event) => buttons[event.target.dataset.do]?.());
strip.addEventListener("click", () => settleNow().then(() => scrollTo({ top: 0, behavior: "smooth" })));
document.querySelector("main").addEventListener("click", (event) => {
  ofAll[event.target.closest("[data-all]")?.dataset.all]?.();
  const row = event.target.closest("#list .row");
  if (!row) return;
  if (event.target.matches("input")) {
    event.target.checked = !event.target.checked; // the selection sets it
    selection.toggle(row, event.shiftKey);
    event.target.checked = row.classList.contains("chosen");
  } else if (event.target.matches("button.topic")) {
    goTo(row);
    meant("topic")();
  }
});
for (const select of document.querySelectorAll(".filters select")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}
document.querySelector(".filters")?.addEventListener("formdata", ({ formData }) => {
  for (const [name, value] of [...formData]) if (!value) formData.delete(name);
});

// Where the reader was, for the way back and for going from mail to mail.
addEventListener("pagehide", () => {
  const ids = rows().map((row) => row.dataset.id);
  const address = location.pathname + location.search;
  sessionStorage.setItem("list", JSON.stringify({ address, ids }));
  if (known.incident === undefined) sessionStorage.setItem("inbox", address);
});
goTo(rowOf(sessionStorage.getItem("at") ?? ""));
sessionStorage.removeItem("at");

let source, silence;
function listen() {
  if (document.hidden) return source?.close();
  source = new EventSource("/events");
  source.addEventListener("changed", () => {
    refreshing ??= setTimeout(() => {
      refreshing = undefined;
      bringUpToDate().catch(() => {});
    }, REFRESHES_EVERY_MS / 2);
  });
  source.addEventListener("open", () => {
    clearTimeout(silence);
    silence = undefined;
    document.getElementById("live").hidden = true;
  });
  source.addEventListener("error", () => {
    const since = clock(new Date());
    silence ??= setTimeout(() => {
      const live = document.getElementById("live");
      live.textContent = t("not_live", { time: since });
      live.hidden = false;
    }, 5000);
  });
}
document.addEventListener("visibilitychange", () => {
  listen();
  if (!document.hidden) bringUpToDate().catch(() => {});
});
listen();
