"""All mail with one person, to be told and to be removed."""

import json
from base64 import b64decode

import pytest

from tests.fakes import FakeTextModel
from tests.make import NOW, POLICY, accept, make_intake, raw_message
from triage import correspondents
from triage.classify import classify
from triage.correspondents import delete, export
from triage.errors import InvalidSubmission, MailboxNotFound
from triage.feedback import label
from triage.intake import Outcome
from triage.ranking import Statement
from triage.storage.inbox import InboxFilter, inbox_page


@pytest.fixture
def intake(database, redis):
    return make_intake(database, redis)


def mail(number, sender="Jo <jo@example.org>", *, to="info@example.com"):
    raw = raw_message(f"mail {number}", f"body {number}", sender=sender)
    return raw.replace(b"To: info@example.com", f"To: {to}".encode())


@pytest.fixture
def mails(database, intake):
    """Two from Jo, one of them with other letters; one to Jo; one of Jo's almost namesake; one of Jo's elsewhere."""
    raws = [
        mail(1),
        mail(2, "JO@Example.ORG"),
        mail(3, "Ada <ada@example.net>", to="desk@example.com, Jo <Jo@example.org>"),
        mail(4, "xjo@example.org", to="jo@example.org.evil.example"),
    ]
    ids = [receipt.email_id for receipt in accept(intake, *raws)]
    (elsewhere,) = accept(intake, mail(5), mailbox="hr")
    with database.unit_of_work() as session:
        classify(session, ids, FakeTextModel(), POLICY, NOW)
        label(session, ids[:1], Statement(topic="billing"), source="human", author="ben", now=NOW, policy=POLICY)
    return [*ids, elsewhere.email_id]


def subjects(database):
    with database.reading() as session:
        return sorted(row.email.subject for row in inbox_page(session, InboxFilter()))


def test_everything_about_one_correspondent_is_told(database, mails):
    """What they wrote and what was written to them, with bytes, verdict and labels; nobody else's."""
    told = list(export(database, " Jo@example.org"))

    assert [one["id"] for one in told] == [*mails[:3], mails[4]]
    assert b64decode(told[0]["raw_base64"]) == mail(1)
    assert told[0]["labels"][0]["author"] == "ben"
    assert told[0]["verdict"]["topic"] == "technical"
    assert [one["id"] for one in export(database, "jo@example.org", mailbox="hr")] == mails[4:]
    assert json.dumps(told)


def test_everything_about_one_correspondent_goes_and_no_more(database, intake, mails, monkeypatch):
    """In batches; the same mail is not taken in again, and a new one is."""
    monkeypatch.setattr(correspondents, "BATCH", 2)

    assert delete(database, "jo@example.org", NOW, most=1) == 1
    assert delete(database, "jo@example.org", NOW) == 3
    assert delete(database, "jo@example.org", NOW) == 0

    assert subjects(database) == ["mail 4"]
    again, new = accept(intake, mail(1), mail(6))
    assert (again.outcome, new.outcome) == (Outcome.REFUSED, Outcome.STORED)


def test_what_is_no_address_is_refused(database, mails):
    """Half an address would find other people's mail."""
    with pytest.raises(InvalidSubmission):
        delete(database, "example.org", NOW)
    with pytest.raises(MailboxNotFound):
        delete(database, "jo@example.org", NOW, mailbox="nobody")
    assert len(subjects(database)) == 5
