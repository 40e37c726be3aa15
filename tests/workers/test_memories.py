"""What a worker reads with: the memory that was fitted last, and never one that does it harm."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from tests.fakes import FakeTextModel
from tests.make import NOW, POLICY, accept, make_intake, raw_message, reading
from triage import feedback
from triage.classify import classify
from triage.labels import Topic
from triage.learning import due, learn
from triage.mail import MailText
from triage.ranking import Statement, likeliest
from triage.serving.aided import AidedModel
from triage.storage.mailboxes import mailbox_id
from triage.storage.tables import Memory
from workers.memories import Memories

MODEL = FakeTextModel(reading(topic=Topic.OTHER, confidence=0.6), version="v1")
TEXT = MailText("mail", "garage barrier ticket")


@pytest.fixture
def teach(database, redis):
    """Label a mail with these words with a topic and learn it; return the mailbox."""

    def teaches(topic):
        (receipt,) = accept(make_intake(database, redis), raw_message(*TEXT))
        with database.unit_of_work() as session:
            classify(session, [receipt.email_id], MODEL, POLICY, NOW)
            told = {"source": "human", "author": "anna", "now": NOW, "policy": POLICY}
            feedback.label(session, [receipt.email_id], Statement(topic=topic), **told)
            main = mailbox_id(session, "main")
        with database.reading() as session:
            (mailbox,) = due(session, lambda _: "v1")
        learn(database, mailbox, NOW)
        return main

    return teaches


def read(memories, main, version="v1"):
    """The topic that mail of a mailbox with these words is read as."""
    (one,) = memories.aided(main, FakeTextModel(MODEL._gives, version=version)).read([TEXT])
    return likeliest(one.topic)


def renew(database, memories):
    with database.reading() as session:
        memories.renew(session)


def test_what_was_fitted_last_is_read_with(database, teach):
    """Another fit takes its place at the next look."""
    memories = Memories()
    seen = []
    for topic in ("billing", "order"):
        main = teach(topic)
        renew(database, memories)
        renew(database, memories)
        seen.append(read(memories, main))

    assert seen == ["billing", "order"]


def test_a_memory_speaks_of_one_version_and_one_mailbox(database, teach):
    """Any other is read by the model alone."""
    memories, main = Memories(), teach("billing")
    renew(database, memories)

    assert read(memories, main, "v2") == "other"
    assert read(memories, main + 1) == "other"
    assert (memories.of(main, "v2"), memories.of(main + 1, "v1")) == (None, None)


@pytest.mark.parametrize("weights", [b"", b"PK is how an archive begins", b"\x93NUMPY\x01\x00"])
def test_a_memory_that_cannot_be_read_is_done_without(database, teach, weights):
    """Mail is read by the model alone, until the next fit."""
    memories, main = Memories(), teach("billing")
    with database.unit_of_work() as session:
        session.execute(update(Memory).values(weights=weights))

    renew(database, memories)
    without = read(memories, main)
    teach("order")
    renew(database, memories)

    assert (without, read(memories, main)) == ("other", "order")


def test_a_memory_that_fails_keeps_no_mail_from_being_read():
    """The model's word stands for the whole batch, and no mail is set aside."""

    class Broken:
        def recall(self, readings):
            raise ValueError("shapes (3,2) and (4,) not aligned")

    aided = AidedModel(MODEL, Broken())

    assert aided.read([TEXT]) == MODEL.read([TEXT])
    assert aided.version == "v1"
    assert aided.explain([TEXT]) == MODEL.explain([TEXT])


def test_a_memory_without_lessons_changes_nothing(database, teach):
    """All labels were withdrawn: the very model reads."""
    memories, main = Memories(), teach("billing")
    with database.unit_of_work() as session:
        feedback.withdraw_last(session, 1, author="anna", now=NOW, policy=POLICY)
    with database.reading() as session:
        (mailbox,) = due(session, lambda _: "v1")
    learn(database, replace(mailbox), NOW)

    renew(database, memories)

    assert memories.aided(main, MODEL) is MODEL
