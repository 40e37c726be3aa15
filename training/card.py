"""The model card that travels inside a bundle."""

from collections.abc import Mapping
from typing import Any

from triage.serving.manifest import Manifest

_THRESHOLDS = (0.5, 0.6, 0.7, 0.75, 0.8, 0.9)

_CARD = """# Model card: {version}

Reads an email's subject and newest text and says its topic, sentiment, urgency, whether somebody must act, and
its language (English, German, other). A small model of our own: hashed n-grams and a bilingual lexicon, read by a fast
stage; {deep}. No pretrained part.

**Made for** putting a shared mailbox in order, most pressing first, with a person reading every mail in the end.
**Not made for** deciding about people, deleting or answering mail unread, or languages other than English and German:
there the language says `other`, and the rest is a guess that says so by its confidence.

**Learned from** {learned} mails (digest `{digest}`): {sources}

**Figures** ({split}; n = {mails}, seed {seed}){judged}.

| figure | model | fast stage alone | key words | majority |
| --- | --- | --- | --- | --- |
{rows}

**Confidence** is a probability: of the mails read at 80 %, about 80 % are read rightly. One temperature per head makes
it so, fitted on {fitted}; what is left of the gap are the rows `_ece`. {holds}
{applied}{confused}
**Language** is told by the commonest words and the letters of English, German and nine other languages, beside what was
learned of English and German; the figures above are of the learned part alone. Text without a word counts as English.

**Cannot do:** critical mail is hard{missed}. Sarcasm, feelings that
only the facts tell, and danger in words that neither the corpus nor the lexicon has are read too calmly. Real urgent
mail is scarce in public data, so how it is read there is not known. Words are what it goes by: it knows nothing of who
writes, what was promised before, or what is in an attachment.
"""


def model_card(manifest: Manifest) -> str:
    """Return the card as Markdown."""
    figures = manifest.figures
    names = figures["model"]
    rows = "\n".join(
        f"| {name} | {names[name]:.3f} | "
        + " | ".join(_cell(figures.get(contender, {}), name) for contender in ("fast", "keywords", "majority"))
        + " |"
        for name in names
    )
    return _CARD.format(
        version=manifest.version,
        mails=figures["mails"],
        learned=figures["learned_from"],
        sources=figures["sources"],
        deep=_deep(manifest),
        digest=manifest.corpus_digest[:12],
        split=figures["split"],
        seed=manifest.config["seed"],
        rows=rows,
        applied=_applied(figures.get("confidence", {})),
        confused=_confused(figures.get("confidence", {})),
        **_how(figures),
    )


def _how(figures: Mapping[str, Any]) -> dict[str, str]:
    """Return how the figures came about: over folds those of the shipped model, of one held-out part all others."""
    found = figures["model"].get("urgency_critical_recall", 0.0)
    if "fast" in figures:
        return {
            "judged": ": mean over folds, each judged by a model that never saw its domains",
            "fitted": "the folds' mail that no model had learned from",
            "holds": "It holds\nfor written mail of domains unseen. On real mail the model is surer than it is right,"
            " of topics above all.",
            "missed": f"; in the folds {100 * (1 - found):.0f} % of it was given a lower step",
        }
    return {
        "judged": "",
        "fitted": "what was held out",
        "holds": "It holds\nfor mail like that which it learned from; as few mails as these leave room for chance.",
        # Without critical mail among the held-out mail nothing is known of it.
        "missed": f"; of that held out {100 * (1 - found):.0f} % was given a lower step" if found else "",
    }


def _cell(figures: dict[str, float], name: str) -> str:
    return f"{figures[name]:.3f}" if name in figures else "–"


def _applied(confidence: Mapping[str, Any]) -> str:
    told = [one for one in confidence.get("applied", ()) if one["threshold"] in _THRESHOLDS and one["precision"]]
    if not told:
        return ""
    rows = "\n".join(f"| {one['threshold']:.2f} | {one['precision']:.3f} | {one['coverage']:.2f} |" for one in told)
    return f"\n| topics from confidence | are right | share of all mails |\n| --- | --- | --- |\n{rows}\n"


def _confused(confidence: Mapping[str, Any]) -> str:
    told = [
        f"- {head.replace('_', ' ')}: " + ", ".join(f"{said} read as {read} ({mails})" for said, read, mails in pairs)
        for head, pairs in confidence.get("confused", {}).items()
        if pairs
    ]
    return "\n**Most confused**, with how many mails:\n\n" + "\n".join(told) + "\n" if told else ""


def _deep(manifest: Manifest) -> str:
    if not manifest.thresholds:
        return "it has no deep stage"
    escalated = 100 * manifest.figures["escalated"]
    return f"where that is unsure ({escalated:.0f} % of mails), a deep stage that reads the words in order"
