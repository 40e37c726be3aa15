"""What the tests of polling stand on: a user of a real Dovecot, an account for them, and a door to a real database."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from random import Random
from threading import Event, Thread

import pytest
from sqlalchemy import select

from tests.imap_servers.fixtures import dovecot, identity_provider, mail_user, proxy, strange
from triage.imap.account import ImapAccount, Password, Security
from triage.imap.connection import connect
from triage.imap.door import Door
from triage.imap.lease import Lease
from triage.imap.poll import new_mail
from triage.imap.stumbles import Stumbles
from triage.imap.watch import Watch
from triage.intake import Intake
from triage.queue import Doorbell, WorkStream, celery_app
from triage.ranking import load_policy
from triage.storage import accounts
from triage.storage.mailboxes import ensure_mailbox
from triage.storage.tables import Account, Email, Message

__all__ = ["dovecot", "identity_provider", "mail_user", "proxy", "strange"]

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def intake(database, redis, redis_server):
    app = celery_app(redis_server.url)
    return Intake(database, WorkStream(redis), Doorbell(redis, app), load_policy(None))


@pytest.fixture
def make_door(database, intake, mail_user, dovecot):
    """Store an account for the user, with what a test wants otherwise, and return the door to it."""

    def make(name="support", **given):
        values = {
            "mailbox": "main",
            "host": dovecot.host,
            "port": dovecot.port,
            "security": Security.NONE,
            "username": mail_user.name,
            "created_at": NOW,
        } | given
        with database.unit_of_work() as session:
            account_id = accounts.add(
                session,
                Account(
                    name=name,
                    mailbox_id=ensure_mailbox(session, values["mailbox"], NOW),
                    created_at=NOW,
                    host=values["host"],
                    port=values["port"],
                    security=values["security"],
                    username=values["username"],
                    secret=b"",
                    folders=list(values.get("folders", ("INBOX",))),
                    since=values.get("since"),
                    interval_seconds=60,
                    problem="",
                ),
            )
        return Door(ImapAccount(id=account_id, name=name, **values), database, intake, lambda: NOW)

    return make


@pytest.fixture
def door(make_door):
    return make_door()


@pytest.fixture
def log_in(mail_user):
    """Connect to the account of a door; every connection ends with the test."""
    made = []

    def connected(door):
        made.append(connect(door.account, Password(mail_user.password), answer_seconds=20))
        return made[-1]

    yield connected
    for server in made:
        server.close()


@pytest.fixture
def poll(log_in):
    """Take in what is new in a folder, on a new connection; return how many emails were new."""

    def polled(door, folder="INBOX"):
        return sum(new_mail(log_in(door), folder, door, Stumbles()))

    return polled


@pytest.fixture
def stored(database):
    """Return the bytes of all emails of a mailbox, in the order in which they were stored."""

    def bytes_of(mailbox="main"):
        with database.reading() as session:
            mailbox_id = ensure_mailbox(session, mailbox, NOW)
            query = select(Message.raw).join(Email, Email.id == Message.email_id).where(Email.mailbox_id == mailbox_id)
            return list(session.scalars(query.order_by(Email.id)))

    return bytes_of


def lease_of(door, *, stop=None, owner="us", length=timedelta(seconds=30)):
    return Lease(door.database, door.account.id, owner, length, door.clock, stop or Event())


def mail(number, *, subject=None, message_id=None, body=None):
    """Return a small mail; each number is another."""
    lines = [
        "From: Ada <ada@example.org>",
        "To: support@example.org",
        f"Subject: {subject or f'Question {number}'}",
        *([f"Message-ID: {message_id}"] if message_id is not None else []),
        "Date: Mon, 02 Mar 2026 08:00:00 +0000",
        "",
        body or f"This is mail number {number}.",
        "",
    ]
    return "\r\n".join(lines).encode()


@contextmanager
def watches():
    """Begin to watch accounts, in threads; what was begun ends with the block."""
    begun = []

    def begin(door, owner, shown, pace):
        made = Watch(door, owner, shown, pace, random=Random(7))
        thread = Thread(target=made.run)
        thread.start()
        begun.append((made, thread))
        return made

    try:
        yield begin
    finally:
        for made, _ in begun:
            made.stop.set()
        for _, thread in begun:
            thread.join(30)
            assert not thread.is_alive()
