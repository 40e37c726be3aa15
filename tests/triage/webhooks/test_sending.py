"""Events on their way: every one arrives, in order, once remembered by its id, whatever happens in between."""

import json
import socket
import threading
import time
from collections import defaultdict
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from standardwebhooks import Webhook as Verifier

from triage.network import Guard
from triage.outbox import Event, Fact, announce
from triage.storage import outbox
from triage.storage.mailboxes import ensure_mailbox
from triage.storage.tables import Delivery, Webhook
from triage.webhooks.schedule import SCHEDULE


def happen(database, clock, subject="email 1", count=1, event=Event.EMAIL_RANKED):
    """Let things happen that webhooks are told of, each numbered."""
    with database.unit_of_work() as session:
        announce(session, event, [Fact(subject, None, {"n": n}) for n in range(count)], clock())


def numbers(received):
    return [json.loads(one.body)["data"]["n"] for one in received]


def states(database):
    with database.reading() as session:
        return list(session.scalars(select(Delivery.state).order_by(Delivery.id)))


def test_receiver_that_was_down_for_an_hour_gets_everything(database, webhooks, sender, receiver, clock):
    """A-34: down for an hour and then up: every event arrives, in order per email, with a signature that holds."""
    number, secret = (made := webhooks.add(receiver.url, [Event.EMAIL_RANKED]))[0].id, made[1]
    receiver.down()
    for minute in range(60):
        happen(database, clock, f"email {minute % 3}", count=2)
        sender.send(number)
        clock.go(minutes=1)
    assert not receiver.got

    receiver.up()
    happen(database, clock, "email 9")
    while sender.to_tell():
        sender.send(number)

    assert set(states(database)) == {"delivered"}
    assert len({one.headers["webhook-id"] for one in receiver.got}) == len(receiver.got) == 121
    by_email = defaultdict(list)
    with database.reading() as session:
        row_of = dict(session.execute(select(Delivery.message_id, Delivery.id)).all())
        subject_of = dict(session.execute(select(Delivery.message_id, Delivery.subject)).all())
    for one in receiver.got:
        told = one.headers["webhook-id"]
        by_email[subject_of[told]].append(row_of[told])
        _verify(one, secret)
    assert all(rows == sorted(rows) for rows in by_email.values())


def test_event_that_arrived_unacknowledged_comes_again_under_the_same_id(database, webhooks, sender, receiver, clock):
    """A-34: who sends dies between the answer and the note of it; the duplicate shares its `webhook-id`."""
    number = webhooks.add(receiver.url, [Event.EMAIL_RANKED])[0].id
    happen(database, clock)

    class Killed(BaseException):
        pass

    def die(*_):
        raise Killed

    dying = type(sender)(sender.database, sender.vault, sender.guard, "another process", clock=clock)
    with pytest.MonkeyPatch.context() as patch, suppress(Killed):
        patch.setattr(type(sender), "_note", die)
        patch.setattr("triage.storage.webhooks.release", lambda *_: None)
        dying.send(number)
    assert sender.send(number) == 0  # the dead one's lease has yet to run out
    clock.go(minutes=2)
    assert sender.send(number) == 1

    first, second = receiver.got
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body


def test_event_goes_along_the_schedule_and_is_kept_for_replay(database, webhooks, sender, receiver, clock):
    """An event that is never taken is tried ten times as the specification says, given up, and can be replayed."""
    number = webhooks.add(receiver.url, [Event.EMAIL_RANKED])[0].id
    receiver.answer = lambda _: (500, {})
    happen(database, clock)
    waits = []
    while sender.to_tell():
        sender.send(number)
        with database.reading() as session:
            one = outbox.deliveries(session, number, limit=1)[0]
        if one.state == outbox.WAITING:
            waits.append(one.due_at - clock.now)
            clock.now = one.due_at

    assert one.state == outbox.FAILED
    assert one.attempts == 10
    assert one.answer == 500
    assert all(spec <= wait <= 1.1 * spec for wait, spec in zip(waits, SCHEDULE, strict=True))
    receiver.answer = lambda _: (200, {})
    assert webhooks.replay_failed(number) == 1
    assert sender.send(number) == 1
    assert receiver.got[0].headers["webhook-id"] == one.message_id


def test_gone_receiver_is_told_nothing_more(database, webhooks, sender, receiver, clock):
    """410 disables a webhook; what happens then is not for it, and enabling tells it again."""
    number = webhooks.add(receiver.url, [Event.EMAIL_RANKED])[0].id
    receiver.answer = lambda _: (410, {})
    happen(database, clock)
    sender.send(number)
    happen(database, clock)

    assert webhooks.one(number).disabled_at == clock.now
    assert "410" in webhooks.one(number).problem
    assert sender.to_tell() == []
    assert states(database) == ["failed"]
    receiver.answer = lambda _: (204, {})
    webhooks.enable(number)
    happen(database, clock)
    assert sender.send(number) == 1


def test_event_waits_for_those_before_it_about_the_same(database, webhooks, sender, receiver, clock):
    """What one email's first event waits for its second waits for too; other emails go on."""
    number = webhooks.add(receiver.url, [Event.EMAIL_RANKED])[0].id
    receiver.answer = lambda one: (500 if b'"n":0' in one.body else 204, {})
    happen(database, clock, "email 1", count=2)
    with database.unit_of_work() as session:
        announce(session, Event.EMAIL_RANKED, [Fact("email 2", None, {"n": 7})], clock())
    sender.send(number)
    sender.send(number)

    assert numbers(receiver.got) == [7]


def test_redirect_is_not_followed(database, webhooks, sender, receiver, clock):
    """A-36: a receiver cannot send us elsewhere; that it tried is in the log."""
    number = webhooks.add(receiver.url, [Event.EMAIL_RANKED])[0].id
    receiver.answer = lambda one: (302, {"Location": "/elsewhere"}) if one.path == "/triage" else (204, {})
    happen(database, clock)
    sender.send(number)

    assert receiver.got == []
    assert "redirects are not followed" in webhooks.log(number)[0].error


def test_host_that_leads_into_our_network_is_not_told(database, webhooks, sender, receiver, clock):
    """A-36: where a host leads is judged with each try, not only when it is given."""
    number = webhooks.add(receiver.url, [Event.EMAIL_RANKED])[0].id
    happen(database, clock)
    strict = type(sender)(sender.database, sender.vault, Guard(), "this process", clock=clock)
    strict.send(number)

    assert receiver.got == []
    assert "private network" in webhooks.log(number)[0].error


def test_receiver_that_takes_its_time_is_cut_off(database, webhooks, receiver, sender, clock):
    """A receiver that answers byte by byte without end is given up in time, and the event waits for another try."""
    number = webhooks.add(_endless(), [Event.EMAIL_RANKED])[0].id
    happen(database, clock)
    hasty = type(sender)(
        sender.database, sender.vault, sender.guard, "this process", clock=clock, within=timedelta(seconds=0.3)
    )
    assert hasty.send(number) == 0

    told = webhooks.log(number)[0]
    assert "did not answer within 0.3 seconds" in told.error
    assert told.state == "waiting"


def test_receiver_that_asks_for_time_is_given_it(database, webhooks, sender, receiver, clock):
    """`Retry-After` is honoured where it is longer than the schedule."""
    number = webhooks.add(receiver.url, [Event.EMAIL_RANKED])[0].id
    receiver.answer = lambda _: (429, {"Retry-After": "600"})
    happen(database, clock)
    sender.send(number)

    assert webhooks.log(number)[0].due_at == clock.now + timedelta(minutes=10)


def test_both_secrets_sign_while_one_is_replaced(database, webhooks, sender, receiver, clock):
    """For a day a receiver that knows the former secret alone verifies as well as one that knows the new one."""
    status, former = webhooks.add(receiver.url, [Event.EMAIL_RANKED])
    secret = webhooks.give_secret(status.id)
    happen(database, clock)
    sender.send(status.id)
    clock.go(hours=25)
    happen(database, clock)
    sender.send(status.id)

    during, after = receiver.got
    assert len(during.headers["webhook-signature"].split()) == 2
    assert len(after.headers["webhook-signature"].split()) == 1
    _verify(during, former)
    _verify(during, secret)
    _verify(after, secret)
    with database.reading() as session:
        assert secret.encode() not in session.scalars(select(Webhook.secret)).one()


def test_event_of_a_change_that_is_undone_is_never_sent(database, webhooks, receiver, clock, sender):
    """An event belongs to the transaction of its change."""
    number = webhooks.add(receiver.url, [Event.EMAIL_RANKED])[0].id
    with suppress(ZeroDivisionError), database.unit_of_work() as session:
        announce(session, Event.EMAIL_RANKED, [Fact("email 1", None)], clock())
        raise ZeroDivisionError

    assert sender.send(number) == 0
    assert receiver.got == []


def test_webhook_of_a_mailbox_hears_of_no_other(database, webhooks, sender, receiver, clock):
    """A webhook that is told of one mailbox is told of nothing else."""
    with database.unit_of_work() as session:
        ours, theirs = (ensure_mailbox(session, name, clock()) for name in ("ours", "theirs"))
    webhooks.add(receiver.url, [Event.EMAIL_RANKED], "ours")
    with database.unit_of_work() as session:
        announce(
            session, Event.EMAIL_RANKED, [Fact("email 1", theirs), Fact("email 2", ours), Fact("x", None)], clock()
        )

    with database.reading() as session:
        assert list(session.scalars(select(Delivery.subject))) == ["email 2"]


def test_two_who_send_at_once_do_not_both(database, webhooks, sender, receiver, clock):
    """While one process has the lease of a webhook another leaves it alone."""
    number = webhooks.add(receiver.url, [Event.EMAIL_RANKED])[0].id
    happen(database, clock)
    with database.unit_of_work() as session:
        session.execute(update(Webhook).values(owner="another", leased_until=clock.now + timedelta(seconds=50)))

    assert sender.send(number) == 0
    clock.go(minutes=1)
    assert sender.send(number) == 1


def _verify(one, secret):
    """Verify as the specification's own library does, to whom any time is now."""
    headers = {name.lower(): value for name, value in one.headers.items()}
    verifier = Verifier(secret)
    verifier._Webhook__verify_timestamp = lambda told: datetime.fromtimestamp(int(told), UTC)
    verifier.verify(one.body, headers)


def _endless():
    """Return the address of a receiver that sends its headers a byte at a time, for ever."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve():
        opened, _ = server.accept()
        with suppress(OSError), opened:
            opened.recv(65536)
            while True:
                opened.sendall(b"H")
                time.sleep(0.02)

    threading.Thread(target=serve, daemon=True).start()
    return f"http://127.0.0.1:{server.getsockname()[1]}/"
