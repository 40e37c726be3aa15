// The policy of a mailbox: try a text, see what it would move, put it in force. A fault is shown at its entry.

import { AUTHOR, call } from "./api.js";
import { faultyLine } from "./policy-fault.js";
import { t, word } from "./words.js";

const form = document.getElementById("policy");
const text = document.getElementById("text");
const fault = document.getElementById("fault");
const moves = document.getElementById("moves");

const does = {
  check: async () => {
    const found = await call("POST", `${form.dataset.address}/dry-run`, { text: text.value, most: 1 });
    show(made("p", t("usable", { version: found.version }), "card good"));
  },
  dry_run: async () => {
    show(...told(await call("POST", `${form.dataset.address}/dry-run`, { text: text.value, most: 20 })));
    moves.focus();
  },
  set: async () => {
    const order = { text: text.value, author: AUTHOR, reason: form.elements.reason.value };
    await call("PUT", form.dataset.address, { ...order, instead_of: form.dataset.version });
    sessionStorage.setItem("told", t("done"));
    location.href = form.dataset.back;
  },
};

async function run(button) {
  for (const one of form.querySelectorAll("button")) one.disabled = true;
  fault.textContent = "";
  text.removeAttribute("aria-invalid");
  try {
    await does[button.dataset.do]();
  } catch (error) {
    show();
    point(error.message, error.cause ?? error.message);
  }
  for (const one of form.querySelectorAll("button")) one.disabled = false;
}

/** Tell a fault, and select the line that it is about by what the API said of it. */
function point(sentence, cause) {
  const line = faultyLine(cause, text.value);
  fault.textContent = line === null ? sentence : `${t("line", { line: line + 1 })} ${sentence}`;
  if (line === null) return;
  const lines = text.value.split("\n");
  const start = lines.slice(0, line).reduce((sum, one) => sum + one.length + 1, 0);
  text.setAttribute("aria-invalid", "true");
  text.focus();
  text.setSelectionRange(start, start + lines[line].length);
  text.scrollTop = (text.scrollHeight / lines.length) * Math.max(line - 5, 0);
}

/** Return what a dry run found: how many move, the bands before and after, the largest moves. */
function told(found) {
  const parts = [made("h2", t(found.moved ? "moved" : "moved_none", { count: found.moved, of: found.looked_at }))];
  if (!found.is_whole) parts.push(made("p", t("cut", { count: found.looked_at }), "soft"));
  const bands = ["critical", "high", "normal", "low"];
  const counts = bands.map((band) => [word("band", band), found.before[band] ?? 0, found.after[band] ?? 0]);
  parts.push(table([t("band"), t("now"), t("then")], counts));
  if (!found.largest.length) return parts;
  const largest = found.largest.map((move) => [
    link(move),
    `${word("band", move.band_before)} → ${word("band", move.band)}`,
    `${move.position_before} → ${move.position}`,
  ]);
  return [...parts, made("h3", t("largest", { count: largest.length })), table([t("mail"), t("band"), t("place")], largest)];
}

function link(move) {
  const anchor = made("a", move.subject || move.sender || `#${move.id}`);
  anchor.href = `/emails/${move.id}`;
  anchor.dir = "auto";
  return anchor;
}

function table(head, rows) {
  const box = made("div", "", "wide");
  Object.assign(box, { tabIndex: 0, role: "region", ariaLabel: head.join(", ") });
  const [drawn, top, body] = [made("table"), made("thead"), made("tbody")];
  top.append(row(head, "th", "col"));
  body.append(...rows.map((cells) => row(cells, "td")));
  drawn.append(top, body);
  box.append(drawn);
  return box;
}

function row(cells, kind, scope) {
  const line = made("tr");
  cells.forEach((cell, place) => {
    const drawn = made(place ? kind : "th");
    drawn.scope = scope ?? (place ? "" : "row");
    drawn.append(cell);
    line.append(drawn);
  });
  return line;
}

function made(tag, content = "", className = "") {
  return Object.assign(document.createElement(tag), { textContent: content, className });
}

function show(...parts) {
  moves.replaceChildren(...parts);
}

form?.addEventListener("click", (event) => event.target.dataset.do && run(event.target));
form?.addEventListener("submit", (event) => event.preventDefault());
