"""Real mail with labels by our guide: complaints to companies, and mail of 2002 from public archives.

The labels are in this repository, the texts are not: they lie in the public sets (`training/corpus/public.py`). Three
hundred were labelled by one careful reader (`real-mail-labelled`), 588 more for training by others, whose labels are in
`training/corpus/real/labels.tsv`: id, topic, sentiment, urgency, whether somebody must act.
"""

from dataclasses import replace
from pathlib import Path

from training.corpus.example import Example
from training.corpus.public import public_data, public_examples, raw_messages, rows_of
from triage.labels import Language, Sentiment, Urgency

LABELS = Path(__file__).parent / "real" / "labels.tsv"
COMPLAINTS = "consumer-complaints"  # the kind of organisation, as `training/corpus/kin.py` has it
CHARACTERS = 1500  # of a body that the labellers saw


def real_mail_is_here() -> bool:
    """Say whether the texts are on this machine."""
    return all(
        (public_data() / name).is_dir() for name in ("real-mail-labelled", "complaints-cfpb", "spamassassin-raw")
    )


def judged_real_mail() -> list[Example]:
    """Return the three hundred that models are judged on."""
    sources = [row["source"] == "cfpb" for row in rows_of("real-mail-labelled")]
    examples = public_examples("real-mail-labelled")
    return [
        replace(example, domain=COMPLAINTS if complains else "")
        for example, complains in zip(examples, sources, strict=True)
    ]


def more_real_mail() -> list[Example]:
    """Return the others; none is among the three hundred, nor its near-duplicate.

    Raises:
        InvalidSubmission: The texts are not on this machine.
    """
    texts = {example.id: example for example in public_examples("complaints-cfpb")}
    texts |= {f"spamassassin-raw/{name}": example for name, example in raw_messages()}
    return [_labelled(texts, *line.split("\t")) for line in LABELS.read_text(encoding="utf-8").splitlines()]


def _labelled(texts: dict[str, Example], name: str, topic: str, sentiment: str, urgency: str, action: str) -> Example:
    return replace(
        texts[name],
        id=name,
        body=texts[name].body[:CHARACTERS],
        topic=topic,
        sentiment=Sentiment(sentiment),
        urgency=Urgency(urgency),
        action_required=action == "yes",
        language=Language.ENGLISH,
        group=name,
        domain=COMPLAINTS if name.startswith("complaints-") else "",
    )
