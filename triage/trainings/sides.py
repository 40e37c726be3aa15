"""Which labelled mail a model is judged by and never learns from: a quarter, the same in every training.

A conversation and its writer stay on one side. Which, a hash of the writer's address decides, so it does not change
when more mail comes, and no active model has learned what its successor is judged by. The side of a conversation is
that of whoever began it; mail of others in it whose own side is the other one is left out, on neither.

Who has written very many of the labelled mails is no person but a form or a system that writes for many people. Those
beyond their first fifty go by conversation, else all of such a mailbox would be on one side.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

MOST_OF_A_WRITER = 50
_HELD_OUT_OF_256 = 64


class Side(StrEnum):
    """Where a labelled mail stands."""

    LEARNED = "learned"
    HELD_OUT = "held out"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class Sent:
    """Who wrote a mail, and in which conversation.

    Attributes:
        begun_by: The address of whoever began the conversation.
    """

    email_id: int
    thread_id: str
    sender: str
    begun_by: str


def sides(mails: Sequence[Sent]) -> dict[int, Side]:
    """Return the side of each mail; they come in the order in which they were first labelled."""
    count = Counter(_writer(mail.sender) for mail in mails)
    forms = {writer for writer, times in count.items() if times > MOST_OF_A_WRITER}
    seen: Counter[str] = Counter()
    found = {}
    for mail in mails:
        writer = _writer(mail.sender)
        seen[writer] += 1
        is_late = writer in forms and seen[writer] > MOST_OF_A_WRITER
        own = _is_held_out(mail.thread_id if is_late or not writer else writer)
        found[mail.email_id] = _side(own, own if is_late else _of_conversation(mail, forms))
    return found


def _of_conversation(mail: Sent, forms: set[str]) -> bool:
    beginner = _writer(mail.begun_by)
    if beginner == _writer(mail.sender) or (beginner and beginner not in forms):
        return _is_held_out(beginner or mail.thread_id)
    return _is_held_out(mail.thread_id)


def _side(own: bool, of_conversation: bool) -> Side:
    if own is not of_conversation:
        return Side.NEITHER
    return Side.HELD_OUT if own else Side.LEARNED


def _writer(address: str) -> str:
    return address.strip().casefold()


def _is_held_out(key: str) -> bool:
    return hashlib.blake2b(key.encode("utf-8", "replace"), digest_size=1).digest()[0] < _HELD_OUT_OF_256


def counts(found: Mapping[int, Side]) -> Counter[Side]:
    """Return how many mails stand on each side."""
    return Counter(found.values())
