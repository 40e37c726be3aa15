"""One connection reads what can be read, says what cannot, and waits where there is no room."""

import time
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import update

from tests.system.conftest import until
from tests.triage.imap.conftest import NOW, lease_of, mail
from tests.triage.imap.test_watch import clock, last_uid, nothing_is_missing, proxied, row, watch
from triage.errors import CommandRefused
from triage.imap.stumbles import Stumbles
from triage.imap.visit import Visit
from triage.intake import QueueLimit, Submission
from triage.storage import accounts, folders
from triage.storage.tables import Email

__all__ = ["clock", "proxied", "watch"]

NOPERM = "NO [NOPERM] this is not yours"


@pytest.fixture
def visit(log_in):
    """Return a visit of an account, on a connection of its own."""

    def begun(door):
        stumbles = {folder: Stumbles() for folder in door.account.folders}
        return Visit(log_in(door), door, lease_of(door), stumbles, {}, timedelta(minutes=9), Random(7))

    return begun


def verified_at(door):
    with door.database.reading() as session:
        return folders.folder_of(session, door.account.id, "INBOX").verified_at


def two_folders(make_door, proxy, mail_user):
    mail_user.deliver(mail(1))
    mail_user.deliver(mail(2), folder="Kunden")
    return make_door(port=proxy.port, folders=("INBOX", "Kunden"))


def test_folder_that_may_not_be_opened_is_no_hindrance(make_door, mail_user, proxy, watch, stored):
    """The others are read, the problem names it, and nobody asks for it again before the next look."""
    door = two_folders(make_door, proxy, mail_user)
    proxy.faults.answer("EXAMINE", NOPERM, times=2)

    watch(door)

    until(lambda: "INBOX: " in row(door).problem, 60)
    time.sleep(2)
    assert stored() == [mail(2)]
    assert row(door).polled_at is not None
    assert "not yours" in row(door).problem
    assert len(proxy.record.named("LOGIN")) == 1
    assert proxy.record.named("IDLE") == []


def test_account_that_may_open_no_folder_gets_another_connection(mail_user, proxied, proxy, watch, stored):
    """Servers say so of a login that has gone stale, too."""
    mail_user.deliver(mail(1))
    proxy.faults.answer("EXAMINE", "BAD User is authenticated but not connected", times=2)

    watch(proxied)

    until(lambda: len(stored()) == 1, 60)
    assert len(proxy.record.named("LOGIN")) == 2


def test_search_that_is_refused_holds_up_no_other_folder(make_door, mail_user, proxy, visit, stored):
    """What stands in the folders after it is read by the same connection, and then that is made anew."""
    door = two_folders(make_door, proxy, mail_user)
    proxy.faults.answer("UID SEARCH", "NO it cannot be searched")

    with pytest.raises(CommandRefused):
        visit(door).look()
    assert stored() == [mail(2)]

    visit(door).look()
    assert stored() == [mail(2), mail(1)]


def test_message_that_never_comes_is_a_problem(make_door, strange, watch, stored):
    """A server that says OK and sends no message makes nobody believe that all is well."""
    for number in range(3):
        strange.deliver(mail(number))
    strange.quirks.unfetchable.add(2)
    door = make_door(host=strange.host, port=strange.port)

    watch(door)

    until(lambda: row(door).polled_at is not None, 60)
    assert row(door).problem.startswith("1 messages in INBOX cannot be fetched")
    assert len(stored()) == 2
    assert verified_at(door) is None


def test_mail_that_is_missing_is_fetched_and_then_counts_as_compared(door, mail_user, visit, stored):
    """A folder counts as compared once nothing of it is missing."""
    mail_user.deliver(mail(1))
    visit(door).look()
    with door.database.unit_of_work() as session:
        known = folders.folder_of(session, door.account.id, "INBOX")
        known.verified_at = None
    mail_user.deliver(mail(2))
    visit(door).server.open("INBOX")
    with door.database.unit_of_work() as session:
        folders.move_cursor(session, known.id, known.uidvalidity, 2)  # as if it had been passed

    visit(door).look()

    assert len(stored()) == 2
    assert verified_at(door) == NOW


def test_clock_that_is_set_back_puts_off_no_verification(door, mail_user, visit):
    """A-15: a folder that was compared in the future is compared again."""
    mail_user.deliver(mail(1))
    visit(door).look()
    back = NOW - timedelta(days=30)

    visit(replace(door, clock=lambda: back)).look()

    assert verified_at(door) == back


def test_old_problem_ends_when_mail_comes_in(door, mail_user, visit):
    """A first import that takes hours does not stand as failing for as long."""
    mail_user.deliver(mail(1))
    with door.database.unit_of_work() as session:
        accounts.note_problem(session, door.account.id, "it did not answer", NOW)

    visit(door).read("INBOX")

    assert (row(door).problem, row(door).problem_since) == ("", None)


def test_full_queue_is_waited_for_on_one_connection(mail_user, proxied, proxy, watch, stored, log_in, monkeypatch):
    """A-29: mail for which there is no room is fetched once, and taken in when there is some; nothing is amiss."""
    monkeypatch.setattr("triage.intake.limit.LOOKING_SHARE", 1e9)
    limited = replace(proxied.intake, limit=QueueLimit(5, looks_every=timedelta(0)))
    limited.accept([Submission(mail(number)) for number in range(5)], mailbox="main", now=NOW)
    for number in range(5, 15):
        mail_user.deliver(mail(number))

    watch(replace(proxied, intake=limited))
    until(lambda: any("BODY" in one.arguments for one in proxy.record.named("UID FETCH")), 60)
    time.sleep(1)
    held_back, problem = last_uid(proxied), row(proxied).problem
    with proxied.database.unit_of_work() as session:
        session.execute(update(Email).values(state="read"))
    until(lambda: len(stored()) == 15, 60)

    assert (held_back, problem) == (0, "")
    assert len(proxy.record.named("LOGIN")) == 1
    assert len([one for one in proxy.record.named("UID FETCH") if "BODY" in one.arguments]) == 1
    assert nothing_is_missing(log_in, proxied)
