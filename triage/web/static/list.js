// The rows of the list: which there are, where the reader is, and how fresh rows come in without moving what they read.

import { page } from "./api.js";

const box = () => document.getElementById("list");
const ordered = () => document.querySelector("#list > ol");
let resume = null; // where to go on from a row that moved away under the reader

export const rows = () => [...document.querySelectorAll("#list > ol > .row")];
export const rowOf = (id) => document.querySelector(`#list .row[data-id="${id}"]`);
export const current = () => document.activeElement?.closest("#list .row") ?? null;
export const linkOf = (row) => row.querySelector(".what a");

/** Put the reader on a row. */
export function goTo(row) {
  if (!row) return;
  resume = null;
  linkOf(row).focus();
  row.scrollIntoView({ block: "nearest" });
}

/** Go some rows on; from where the row stood, if it moved away. */
export function step(by) {
  const all = rows();
  const here = current();
  if (!here) return goTo(all[by > 0 ? 0 : all.length - 1]);
  const before = resume && rowOf(by > 0 ? resume.below : resume.above);
  goTo(before ?? all[all.indexOf(here) + by]);
}

/** Fetch the list as it is now. */
export async function fetched() {
  const address = new URL(location.href);
  address.searchParams.set("part", "list");
  address.hash = "";
  return (await page(address)).getElementById("list");
}

/** Say in what a fresh list differs from what is shown. */
export function difference(fresh) {
  const shown = rows().map((row) => row.dataset.id);
  const now = [...fresh.querySelectorAll(".row")].map((row) => row.dataset.id);
  const added = now.filter((id) => !shown.includes(id)).length;
  return { added, isSame: shown.length === now.length && shown.every((id, place) => id === now[place]) };
}

/** Bring rows that are shown up to date where they stand, and all around them. */
export function refreshInPlace(fresh) {
  for (const row of fresh.querySelectorAll(".row")) renew(rowOf(row.dataset.id), row);
  renewSurroundings(fresh);
}

/** Show a fresh list: rows glide to their new places, and the reader stays on the row where they are. */
export function settle(fresh) {
  const list = fresh.querySelector("ol");
  if (!list || !ordered()) return box().replaceWith(document.adoptNode(fresh));
  const here = current();
  const placed = new Map(rows().map((row) => [row, row.getBoundingClientRect().top]));
  const old = rows();
  const now = [...list.children].map((row) => renew(rowOf(row.dataset.id), row) ?? document.adoptNode(row));
  if (now.length !== old.length || now.some((row, place) => row !== old[place])) {
    const focused = document.activeElement;
    ordered().replaceChildren(...now);
    if (here?.isConnected) {
      const place = old.indexOf(here);
      if (now.indexOf(here) !== place) resume = { below: old[place + 1]?.dataset.id, above: old[place - 1]?.dataset.id };
      focused.focus({ preventScroll: true });
    }
    glide(placed);
  }
  renewSurroundings(fresh);
}

function renew(row, fresh) {
  if (!row) return null;
  if (row.innerHTML !== fresh.innerHTML || !row.classList.contains(fresh.classList[1])) {
    const wasFocused = row.contains(document.activeElement);
    const isChosen = row.classList.contains("chosen");
    row.className = fresh.className;
    row.innerHTML = fresh.innerHTML;
    row.classList.toggle("chosen", isChosen);
    row.querySelector("input").checked = isChosen;
    if (wasFocused) linkOf(row).focus({ preventScroll: true });
  }
  return row;
}

function renewSurroundings(fresh) {
  for (const part of [".counts", ".pages"]) {
    const [shown, now] = [box().querySelector(part), fresh.querySelector(part)];
    if (shown.innerHTML !== now.innerHTML) shown.innerHTML = now.innerHTML;
  }
  for (const notice of box().querySelectorAll(":scope > .notice")) notice.remove();
  box().querySelector(".counts").after(...fresh.querySelectorAll(":scope > .notice"));
}

function glide(placed) {
  for (const [row, top] of placed) {
    const by = row.isConnected ? top - row.getBoundingClientRect().top : 0;
    if (!by || matchMedia("(prefers-reduced-motion: reduce)").matches) continue;
    row.animate([{ transform: `translateY(${by}px)` }, { transform: "none" }], { duration: 220, easing: "ease-out" });
  }
}
