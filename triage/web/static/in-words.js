// What the API says in English, in the language of the page.

/** Return a sentence in the language of the page; as it is where there are no words for it. */
export async function inWords(sentence) {
  if (document.documentElement.lang === "en") return sentence;
  const answer = await fetch(`/in-words?${new URLSearchParams({ sentence })}`).catch(() => null);
  return answer?.ok ? answer.text() : sentence;
}
