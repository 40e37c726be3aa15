"""Small things that tests of training are made of: invented mail, and a configuration that takes seconds."""

from collections.abc import Sequence

import numpy as np

from training.config import DeepConfig, RunConfig
from training.corpus import Example
from training.heads import Labels
from triage.labels import Language, Sentiment, Topic, Urgency
from triage.ranking import Reading

HEADS = ("topic", "sentiment", "urgency", "action_required")

TINY = RunConfig(
    folds=2,
    epochs=3,
    batch_size=8,
    attention_members=1,
    width=8,
    code_width=8,
    query_width=8,
    queries=2,
    ngrams=4000,
    min_mails=2,
    deep=DeepConfig(epochs=2, batch_size=8, width=8, units=16, attention_heads=2, longest=40),
)

_FILLING = ["lantern", "kettle", "piano", "ribbon", "saddle", "velvet", "Wiese", "Anker", "Hafen", "Nuss", "Leiter"]
_OPENINGS = (
    ("Fire", "Smoke comes from the hall, please come at once:"),
    ("Rechnung", "Der Betrag auf der Rechnung ist falsch, bitte prüfen:"),
)


def letter(number: int) -> Example:
    """Return an invented mail, an English fire or a German invoice in turn; no two are near-duplicates."""
    kind = number % 2
    subject, opening = _OPENINGS[kind]
    words = np.random.default_rng(number).choice(_FILLING, 14)
    return Example(
        id=f"letter-{number}",
        subject=subject,
        body=f"{opening} {' '.join(words)}.",
        topic=(Topic.TECHNICAL, Topic.BILLING)[kind],
        sentiment=(Sentiment.NEGATIVE, None)[kind],
        urgency=(Urgency.CRITICAL, Urgency.NORMAL)[kind],
        action_required=True,
        language=(Language.ENGLISH, Language.GERMAN)[kind],
        group=f"letter-{number}",
        domain="",
    )


def matrices(readings: Sequence[Reading], labels: Labels) -> dict[str, np.ndarray]:
    """Return what readings believe, language apart, as (mails, labels of the head) each."""
    beliefs = {
        "topic": [reading.topic for reading in readings],
        "sentiment": [reading.sentiment for reading in readings],
        "urgency": [reading.urgency for reading in readings],
        "action_required": [
            {"no": 1 - reading.action_required, "yes": reading.action_required} for reading in readings
        ],
    }
    return {
        head: np.array([[belief[name] for name in labels.heads[head]] for belief in of_head])
        for head, of_head in beliefs.items()
    }
