// What the server told this page's script: its words, and what can be said of an email.

export const known = JSON.parse(document.getElementById("words").textContent);

const language = document.documentElement.lang;
const plural = new Intl.PluralRules(language);

/** Return the sentence of a key, filled with values; its plural form is that of `count`. */
export function t(key, values = {}) {
  const sentence = known.js[key];
  const form = typeof sentence === "string" ? sentence : (sentence[plural.select(values.count)] ?? sentence.other);
  return form.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** Return what the language calls a label. */
export function word(head, name) {
  return known[head].find(([one]) => one === name)?.[1] ?? name;
}

/** Return the time of day as the language writes it. */
export function clock(moment) {
  return moment.toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" });
}
