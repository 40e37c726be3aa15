"""Mailboxes drawn from public sets, to learn a new topic in: who has labels, and which mail nobody has seen.

Of each group of near-duplicates one mail is kept, so that no mail has its like on the other side or counts twice. Real
mail that the shipped model learned from (some complaints are among it), and what is like it, is left out. What is
chosen about our learner is chosen on draws of the part "dev": topics of banking77 that no other draw has.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from training.corpus.public import public_examples
from training.corpus.real import CHARACTERS, judged_real_mail, more_real_mail, real_mail_is_here
from training.near_duplicates import near_duplicate_groups
from triage.mail import MailText

TOPICS = 10  # of a mailbox, or as many as the set has
UNSEEN = 40  # mails to judge on, of each topic at most
DEV_TOPICS = 27  # of banking77's 77

# Kept from draws of other parts: on these topics choices are made.
_SHUFFLED_TOPICS_SEED = 0


@dataclass(frozen=True, slots=True)
class Labelled:
    """Mails and what each is about, in one order."""

    mails: tuple[MailText, ...]
    topics: tuple[str, ...]

    def __add__(self, other: "Labelled") -> "Labelled":
        return Labelled(self.mails + other.mails, self.topics + other.topics)

    def __len__(self) -> int:
        return len(self.mails)

    @staticmethod
    def of(pairs: Sequence[tuple[MailText, str]]) -> "Labelled":
        """Make one of pairs."""
        return Labelled(tuple(mail for mail, _ in pairs), tuple(topic for _, topic in pairs))

    def first(self, count: int) -> "Labelled":
        """Return so many from the beginning."""
        return Labelled(self.mails[:count], self.topics[:count])

    def only(self, topics: Sequence[str]) -> "Labelled":
        """Return the mails of these topics."""
        return Labelled.of([pair for pair in zip(self.mails, self.topics, strict=True) if pair[1] in topics])


@dataclass(frozen=True, slots=True)
class NewTopicDraw:
    """A mailbox that meets a new topic.

    Attributes:
        topics: The known ones.
        new_topic: The one that was held out; no mail of it is among `known`.
        known: Labelled mail from before the new topic.
        new: The few labels of the new topic.
        unseen: Mail of all topics, the new one too, that nobody learns from.
    """

    topics: tuple[str, ...]
    new_topic: str
    known: Labelled
    new: Labelled
    unseen: Labelled


def new_topic_draw(
    name: str, *, seed: int, known_labels: int = 8, new_labels: int = 8, part: str = "test"
) -> NewTopicDraw:
    """Draw a mailbox from a set; successive seeds hold out one topic after another where the set has few.

    A known topic with few mails keeps a third of them unseen, and has fewer labels.
    """
    by_topic = {topic: mails for topic, mails in distinct_mails(name).items() if topic in set(topics_of(name, part))}
    draw = np.random.default_rng([seed, known_labels])
    names = sorted(by_topic)
    if len(names) > TOPICS:
        chosen = [names[place] for place in draw.permutation(len(names))[:TOPICS]]
        new_topic = chosen[-1]
    else:
        chosen, new_topic = names, names[seed % len(names)]
    labelled: dict[str, list[tuple[MailText, str]]] = {}
    unseen: list[tuple[MailText, str]] = []
    for topic in sorted(chosen):
        mails = by_topic[topic]
        order = [(mails[place], topic) for place in draw.permutation(len(mails))]
        count = min(new_labels if topic == new_topic else known_labels, 2 * len(order) // 3)
        labelled[topic] = order[:count]
        unseen += order[count : count + UNSEEN]
    topics = tuple(topic for topic in sorted(chosen) if topic != new_topic)
    known = [pair for topic in topics for pair in labelled[topic]]
    return NewTopicDraw(topics, new_topic, Labelled.of(known), Labelled.of(labelled[new_topic]), Labelled.of(unseen))


def topics_of(name: str, part: str) -> Sequence[str]:
    """Return the topics of a set that draws of this part, "dev" or "test", may have."""
    names = sorted(distinct_mails(name))
    if name != "banking77":
        return names if part == "test" else []
    order = np.random.default_rng(_SHUFFLED_TOPICS_SEED).permutation(len(names))
    places = order[:DEV_TOPICS] if part == "dev" else order[DEV_TOPICS:]
    return sorted(names[place] for place in places)


@cache
def distinct_mails(name: str) -> dict[str, list[MailText]]:
    """Return the mails of a set by topic, one of each group of near-duplicates, and none of what the model learned."""
    learned = [*judged_real_mail(), *more_real_mail()] if real_mail_is_here() else []
    examples = [*learned, *(example for example in public_examples(name) if example.topic is not None)]
    # A group has the place of its first mail, so mail that is like some that was learned has the place of that. Long
    # mail is compared as far as it was learned.
    groups = near_duplicate_groups([f"{example.subject}\n{example.body[:CHARACTERS]}" for example in examples])
    mails: dict[str, list[MailText]] = defaultdict(list)
    for place, (example, group) in enumerate(zip(examples, groups, strict=True)):
        if place == group and place >= len(learned):
            mails[str(example.topic)].append(MailText(example.subject, example.body))
    return dict(mails)
