"""Which emails to label next."""

import pytest
from sqlalchemy import update

from tests.fakes import FakeTextModel
from tests.make import NOW, POLICY, accept, make_intake, raw_message, reading
from triage import feedback
from triage.classify import classify
from triage.errors import MailboxNotFound
from triage.feedback.next_to_label import Candidate, _likeness, most_telling
from triage.labels import Topic
from triage.ranking import Statement
from triage.storage.tables import Verdict


@pytest.fixture
def read(database, redis):
    """Take in a mail that the model reads with some confidence and embeds somewhere; return its number."""
    intake = make_intake(database, redis)

    def reads(confidence=0.5, embedding=None, *, topic=Topic.BILLING, version="fake-1"):
        number = next(numbers)
        email_id = accept(intake, raw_message(f"mail {number}", f"body {number}"))[0].email_id
        model = FakeTextModel(reading(topic=topic, confidence=confidence, action_required=confidence), version=version)
        with database.unit_of_work() as session:
            classify(session, [email_id], model, POLICY, NOW)
            kept = embedding and bytes([1, len(embedding), *embedding])
            session.execute(update(Verdict).where(Verdict.email_id == email_id).values(representation=kept))
        return email_id

    numbers = iter(range(1000))
    return reads


@pytest.fixture
def asked(database):
    """The emails to label next, in order."""

    def asks(limit=10, mailbox="main"):
        with database.reading() as session:
            return [one.email_id for one in feedback.next_to_label(session, mailbox, limit=limit)]

    return asks


def test_unsure_mail_is_asked_about_first(read, asked):
    """Of mails that all differ, the less sure the earlier."""
    sure, unsure, between = (
        read(confidence, bytes(place == number for place in range(3)) * 4)
        for number, confidence in enumerate((0.95, 0.4, 0.7))
    )

    assert asked() == [unsure, between, sure]
    assert asked(limit=1) == [unsure]


def test_of_mails_that_are_alike_one_is_asked_about(read, asked):
    """A twin of an unsure mail comes after mail that is surer but unlike."""
    twins = [read(0.4, bytes([90, 5, 0, number])) for number in range(3)]
    other, third = read(0.6, bytes([0, 5, 90, 0])), read(0.6, bytes([5, 90, 0, 0]))

    found = asked()

    assert found[0] in twins
    assert set(found[1:3]) == {other, third}
    assert len(found) == 5


def test_without_representations_distributions_tell_mails_apart(read, asked):
    """Two mails that the model reads alike are no better than one."""
    alike = [read(0.4, topic=Topic.BILLING) for _ in range(3)]
    other = read(0.6, topic=Topic.ORDER)

    assert asked()[0] in alike
    assert asked()[1] == other


def test_labelled_mail_is_not_asked_about(read, asked, database):
    """A person's label takes a mail off the list, a rule's does not, and taking it back puts it on again."""
    labelled, ruled, free = read(), read(), read()
    with database.unit_of_work() as session:
        kept = {"now": NOW, "policy": POLICY, "author": "anna"}
        feedback.label(session, [labelled], Statement(topic=Topic.ORDER), source="human", **kept)
        feedback.label(session, [ruled], Statement(topic=Topic.ORDER), source="rule", **kept)
    before = asked()
    with database.unit_of_work() as session:
        feedback.withdraw_last(session, labelled, **kept)

    assert sorted(before) == [ruled, free]
    assert sorted(asked()) == [labelled, ruled, free]


def test_mail_of_two_models_is_not_compared(read, asked):
    """What one model kept of a mail says nothing of its likeness to mail that another read."""
    old, new = read(0.5, bytes([1, 2, 3]), version="a"), read(0.5, bytes([1, 2, 3, 4]), version="b")

    assert sorted(asked()) == [old, new]


def test_unread_mail_and_unknown_mailboxes(asked, database, redis):
    """Mail without a verdict is not asked about; a mailbox that is not there is named."""
    accept(make_intake(database, redis), raw_message())

    assert asked() == []
    with pytest.raises(MailboxNotFound):
        asked(mailbox="elsewhere")


def test_choice_is_the_greedy_one():
    """The short cut gives what computing every gain anew gives."""
    candidates = [Candidate(n, 0.2 + (n * 37 % 61) / 80, "", [n * 29 % 17 - 8, n * 53 % 13 - 6]) for n in range(40)]

    assert most_telling(candidates, 12) == greedy(candidates, 12)


def greedy(candidates, limit):
    """Compute every gain at every step, with the likeness that the product computes."""
    likeness, told, chosen = _likeness(candidates), [0.0] * len(candidates), []
    for _ in range(limit):
        gains = {
            place: sum(
                one.uncertainty * max(like - known, 0) for one, like, known in zip(candidates, row, told, strict=True)
            )
            for place, row in enumerate(likeness)
            if candidates[place] not in chosen
        }
        best = max(gains, key=gains.__getitem__)
        chosen.append(candidates[best])
        told = [max(*both) for both in zip(told, likeness[best], strict=True)]
    return chosen
