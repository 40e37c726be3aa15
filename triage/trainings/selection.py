"""Which labels a mailbox is trained with, which not, and why.

Only what people said counts: by hand, in their mail program, or in a file. What rules say is a rule's already, and what
models say is no label at all.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from triage import labels
from triage.labels import Source
from triage.ranking import HEADS
from triage.trainings.decision import LEAST_HELD_OUT
from triage.trainings.sides import Sent, Side, sides

LEAST_OF_TOPIC = 8  # labels of a topic that the shipped model does not know
LEAST_LEARNED = 20  # mails to learn from

RULE_ALONE = "said by a rule alone"
TAKEN_BACK = "taken back"
TOPIC_GONE = "its topic is no longer one of the mailbox"
TOO_FEW_OF_TOPIC = "too few labels of its topic"
BOTH_SIDES = "its conversation is partly learned and partly held out"
WITHOUT_TEXT = "without text"

_KNOWN_BY_ALL = frozenset(str(topic) for topic in labels.Topic)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A label, and whose mail it is of."""

    label_id: int
    sent: Sent
    said: Mapping[str, Any]
    source: str
    said_at: datetime
    is_withdrawn: bool


@dataclass(frozen=True, slots=True)
class Chosen:
    """A mail with what people said of it."""

    email_id: int
    side: Side
    said: Mapping[str, Any]
    group: str


@dataclass(frozen=True, slots=True)
class Selection:
    """What a training works with.

    Attributes:
        chosen: Mails to learn from or to be judged by, in the order of ids.
        ignored: Reason to how many mails were left out for it, or lost their topic for it.
        topics: Those that the model shall tell apart.
        too_few: Topic to its labels, for those that cannot be learned yet.
    """

    chosen: tuple[Chosen, ...]
    ignored: Mapping[str, int]
    topics: tuple[str, ...]
    too_few: Mapping[str, int]

    def on(self, side: Side) -> tuple[Chosen, ...]:
        """Return the mails of a side."""
        return tuple(one for one in self.chosen if one.side is side)

    @property
    def blockers(self) -> list[str]:
        """Return why there can be no training with these, as sentences; empty when there can."""
        learned, held = self.on(Side.LEARNED), self.on(Side.HELD_OUT)
        most = max((sum(head in one.said for one in held) for head in HEADS), default=0)
        found = []
        if len(learned) < LEAST_LEARNED:
            found.append(f"{len(learned)} of {LEAST_LEARNED} labelled emails to learn from; label more mail")
        if most < LEAST_HELD_OUT:
            found.append(
                f"{most} of {LEAST_HELD_OUT} labelled emails to judge a model by (a quarter of the labelled mail is"
                " held out); label more mail"
            )
        return found

    @property
    def waiting_topics(self) -> list[str]:
        """Return which topics want more labels, as sentences."""
        return [topic_wants(topic, count) for topic, count in self.too_few.items()]


def topic_wants(topic: str, count: int) -> str:
    """Say how many labels a topic has of those that it needs."""
    return f"topic {topic}: {count} of {LEAST_OF_TOPIC} labels"


def select(spoken: Iterable[Spoken], topics: Sequence[str]) -> Selection:
    """Choose among the labels of a mailbox, which come mail by mail; `topics` are those that it has now."""
    ignored: Counter[str] = Counter()
    said: dict[int, tuple[int, Sent, dict[str, Any]]] = {}
    for email_id, of_email in groupby(spoken, key=lambda one: one.sent.email_id):
        own = list(of_email)
        counting = [one for one in own if not one.is_withdrawn and one.source != Source.RULE]
        if counting:
            said[email_id] = (min(one.label_id for one in counting), own[0].sent, _in_force(counting))
        else:
            ignored[TAKEN_BACK if all(one.is_withdrawn for one in own) else RULE_ALONE] += 1
    names = {labels.topic_key(topic): topic for topic in topics}
    count = Counter(labels.topic_key(what["topic"]) for _, _, what in said.values() if "topic" in what)
    own_topics = [topic for topic in topics if topic not in _KNOWN_BY_ALL]
    too_few = {topic: times for topic in own_topics if (times := count[labels.topic_key(topic)]) < LEAST_OF_TOPIC}
    kept = tuple(topic for topic in topics if topic not in too_few)
    order = sorted(said.values(), key=lambda one: one[0])
    side_of = sides([sent for _, sent, _ in order])
    chosen = []
    for email_id, (_, sent, what) in sorted(said.items()):
        topic = what.get("topic")
        if topic is not None:
            name = names.get(labels.topic_key(topic))
            if name is None or name in too_few:
                ignored[TOPIC_GONE if name is None else TOO_FEW_OF_TOPIC] += 1
                what.pop("topic")
            else:
                what["topic"] = name
        if side_of[email_id] is Side.NEITHER:
            ignored[BOTH_SIDES] += 1
        elif what:
            chosen.append(Chosen(email_id, side_of[email_id], what, _group(sent)))
    return Selection(tuple(chosen), dict(ignored), kept, too_few)


def without_text(selection: Selection, empty: int) -> Selection:
    """Return a selection that also says how many of its mails have no text to learn from."""
    return replace(selection, ignored={**selection.ignored, WITHOUT_TEXT: empty}) if empty else selection


def _in_force(counting: Iterable[Spoken]) -> dict[str, Any]:
    """Return, head by head, what was said last."""
    said: dict[str, Any] = {}
    for one in sorted(counting, key=lambda one: (one.said_at, one.label_id)):
        said |= {head: value for head, value in one.said.items() if value is not None}
    return said


def _group(sent: Sent) -> str:
    return sent.sender.strip().casefold() or sent.thread_id
