"""The model card inside a bundle that was trained on the labels of one mailbox."""

from triage.serving.manifest import Manifest

_CARD = """# Model card: {version}

Reads the mail of one mailbox and says its topic, sentiment, urgency, whether somebody must act, and its language. It
began with the weights of the fast stage of the model that ships with Triage and learned on from the labels of this
mailbox; it has no deep stage and no pretrained part.

**Topics**: {topics}.

**Made for** this mailbox, most pressing first, with a person reading every mail in the end. **Not made for** another
mailbox, for deciding about people, or for deleting or answering mail unread.

**Learned from** {learned} mails (digest `{digest}`): {sources}

**Figures** ({split}; n = {mails}, seed {seed}). They are of a model that had learned from the other labels; where those
were few, this one then learned from all. The temperatures were fitted on the same mails, so the rows `_ece` are a
little rosy. Whether it reads better than the model before it was judged on other mail, from which neither had learned:
the training that made it has those figures (`triage trainings show`).

| figure | model |
| --- | --- |
{rows}

**Confidence** is a probability. One temperature per head makes it so; with few labels it stays near that of the
shipped model.

**Cannot do:** what nobody has labelled here it knows from the shipped model alone, with that one's limits (see its
card). A topic with few labels may be read worse than the figures say, which are means. Words are what it goes by: it
knows nothing of who writes, what was promised before, or what is in an attachment.
"""


def mailbox_card(manifest: Manifest) -> str:
    """Return the card as Markdown."""
    figures = manifest.figures
    named = figures["model"].items()
    return _CARD.format(
        version=manifest.version,
        topics=", ".join(map(str, manifest.labels["topic"])),
        learned=figures["learned_from"],
        digest=manifest.corpus_digest[:12],
        sources=figures["sources"],
        split=figures["split"],
        mails=figures["mails"],
        seed=manifest.config["seed"],
        rows="\n".join(f"| {name} | {figure:.3f} |" for name, figure in named)
        or "| none: nothing could be held out | – |",
    )
