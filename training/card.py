"""The model card that travels inside a bundle."""

from triage.serving.manifest import Manifest

_CARD = """# Model card: {version}

Reads an email's subject and newest text and says its topic, sentiment, urgency, whether somebody must act, and
its language (English, German, other). A small n-gram model of our own; no pretrained part, no other data.

**Made for** putting a shared mailbox in order, most pressing first, with a person reading every mail in the end.
**Not made for** deciding about people, deleting or answering mail unread, or languages other than English and German:
there the language says `other` and the rest is a guess.

**Learned from** {mails} emails written for this project, English and German (`training/corpus/`, digest
`{digest}`). Written, not collected: real mail is rougher, and figures on it are lower.

**Figures** ({split}; n = {mails}, seed {seed}): mean over folds, each judged by a model that never saw its domains.

| figure | model | key words | majority |
| --- | --- | --- | --- |
{rows}

**Confidence** is a probability: of the mails read at 80 %, about 80 % are read rightly. One temperature per head makes
it so, fitted on the folds' mail that no model had learned from; what is left of the gap are the rows `_ece`. It holds
for written mail of domains unseen. On real mail the model is surer than it is right, of topics above all.

**Language** is told by the commonest words and the letters of English, German and nine other languages, beside what was
learned of English and German; the figures above are of the learned part alone. Text without a word counts as English.

Critical mail is hard; in the folds {missed:.0f} % of it was given a lower step.
"""


def model_card(manifest: Manifest) -> str:
    """Return the card as Markdown."""
    figures = manifest.figures
    names = figures["model"]
    rows = "\n".join(
        f"| {name} | {names[name]:.3f} | {_cell(figures['keywords'], name)} | {_cell(figures['majority'], name)} |"
        for name in names
    )
    return _CARD.format(
        version=manifest.version,
        mails=figures["mails"],
        digest=manifest.corpus_digest[:12],
        split=figures["split"],
        seed=manifest.config["seed"],
        rows=rows,
        missed=100 * (1 - names.get("urgency_critical_recall", 0.0)),
    )


def _cell(figures: dict[str, float], name: str) -> str:
    return f"{figures[name]:.3f}" if name in figures else "–"
