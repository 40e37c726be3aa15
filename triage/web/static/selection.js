// Which rows are selected, and the bar that says so.

import { current, rowOf, rows } from "./list.js";
import { known, t } from "./words.js";

const bar = document.getElementById("bulk");
const chosen = new Set();
let isAll = false; // all that fit the filters, not this page alone
let anchor = null;

const hasFilters = Object.keys(known.filters).length > 0;

export const isAnything = () => chosen.size > 0;

/**
 * Return what is to be changed: the selection, else the row where the reader is; null where there is neither.
 * `names` are those of the rows, `ids` of mails and `incidents` of matters that they stand for, `count` the mails.
 */
export function targets() {
  if (isAll) return { filter: known.filters };
  const names = chosen.size ? [...chosen] : [current()?.dataset.id].filter(Boolean);
  const ids = names.filter((name) => !name.startsWith("i")).map(Number);
  const incidents = names.filter((name) => name.startsWith("i")).map((name) => Number(name.slice(1)));
  const count = names.reduce((sum, name) => sum + Number(rowOf(name)?.dataset.count ?? 1), 0);
  return names.length ? { names, ids, incidents, count } : null;
}

/** Select a row or leave it out; with `isRange` all rows from the one before do as this one. */
export function toggle(row, isRange = false) {
  if (!row) return;
  const on = !chosen.has(row.dataset.id);
  const all = rows();
  const [from, to] = [all.indexOf(rowOf(anchor) ?? row), all.indexOf(row)].sort((one, other) => one - other);
  const meant = isRange ? all.slice(from, to + 1) : [row];
  for (const one of meant) set(one, isRange || on);
  anchor = row.dataset.id;
  show();
}

/** Select all rows of this page. */
export function chooseAll() {
  for (const row of rows()) set(row, true);
  show();
}

/** Select all that fit the filters. */
export function chooseAllThatFit() {
  chooseAll();
  isAll = true;
  show();
}

/** Select nothing. */
export function clear() {
  for (const row of rows()) set(row, false);
  chosen.clear();
  show();
}

function set(row, on) {
  isAll = false;
  if (on) chosen.add(row.dataset.id);
  else chosen.delete(row.dataset.id);
  row.classList.toggle("chosen", on);
  row.querySelector("input").checked = on;
}

function show() {
  bar.hidden = !chosen.size;
  document.getElementById("chosen").textContent = isAll ? t("all_chosen") : t("chosen", { count: chosen.size });
  const hasMore = document.querySelector("#list .pages [rel=next]") !== null;
  bar.querySelector("[data-do=choose_all]").hidden = isAll || !hasFilters || !hasMore || chosen.size < rows().length;
}
