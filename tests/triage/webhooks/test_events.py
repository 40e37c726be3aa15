"""What other systems are told of besides emails, and who carries it."""

import json
from datetime import timedelta
from threading import Event as Signal

import pytest
from sqlalchemy import select

from tests.make import NOW
from tests.triage.imap.make import imap_account
from tests.triage.incidents.conftest import arrive, outage
from tests.triage.webhooks.receiver import Receiver
from triage.handle import delete
from triage.imap.stored import add_account
from triage.imap.telling import note_polled, note_problem
from triage.incidents.grouping import group_emails
from triage.outbox import Event
from triage.registry.telling import tell_activated
from triage.storage import outbox, renewals
from triage.storage.mailboxes import ensure_mailbox
from triage.storage.tables import Account, AuditEntry, Delivery
from triage.webhooks.forgetting import DELIVERED_KEPT, FAILED_KEPT, forget_sent
from workers.webhooks import Messengers

__all__ = ["arrive", "outage"]


@pytest.fixture
def told(database, webhooks):
    """What waits for a webhook that is told of everything, by kind."""
    webhooks.add("http://127.0.0.1:9/", list(Event))

    def found(event):
        with database.reading() as session:
            query = select(Delivery.body).where(Delivery.event == event).order_by(Delivery.id)
            return [json.loads(body)["data"] for body in session.scalars(query)]

    return found


def test_account_that_fails_is_news_once_and_lost_consent_again(database, told):
    """A-09: the first failure of several is told, and lost consent; what is mended and fails anew is told anew."""
    with database.unit_of_work() as session:
        number = add_account(session, imap_account(), b"encrypted", NOW).id
        session.get(Account, number).oauth = {"provider": "google"}
    for note, *values in (
        (note_problem, "it does not answer", NOW),
        (note_problem, "it does not answer still", NOW),
        (renewals.note_consent_gone, "gone", NOW),
        (note_problem, "consent is gone", NOW),
        (note_problem, "consent is gone", NOW),
        (renewals.note_renewed,),
        (note_polled, NOW),
        (note_polled, NOW, "folder Archive is not there"),
    ):
        with database.unit_of_work() as session:
            note(session, number, *values)

    assert [(one["account"], one["state"], one["problem"]) for one in told(Event.ACCOUNT_FAILED)] == [
        ("support", "failing", "it does not answer"),
        ("support", "consent_gone", "consent is gone"),
        ("support", "failing", "folder Archive is not there"),
    ]


def test_incident_that_opens_is_told_once(database, outage, arrive, told, clock):
    """One matter is one event, with how many mails it has; mails that join it later are none."""
    assert told(Event.INCIDENT_OPENED) == []  # the outage was there before the webhook
    mails = arrive(*(f"the lift of house seven is stuck {n}" for n in ("a", "b", "c", "d", "e", "f")))
    group_emails(database, mails, NOW)
    later = arrive("the lift of house seven is stuck again", after=timedelta(minutes=1))
    group_emails(database, later, NOW)

    (opened,) = told(Event.INCIDENT_OPENED)
    assert opened["count"] >= 6
    assert (opened["mailbox"], opened["surge"]) == ("main", None)


def test_activation_is_told_with_what_it_replaced(database, told):
    """A version that is activated, and the way back to the shipped one, are told with author and reason."""
    with database.unit_of_work() as session:
        number = ensure_mailbox(session, "main", NOW)
        row = {"mailbox_id": number, "version": "v2", "author": "ada", "reason": "better"}
        tell_activated(session, row, instead_of=None)

    assert told(Event.MODEL_ACTIVATED) == [
        {"version": "v2", "kind": "text", "instead_of": None, "author": "ada", "reason": "better", "mailbox": "main"}
    ]
    with database.reading() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "model.activated")).one()
    assert (entry.model_version, entry.mailbox) == ("v2", "main")


def test_trail_outlives_what_it_tells_of(database, outage):
    """An email that is deleted for good stays in the trail by its number."""
    with database.unit_of_work() as session:
        delete(session, outage[0], NOW)

    with database.reading() as session:
        query = select(AuditEntry.action).where(AuditEntry.subject == f"email {outage[0]}")
        assert "email.deleted" in session.scalars(query).all()


def test_slow_receiver_holds_up_no_other(database, webhooks, sender, receiver, clock):
    """While one receiver takes its time another is told, and a second look leaves the slow one alone."""
    may_answer, slow = Signal(), Receiver().up()
    slow.answer = lambda _: (may_answer.wait(5) and 204, {})
    numbers = [webhooks.add(one.url, [Event.EMAIL_RANKED])[0].id for one in (slow, receiver)]
    arrived = Signal()
    receiver.answer = lambda _: (arrived.set() or 204, {})
    messengers = Messengers(sender, lambda: False)
    for number in numbers:
        webhooks.try_out(number)
    messengers.look()
    messengers.look()

    assert arrived.wait(10)
    assert slow.got == []
    may_answer.set()
    messengers.wait()
    slow.down()
    assert len(slow.got) == 1


def test_what_was_sent_long_ago_is_forgotten_and_what_waits_never(database, webhooks, sender, receiver, clock):
    """Sent events go after a week, those given up after a month; one that waits stays however old."""
    number = webhooks.add(receiver.url, [Event.EMAIL_RANKED])[0].id
    webhooks.try_out(number)
    sender.send(number)
    waiting = webhooks.try_out(number)
    given_up = webhooks.try_out(number)
    with database.unit_of_work() as session:
        outbox.note_tried(session, given_up, state=outbox.FAILED, tried_at=clock.now)

    assert forget_sent(database, clock.now + DELIVERED_KEPT + timedelta(days=1)) == 1
    assert forget_sent(database, clock.now + FAILED_KEPT + timedelta(days=1)) == 1
    assert [one.id for one in webhooks.log(number)] == [waiting]
