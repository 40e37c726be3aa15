// Calls of the API. An error is one sentence, the server's where it has one.

import { inWords } from "./in-words.js";
import { t } from "./words.js";

export const AUTHOR = "web";
const MOST_AT_ONCE = 1000;

/** Send a request and return its JSON; throw an Error whose message a person can read, and whose cause the API said. */
export async function call(method, path, body) {
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers: { "X-Triage-Page": "1", ...(body ? { "Content-Type": "application/json" } : {}) },
      body: body && JSON.stringify(body),
    });
  } catch {
    throw new Error(t("unreachable"));
  }
  if (answer.status === 401) location.reload(); // the session is over: the page leads to the door
  const told = await answer.json().catch(() => ({}));
  if (answer.ok) return told;
  const cause = told.detail ?? answer.statusText;
  throw new Error(await inWords(cause), { cause });
}

/** Return a page of ours as a document. */
export async function page(address) {
  const answer = await fetch(address).catch(() => null);
  if (answer?.status === 401) location.reload();
  if (!answer?.ok) throw new Error(t("unreachable"));
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

/** Say one head of emails and of all mails of incidents; return what takes it back. */
export function label(which, head, value) {
  return both(which, labelMails, labelIncident, head, value);
}

/** Mark emails and all mails of incidents as `done`, or `reopen` them; return what takes it back. */
export function close(which, verb) {
  return both(which, closeMails, closeIncident, verb);
}

async function both({ incidents = [], ...mails }, ofMails, ofIncident, ...order) {
  const undos = [];
  for (const id of incidents) undos.push(await ofIncident(id, ...order));
  if (mails.filter || mails.ids?.length) undos.push(await ofMails(mails, ...order));
  return async () => {
    for (const undo of undos.reverse()) await undo();
  };
}

async function labelIncident(id, head, value) {
  await call("POST", `/v1/incidents/${id}/labels`, { [head]: value, author: AUTHOR });
  return () => withdrawFromIncident(id);
}

/** Take back what was last said of all mails of an incident. */
async function withdrawFromIncident(id) {
  const told = await call("DELETE", `/v1/incidents/${id}/labels?author=${AUTHOR}`);
  if (!told.changed) throw new Error(t("too_late"));
}

async function closeIncident(id, verb) {
  const back = verb === "done" ? "reopen" : "close";
  await call("POST", `/v1/incidents/${id}/${verb === "done" ? "close" : "reopen"}`);
  return () => call("POST", `/v1/incidents/${id}/${back}`);
}

async function labelMails(which, head, value) {
  if (which.ids?.length === 1) {
    const [id] = which.ids;
    const said = await call("POST", `/v1/emails/${id}/labels`, { [head]: value, author: AUTHOR });
    return () => said.known || call("DELETE", `/v1/emails/${id}/labels/${said.label_id}?author=${AUTHOR}`);
  }
  const made = await all("/v1/labels/bulk", which, { [head]: value, author: AUTHOR }, (told) => told.label_ids);
  return () => inParts(made, (label_ids) => call("POST", "/v1/labels/withdraw", { label_ids, author: AUTHOR }));
}

async function closeMails(which, verb) {
  const moved = await all(`/v1/emails/${verb}`, which, {}, (told) => told.changed);
  const back = verb === "done" ? "reopen" : "done";
  return () => inParts(moved, (ids) => call("POST", `/v1/emails/${back}`, { ids }));
}

/** Put all open mails of an incident off, or back into the inbox with `null`; return what takes it back. */
export async function snoozeIncident(id, until) {
  const wake = () => call("DELETE", `/v1/incidents/${id}/snooze`);
  if (!until) return wake();
  await call("POST", `/v1/incidents/${id}/snooze`, { until: until.toISOString() });
  return wake;
}

/** Put emails off until a moment, or back into the inbox with `null`; return what takes it back. */
export async function snooze(ids, until, before = () => null) {
  const moments = ids.map((id) => [id, before(id)]);
  for (const id of ids) await putOff(id, until?.toISOString());
  return async () => {
    for (const [id, moment] of moments) await putOff(id, moment);
  };
}

function putOff(id, until) {
  return until ? call("POST", `/v1/emails/${id}/snooze`, { until }) : call("POST", `/v1/emails/${id}/reopen`);
}

/** Follow a filter to its end, or send the ids in parts; return all that `found` takes from the answers. */
async function all(path, which, order, found) {
  const collected = [];
  if (which.ids) {
    await inParts(which.ids, async (ids) => collected.push(...found(await call("POST", path, { ...order, ids }))));
    return collected;
  }
  for (let cursor = 0; cursor !== null; ) {
    const told = await call("POST", path, { ...order, filter: which.filter, cursor });
    collected.push(...found(told));
    cursor = told.next_cursor;
  }
  return collected;
}

async function inParts(ids, send) {
  for (let start = 0; start < ids.length; start += MOST_AT_ONCE) await send(ids.slice(start, start + MOST_AT_ONCE));
}
