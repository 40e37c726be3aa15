"""How things stand, part by part, each as a sentence that a person can read.

A sentence says what works, what waits or what is amiss, and in that case what to do. What it says of a time stands
beside it, so that whoever shows it can say how long ago that was. Pages tell the same in the reader's language.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from triage.imap.state import State as AccountState
from triage.queue.heartbeat import READS, TRAINS, Heartbeat, State, why_unread, why_untrained
from triage.storage.waiting import Waiting
from triage.webhooks.webhooks import WebhookStatus


class Standing(StrEnum):
    """How it stands with a part."""

    WELL = "well"
    NOTICE = "notice"  # worth knowing, and in hand: something waits for its turn or for more labels
    NEEDS_SOMEBODY = "needs_somebody"


@dataclass(frozen=True, slots=True)
class Part:
    """How it stands with one part.

    Attributes:
        since: For how long that is so, where it is known; of an account that is well, when it was last polled.
    """

    part: str
    state: Standing
    sentence: str
    since: datetime | None = None


def parts_of(
    told: Mapping[str, Any], waiting: Waiting, living: Sequence[Heartbeat], hooks: Sequence[WebhookStatus] = ()
) -> list[Part]:
    """Return every part, in the order in which one needs the other.

    Args:
        told: The figures of the status.
        waiting: The mail that waits to be read.
        living: The workers.
        hooks: The webhooks that whoever asks may know of.
    """
    return [
        Part("database", Standing.WELL, "the database answers and has the schema of this release"),
        *_queue(told),
        *_workers(told, living),
        *_mail(told, waiting),
        *_images(told),
        *_accounts(told["accounts"]),
        *_learning(told, living),
        *(
            Part("webhooks", Standing.NEEDS_SOMEBODY, f"webhook {one.id}: {one.problem}")
            for one in hooks
            if one.problem
        ),
        *_set_aside(told),
    ]


def summary(parts: Sequence[Part]) -> str:
    """Say in one sentence whether anything needs somebody."""
    count = sum(one.state is Standing.NEEDS_SOMEBODY for one in parts)
    if not count:
        return "all is well"
    return "one thing needs somebody" if count == 1 else f"{count:,} things need somebody"


def _queue(told: Mapping[str, Any]) -> Iterator[Part]:
    problems = [*([told["queue"]["problem"]] if "problem" in told["queue"] else ()), *told["warnings"]]
    if not problems:
        yield Part("redis", Standing.WELL, "Redis answers, takes work and keeps it")
    yield from (Part("redis", Standing.NEEDS_SOMEBODY, one) for one in problems)


def _workers(told: Mapping[str, Any], living: Sequence[Heartbeat]) -> Iterator[Part]:
    if "problem" in told["queue"] and not living:
        yield Part("workers", Standing.NOTICE, "nobody can say which workers run while Redis does not answer")
        return
    why = why_unread(living)
    if why:
        yield Part("workers", Standing.NEEDS_SOMEBODY, why)
    else:
        readers = sum(one.kind == READS and one.state is State.READY for one in living)
        one, more = "one worker reads mail", f"{readers:,} workers read mail"
        yield Part("workers", Standing.WELL, one if readers == 1 else more)
    for one_with in living:
        # What keeps all from reading has been said.
        if one_with.problem and not (why and one_with.kind == READS):
            yield Part("workers", Standing.NEEDS_SOMEBODY, f"{one_with.worker} is {one_with.state}: {one_with.problem}")


def _mail(told: Mapping[str, Any], waiting: Waiting) -> Iterator[Part]:
    if told["refusing"]:
        yield Part("mail", Standing.NEEDS_SOMEBODY, told["refusing"], waiting.oldest)
    elif waiting.count == 1:
        yield Part("mail", Standing.NOTICE, "one email waits to be read", waiting.oldest)
    elif waiting.count:
        yield Part("mail", Standing.NOTICE, f"{waiting.count:,} emails wait to be read", waiting.oldest)
    else:
        yield Part("mail", Standing.WELL, "all mail that came has been read")
    yield from (Part("mail", Standing.NOTICE, sentence) for sentence in told["surges"])
    for one in told["rereading"]:
        version, done, of = one["version"], one["done"], one["of"]
        again = f"the mail of {one['mailbox']} is read again with {version}: {done:,} of {of:,}"
        yield Part("mail", Standing.NOTICE, again)


def _images(told: Mapping[str, Any]) -> Iterator[Part]:
    queue = told["images"]["queue"]
    count = queue.get("waiting", 0)
    if "problem" in queue:
        yield Part("images", Standing.NEEDS_SOMEBODY, f"images wait, and {queue['problem']}")
    elif count:
        one, more = "one image waits to be recognised", f"{count:,} images wait to be recognised"
        yield Part("images", Standing.NOTICE, one if count == 1 else more)
    else:
        yield Part("images", Standing.WELL, "no image waits to be recognised")


def _accounts(accounts: Sequence[Mapping[str, Any]]) -> Iterator[Part]:
    for one in accounts:
        name, state = one["name"], one["state"]
        if state not in (AccountState.OK, AccountState.WAITING):
            since = one["problem_since"] or one["polled_at"]
            yield Part("accounts", Standing.NEEDS_SOMEBODY, f"account {name}: {one['problem']}", since)
        elif state == AccountState.WAITING:
            sentence = f"account {name} is being polled and has not come to the end yet"
            yield Part("accounts", Standing.NOTICE, sentence, one["polled_at"])
        else:
            yield Part("accounts", Standing.WELL, f"account {name} is polled", one["polled_at"])


def _learning(told: Mapping[str, Any], living: Sequence[Heartbeat]) -> Iterator[Part]:
    learning = told["learning"]
    under_way = learning["trainings"].get("running", 0)
    waits = learning["trainings"].get("queued", 0)
    if learning.get("problem"):
        yield Part("learning", Standing.NEEDS_SOMEBODY, f"a training waits, and {learning['problem']}")
    elif under_way or waits:
        sentence = "a model is being trained" if under_way else "a training waits for its turn"
        yield Part("learning", Standing.NOTICE, sentence)
    elif not any(one.kind == TRAINS for one in living):
        yield Part("learning", Standing.NOTICE, f"nothing is to be trained; {why_untrained(living)}")
    for mailbox, sentences in learning["waiting_topics"].items():
        wants = f"mailbox {mailbox} learns some topics once they have more labels: {'; '.join(sentences)}"
        yield Part("learning", Standing.NOTICE, wants)


def _webhooks(hooks: Sequence[WebhookStatus]) -> Iterator[Part]:
    for one in hooks:
        if one.problem:
            yield Part("webhooks", Standing.NEEDS_SOMEBODY, f"webhook {one.id}: {one.problem}", one.failing_since)
        elif one.failing_since is not None:
            sentence = f"webhook {one.id} does not take what is sent; `triage webhooks log {one.id}` says why"
            yield Part("webhooks", Standing.NOTICE, sentence, one.failing_since)


def _set_aside(told: Mapping[str, Any]) -> Iterator[Part]:
    emails, images = told["emails"].get("failed", 0), told["images"].get("failed", 0)
    if emails:
        one = "one email was set aside; `triage failed list` says why"
        more = f"{emails:,} emails were set aside; `triage failed list` says why"
        yield Part("set_aside", Standing.NEEDS_SOMEBODY, one if emails == 1 else more)
    if images:
        one = "one image was set aside; `triage failed list --images` says why"
        more = f"{images:,} images were set aside; `triage failed list --images` says why"
        yield Part("set_aside", Standing.NEEDS_SOMEBODY, one if images == 1 else more)
    if not emails and not images:
        yield Part("set_aside", Standing.WELL, "nothing was set aside")
