"""A new topic with eight labels: how well it is found in unseen mail, and whether the others suffer.

A mailbox of ten topics, or as many as the set has, of which one is held out. The known ones have 8 labels each, or 40;
a learner is fitted to them and judged on unseen mail of the known topics (`others_before`). Then the new topic gets 8
labels, the learner is fitted anew, and judged on unseen mail of all topics: `f1` of the new one, `macro_f1` of all,
and `others_after` on the same mail and topics as before. Every draw has other mail, and another new topic.
"""

from collections.abc import Iterator

from benchmarks.learners import Learner
from benchmarks.learning.figures import confidence_figures, f1_of_topics, macro_f1, timed
from benchmarks.learning.results import Row
from benchmarks.mailboxes import NewTopicDraw, new_topic_draw

SETS = ("banking77", "complaints-cfpb", "emails-de-buergeramt")
KNOWN_LABELS = (8, 40)


def questions(draws: int) -> Iterator[Row]:
    """Yield the names of every draw, the first draw of all sets first."""
    for known_labels in KNOWN_LABELS:
        for seed in range(1, draws + 1):
            for name in SETS:
                yield {"question": "new-topic", "set": name, "known_labels": known_labels, "seed": seed}


def drawn(names: Row, part: str = "test") -> NewTopicDraw:
    """Return the mailbox of these names."""
    return new_topic_draw(names["set"], seed=names["seed"], known_labels=names["known_labels"], part=part)


def answered(learner: Learner, draw: NewTopicDraw, *, before: bool) -> Row:
    """Return the figures of a learner on a draw; `before` asks it before the new topic too."""
    truth = draw.unseen.topics
    row: Row = {"new_topic": draw.new_topic, "n": len(truth)}
    if before:
        known = draw.unseen.only(draw.topics)
        learner.fit(draw.known.mails, draw.known.topics)
        row["others_before"] = macro_f1(known.topics, learner.predict(known.mails), draw.topics)
    labelled = draw.known + draw.new
    _, fit_cpu_s = timed(lambda: learner.fit(labelled.mails, labelled.topics))
    guesses, predict_cpu_s = timed(lambda: learner.predict(draw.unseen.mails))
    by_topic = f1_of_topics(truth, guesses, [*draw.topics, draw.new_topic])
    of_known = [(topic, guess) for topic, guess in zip(truth, guesses, strict=True) if topic != draw.new_topic]
    return row | {
        "f1": by_topic[draw.new_topic],
        "macro_f1": sum(by_topic.values()) / len(by_topic),
        "others_after": macro_f1([topic for topic, _ in of_known], [guess for _, guess in of_known], draw.topics),
        "fit_cpu_s": fit_cpu_s,
        "predict_cpu_ms": 1000 * predict_cpu_s / len(truth),
        **confidence_figures(truth, guesses),
    }
