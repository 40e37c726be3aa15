"""What is learned from and what is held out."""

import random
from collections import Counter

from tests.triage.trainings.make import sent
from triage.trainings.sides import MOST_OF_A_WRITER, Side, sides


def test_a_quarter_is_held_out_and_stays_so():
    """More mail changes the side of none that was there."""
    mails = [sent(number) for number in range(2000)]

    before, after = sides(mails[:1000]), sides(mails)

    assert all(after[number] is side for number, side in before.items())
    assert 0.2 < Counter(after.values())[Side.HELD_OUT] / 2000 < 0.3


def test_writers_and_conversations_stay_on_one_side():
    """In any mixture of both, none has mail that is learned and mail that is held out."""
    draw = random.Random(1)
    begun_by = {f"thread-{number}": f"writer-{draw.randrange(300)}@example.org" for number in range(400)}
    mails = []
    for number in range(2000):
        thread = f"thread-{draw.randrange(400)}"
        writer = begun_by[thread] if draw.random() < 0.6 else f"Writer-{draw.randrange(300)}@Example.org"
        mails.append(sent(number, writer, thread=thread, begun_by=begun_by[thread]))

    found = sides(mails)

    for key in ("thread_id", "sender"):
        seen = {}
        for mail in mails:
            if found[mail.email_id] is not Side.NEITHER:
                seen.setdefault(getattr(mail, key).casefold(), set()).add(found[mail.email_id])
        assert all(len(of_one) == 1 for of_one in seen.values())


def test_a_form_that_writes_for_many_does_not_put_all_mail_on_one_side():
    """Beyond its first fifty mails it goes by conversation."""
    found = sides([sent(number, "form@example.com") for number in range(500)])

    first = [found[number] for number in range(MOST_OF_A_WRITER)]
    assert len(set(first)) == 1
    assert {found[number] for number in range(MOST_OF_A_WRITER, 500)} == {Side.LEARNED, Side.HELD_OUT}


def test_mail_without_a_sender_goes_by_conversation():
    """Imported mail often names none."""
    found = sides([sent(number, "") for number in range(200)])

    assert Counter(found.values()).keys() == {Side.LEARNED, Side.HELD_OUT}
