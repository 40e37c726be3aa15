"""Which mail stands together."""

import random
from collections import defaultdict
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from tests.make import accept, make_intake, raw_message
from triage.storage.tables import Email

THREADS = 10_000
BATCH = 1_000
# So few that every subject, and most pairs of a sender and a subject, are those of many threads.
SUBJECTS = ["Invoice", "Re: Invoice", "AW: Invoice", "Hello", "", "Disk full"]
SENDERS = ["jo@example.org", "kim@example.org", "device@example.org"]
LONG = "x" * 700


@pytest.mark.slow
def test_only_references_build_threads(database, redis):
    """A-28: of 10,000 threads that share subjects, senders and words, no two are merged, in any order."""
    chance = random.Random(28)
    mails = [(number, raw) for number in range(THREADS) for raw in thread(number, chance)]
    chance.shuffle(mails)

    intake = make_intake(database, redis)
    belongs = {}
    for begin in range(0, len(mails), BATCH):
        batch = mails[begin : begin + BATCH]
        receipts = accept(intake, *(raw for _, raw in batch))
        belongs |= {receipt.email_id: number for receipt, (number, _) in zip(receipts, batch, strict=True)}

    assert len(belongs) == len(mails)
    merged, parts = defaultdict(set), defaultdict(set)
    with database.reading() as session:
        for email_id, thread_id in session.execute(select(Email.id, Email.thread_id)):
            merged[thread_id].add(belongs[email_id])
            parts[belongs[email_id]].add(thread_id)
    whole = sum(len(found) == 1 for found in parts.values())
    print(f"{len(mails)} mails of {THREADS} threads: {whole} threads whole")
    assert [numbers for numbers in merged.values() if len(numbers) > 1] == []


def thread(number: int, chance: random.Random) -> Iterator[bytes]:
    """One to five mails that answer each other, or a mail that has no Message-ID."""
    if chance.random() < 0.1:
        yield mail(number, 0, chance, message_id="", headers="")
        return
    # Some senders' Message-IDs are long, and alike for long.
    prefix = chance.choice(["", "", "", LONG])
    ids = [f"<{prefix}{number}.{turn}@example.org>" for turn in range(chance.randint(1, 5))]
    root_is_lost = chance.random() < 0.2
    for turn, message_id in enumerate(ids):
        if turn or not root_is_lost or len(ids) == 1:
            yield mail(number, turn, chance, message_id=message_id, headers=answering(ids[:turn], chance))


def answering(before: list[str], chance: random.Random) -> str:
    """The fields by which mail programs say what a mail answers."""
    if not before:
        return ""
    answered = f"In-Reply-To: {before[-1]}\r\n"
    # Some name what they answer only, some the whole thread, some what was first and what was last.
    return chance.choice(
        [
            answered,
            f"References: {' '.join(before)}\r\n",
            f"References: {' '.join(before)}\r\n{answered}",
            f"References: {before[0]} {before[-1]}\r\n",
        ]
    )


def mail(number: int, turn: int, chance: random.Random, *, message_id: str, headers: str) -> bytes:
    """A mail whose bytes are its own and whose words are those of many."""
    return raw_message(
        chance.choice(SUBJECTS),
        "Please look at this.",
        message_id=message_id,
        sender=chance.choice(SENDERS),
        headers=f"{headers}X-Trace: {number}.{turn}\r\n",
    )
