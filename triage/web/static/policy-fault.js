// Where in the text of a policy the entry is that a sentence of the server names.

/** Return the line, counted from 0; null where the sentence names none that is there. */
export function faultyLine(sentence, text) {
  const lines = text.split("\n");
  const told = /at line (\d+)/.exec(sentence);
  if (told) return Math.min(Number(told[1]), lines.length) - 1;
  const rule = /\[\[rules\]\] (\d+)/.exec(sentence);
  if (rule) return entryOf(lines, nth(lines, /^\s*\[\[\s*rules\s*\]\]/, Number(rule[1])), sentence);
  const table = /\[(\w+)\]/.exec(sentence);
  if (table) return entryOf(lines, nth(lines, new RegExp(`^\\s*\\[\\s*${table[1]}\\s*\\]`), 1), sentence);
  const name = /'([^']+)'/.exec(sentence)?.[1] ?? /^(\w+)/.exec(sentence)[1];
  return nth(lines, new RegExp(`^\\s*(\\[+\\s*${escaped(name)}\\s*\\]|"?${escaped(name)}"?\\s*=)`), 1);
}

/** Return the line of the first entry below a heading that the sentence names, else the heading itself. */
function entryOf(lines, heading, sentence) {
  if (heading === null) return null;
  for (let line = heading + 1; line < lines.length && !/^\s*\[/.test(lines[line]); line += 1) {
    const key = /^\s*"?([^"=#]+?)"?\s*=/.exec(lines[line])?.[1];
    if (key && new RegExp(`(^|[\\s'"])${escaped(key)}([\\s'",;]|$)`).test(sentence.split("; ")[0])) return line;
  }
  return heading;
}

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

function nth(lines, pattern, count) {
  const found = [...lines.keys()].filter((line) => pattern.test(lines[line]));
  return found[count - 1] ?? null;
}
