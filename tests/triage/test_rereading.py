"""Mail is read again with another version: labelled mail first, each once, and nobody's word or work is lost."""

import pytest

from tests.fakes import FakeTextModel
from tests.make import NOW, POLICY, accept, make_intake, raw_message, reading
from triage.classify import classify
from triage.feedback import label
from triage.handle import mark_done, reopen
from triage.labels import Topic, Urgency
from triage.ranking import Statement
from triage.rereading import read_again
from triage.storage import rereading
from triage.storage.inbox import inbox_row
from triage.storage.tables import Verdict

OLD = FakeTextModel(reading(topic=Topic.TECHNICAL, urgency=Urgency.LOW), version="v1")
CRITICAL = reading(topic=Topic.BILLING, urgency=Urgency.CRITICAL, confidence=0.97)


@pytest.fixture
def new():
    """A model of another version, to which all mail is critical."""
    return FakeTextModel(CRITICAL, version="v2")


@pytest.fixture
def ids(database, redis):
    """Four emails, read with the first version."""
    receipts = accept(make_intake(database, redis), *(raw_message(f"mail {n}", f"body {n}") for n in range(4)))
    made = [receipt.email_id for receipt in receipts]
    with database.unit_of_work() as session:
        classify(session, made, OLD, POLICY, NOW)
    return made


def say(database, email_id, **heads):
    with database.unit_of_work() as session:
        label(session, [email_id], Statement(**heads), source="human", author="anna", now=NOW, policy=POLICY)


def done(database, email_id):
    with database.unit_of_work() as session:
        mark_done(session, email_id, NOW)


def left(database, version, **changed):
    with database.reading() as session:
        (mailbox_id,) = rereading.mailbox_ids(session)
        return rereading.to_read_again(session, mailbox_id, version, **{"limit": 10} | changed)


def progress(database, version):
    with database.reading() as session:
        (mailbox_id,) = rereading.mailbox_ids(session)
        found = rereading.progress(session, mailbox_id, version)
    return found.done, found.of


def row(database, email_id):
    with database.reading() as session:
        return inbox_row(session, email_id)


def verdict(database, email_id, version):
    with database.reading() as session:
        return session.get(Verdict, (email_id, version))


def place(row):
    email = row.email
    return email.priority, email.band, email.topic, email.rank_at, email.reasons, email.model_version


def test_labelled_mail_comes_first_and_handled_mail_only_if_labelled(database, ids):
    """What is learned from is needed first; what is done and of which nobody spoke is left alone."""
    say(database, ids[2], topic="billing")
    say(database, ids[3], topic="billing")
    done(database, ids[3])
    done(database, ids[0])

    assert left(database, "v2") == ids[2:]
    read_again(database, ids[2:], FakeTextModel(version="v2"), POLICY, NOW)
    assert left(database, "v2") == [ids[1]]
    assert progress(database, "v2") == (2, 3)
    read_again(database, [ids[1]], FakeTextModel(version="v2"), POLICY, NOW)
    assert (left(database, "v2"), progress(database, "v2")) == ([], (3, 3))


def test_nothing_is_left_where_the_active_version_read_all(database, ids):
    """The common case costs a look at two indexes."""
    assert (left(database, "v1"), progress(database, "v1")) == ([], (4, 4))


def test_mail_read_again_moves_and_keeps_its_earlier_verdict(database, ids, new):
    """It stands where the new version puts it, and both verdicts are there."""
    before = row(database, ids[0]).email.priority

    read_again(database, ids[:1], new, POLICY, NOW)

    now = row(database, ids[0])
    assert (now.email.model_version, now.email.topic, now.email.band) == ("v2", "billing", "critical")
    assert now.email.priority == now.verdict.priority > before
    assert verdict(database, ids[0], "v1").topic == "technical"


def test_what_people_said_counts_after_a_second_reading(database, ids, new):
    """As when the verdict had come first and the label after it."""
    say(database, ids[0], topic="order", urgency=Urgency.LOW)
    read_again(database, ids[:2], new, POLICY, NOW)
    say(database, ids[1], topic="order", urgency=Urgency.LOW)

    first, second = row(database, ids[0]), row(database, ids[1])
    assert first.email.topic == "order"
    assert place(first)[:3] == place(second)[:3]
    assert first.email.reasons == second.email.reasons


def test_handled_mail_gets_a_verdict_and_does_not_move(database, ids, new):
    """Somebody who looks at what they did yesterday finds it as it was; reopened, it is read again like others."""
    say(database, ids[0], topic="billing")
    done(database, ids[0])
    before = place(row(database, ids[0]))

    read_again(database, ids[:1], new, POLICY, NOW)

    assert verdict(database, ids[0], "v2").topic == "billing"
    assert place(row(database, ids[0])) == before
    assert ids[0] not in left(database, "v2")
    with database.unit_of_work() as session:
        reopen(session, ids[0])
    assert ids[0] in left(database, "v2")


def test_mail_that_a_version_has_read_before_is_not_read_once_more(database, ids, new):
    """Back at the first version it stands where it stood, to the bit, without any model (A-23)."""
    before = {one: (place(row(database, one)), row(database, one).verdict.distributions) for one in ids}
    read_again(database, ids, new, POLICY, NOW)
    again = FakeTextModel(CRITICAL, version="v1")

    assert left(database, "v1") == ids
    read_again(database, ids, again, POLICY, NOW)

    assert {one: (place(row(database, one)), row(database, one).verdict.distributions) for one in ids} == before
    assert again.have_read == []


def test_reading_again_twice_changes_nothing(database, ids, new):
    """Whoever was stopped between the commit and the next step does it again."""
    for _ in range(2):
        read_again(database, ids, new, POLICY, NOW)

    assert len(new.have_read) == 4
    assert progress(database, "v2") == (4, 4)


def test_mail_deleted_or_handled_while_it_is_read_is_left_alone(database, ids):
    """The model reads without a lock, so somebody may."""

    class SlowModel(FakeTextModel):
        def read(self, texts):
            done(database, ids[0])
            with database.unit_of_work() as session:
                session.delete(session.get_one(rereading.Email, ids[1]))
            return super().read(texts)

    read_again(database, ids, SlowModel(CRITICAL, version="v2"), POLICY, NOW)

    assert row(database, ids[0]).email.model_version == "v1"
    assert row(database, ids[1]) is None
    assert row(database, ids[2]).email.model_version == "v2"


def test_mail_that_cannot_be_read_is_passed_over(database, ids):
    """Those named come not again, and the others do."""
    assert left(database, "v2", besides=ids[:3]) == ids[3:]
