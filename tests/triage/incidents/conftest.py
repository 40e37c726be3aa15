"""Mail about one matter among other mail, read by a fake model whose representations are of its words."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.fakes import FakeTextModel
from tests.make import NOW, POLICY, make_intake, raw_message, reading, represented
from triage.classify import classify
from triage.incidents.grouping import group_emails
from triage.intake import Submission
from triage.labels import Urgency
from triage.memory.representation import features_of

POWER = "power cut across our street since noon"
OTHERS = (
    "invoice 12 has a wrong address on it",
    "may we bring a dog to the appointment on friday",
    "thank you for the friendly help last week",
    "please cancel my subscription to the newsletter",
    "the parcel arrived without its charger",
    "how do i change the password of my account",
)


class WordsModel(FakeTextModel):
    """A model that sees words, and in all mail the same kind."""

    def read(self, texts):
        return [
            replace(one, representation=represented(features_of(one.representation), (100, 0)))
            for one in super().read(texts)
        ]


@pytest.fixture
def arrive(database, redis):
    """Take in mail and read it; return the ids. `after` is how long after `NOW` it is received."""
    intake = make_intake(database, redis)

    def arrives(*texts, mailbox="main", after=timedelta(0), urgency=Urgency.NORMAL):
        moment = NOW + after
        submissions = [Submission(raw_message(text, f"{text} {n}"), received_at=moment) for n, text in enumerate(texts)]
        ids = [one.email_id for one in intake.accept(submissions, mailbox=mailbox, now=moment)]
        with database.unit_of_work() as session:
            classify(session, ids, WordsModel(reading(urgency=urgency)), POLICY, moment)
        return ids

    return arrives


@pytest.fixture
def outage(database, arrive):
    """Six mails about one matter among six others, grouped; the ids of the six."""
    ids = arrive(*(f"{POWER} {word}" for word in ("urgent", "when", "really", "again", "sorry", "hello")))
    others = arrive(*OTHERS)
    group_emails(database, [*ids, *others], NOW)
    return ids
