"""An account is polled on, whatever the server, the network or the clock do."""

import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from tests.system.conftest import until
from tests.triage.imap.conftest import NOW, mail, watches
from triage.errors import ConsentGone, LoginRefused, StorageFault
from triage.imap.account import Password
from triage.imap.complete import compare
from triage.imap.poller import GRACE_SECONDS
from triage.imap.watch import Pace
from triage.storage import accounts, folders

PACE = Pace(lease=timedelta(seconds=6), idle_renewal=timedelta(seconds=3), answer=timedelta(seconds=2))
# What reading takes; nothing else may be said to a server that nothing is written back to.
READING = {"CAPABILITY", "LOGIN", "EXAMINE", "UID SEARCH", "UID FETCH", "IDLE", "DONE", "LOGOUT"}


@pytest.fixture
def clock():
    """A clock that a test can set; it shows the time that has passed since NOW."""

    class Clock:
        def __init__(self):
            self.began, self.ahead = datetime.now(UTC), timedelta(0)

        def __call__(self):
            return NOW + (datetime.now(UTC) - self.began) + self.ahead

    return Clock()


@pytest.fixture
def watch(mail_user):
    """Begin to watch an account; what was begun ends with the test."""
    with watches() as begin:
        own = Password(mail_user.password)
        yield lambda door, *, owner="us", shown=lambda _: own, pace=PACE: begin(door, owner, shown, pace)


@pytest.fixture
def proxied(make_door, proxy, clock):
    """The door of an account that reaches its server through the proxy."""
    door = make_door(port=proxy.port, interval=timedelta(seconds=60))
    return type(door)(door.account, door.database, door.intake, clock)


def row(door):
    with door.database.reading() as session:
        return accounts.by_id(session, door.account.id).account


def last_uid(door):
    with door.database.reading() as session:
        known = folders.folder_of(session, door.account.id, "INBOX")
        return None if known is None else known.last_uid


def nothing_is_missing(log_in, door):
    return compare(log_in(door), "INBOX", door).missing == ()


def test_mail_is_taken_in_as_it_comes_and_the_mailbox_is_left_alone(mail_user, proxied, proxy, watch, stored, log_in):
    """A-26: new mail comes in by IDLE, long before the next look, and a full run says nothing that changes anything."""
    mail_user.deliver(mail(0))
    watch(proxied)
    until(lambda: len(stored()) == 1, 60)
    proxy.record.wait_for("IDLE")

    mail_user.deliver(mail(1))
    until(lambda: len(stored()) == 2, 60)

    assert set(proxy.record.names) <= READING
    assert all("BODY.PEEK" in one.arguments or "SIZE" in one.arguments for one in proxy.record.named("UID FETCH"))
    assert nothing_is_missing(log_in, proxied)


def test_silent_connection_is_given_up(mail_user, proxied, proxy, watch, stored, log_in):
    """A-08: a connection that dies during IDLE is noticed when IDLE is renewed, and mail comes in by another."""
    watch(proxied)
    proxy.faults.black_hole(after="IDLE")
    proxy.record.wait_for("IDLE")
    mail_user.deliver(mail(1))
    proxy.faults.heal()

    until(lambda: len(stored()) == 1, 60)

    assert len({one.connection for one in proxy.record.named("LOGIN")}) >= 2
    assert row(proxied).connected_at is not None
    assert nothing_is_missing(log_in, proxied)


def test_connection_that_the_server_closes_is_made_anew_at_once(mail_user, proxied, proxy, watch, stored):
    """Nobody waits for the end of an IDLE to find that the other side has gone."""
    watch(proxied, pace=Pace(idle_renewal=timedelta(minutes=9)))
    proxy.record.wait_for("IDLE")
    proxy.drop()

    mail_user.deliver(mail(1))

    until(lambda: len(stored()) == 1, 30)


@pytest.mark.parametrize(
    "answer", ["NO [THROTTLED] Slow down", "NO Request is throttled. Suggested Backoff Time: 1500 milliseconds"]
)
def test_throttled_account_waits_and_loses_nothing(
    mail_user, proxied, proxy, make_door, watch, stored, log_in, monkeypatch, answer
):
    """A-29: the cursor never passes mail that was not taken in, and another account does not wait."""
    monkeypatch.setattr("triage.imap.patience.FIRST_WHEN_BUSY", timedelta(seconds=1))
    for number in range(10):
        mail_user.deliver(mail(number))
    proxy.faults.answer("UID FETCH", answer, times=2)
    watch(proxied)
    until(lambda: "come back later" in row(proxied).problem, 60)
    held_back = last_uid(proxied)

    other = make_door("other", mailbox="other")
    watch(other)
    until(lambda: len(stored("other")) == 10, 60)
    until(lambda: len(stored("main")) == 10, 60)
    until(lambda: row(proxied).problem == "", 60)

    assert held_back == 0
    assert nothing_is_missing(log_in, proxied)


def test_told_wait_is_kept(proxied, proxy, watch):
    """A-29: who is told to come back in a minute does not come before."""
    proxy.faults.answer("LOGIN", "NO [LIMIT] Too many logins. Retry-After: 60", times=9)
    watch(proxied)
    until(lambda: "Too many logins" in row(proxied).problem, 60)

    time.sleep(3)

    assert len(proxy.record.named("LOGIN")) == 1


def test_connection_that_breaks_within_mail_is_made_anew(mail_user, proxied, proxy, watch, stored, log_in):
    """Literals cut in the middle again and again: every mail is stored once, and whole."""
    sent = [mail(number, body="x" * 2000) for number in range(30)]
    for raw in sent:
        mail_user.deliver(raw)
    for after_bytes in (100, 1500, 700):
        proxy.faults.cut_literal(after_bytes=after_bytes)

    watch(proxied)
    until(lambda: len(stored()) == 30, 60)

    assert Counter(stored()) == Counter(sent)
    assert len({one.connection for one in proxy.record.commands}) >= 4
    assert nothing_is_missing(log_in, proxied)


def test_wrong_password_is_said_and_mended(mail_user, proxied, watch, stored):
    """A refused login is a problem in one sentence; once a secret is mended the wait is over."""
    mail_user.deliver(mail(1))
    shown = [Password("wrong"), Password(mail_user.password)]
    watching = watch(proxied, shown=lambda _: shown[0])
    until(lambda: "does not let us in" in row(proxied).problem, 60)
    shown.pop(0)

    watching.wake.set()

    until(lambda: len(stored()) == 1, 60)
    until(lambda: row(proxied).problem == "", 60)


def test_consent_that_is_gone_is_said(proxied, watch):
    """A-09: what stands in the way is noted with the first poll that fails, and since when."""

    def refused(_):
        raise ConsentGone("consent for account support is gone; give it anew")

    watch(proxied, shown=refused)

    until(lambda: row(proxied).problem.startswith("consent for account support is gone"), 60)
    assert row(proxied).problem_since is not None
    assert issubclass(ConsentGone, LoginRefused)


@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(hours=-1)], ids=["ahead", "back"])
def test_clock_that_jumps_delays_no_mail(mail_user, proxied, proxy, watch, stored, clock, jump):
    """A-15: whoever sets the clock an hour ahead or back, mail comes in as before."""
    watch(proxied)
    proxy.record.wait_for("IDLE")
    clock.ahead = jump

    mail_user.deliver(mail(1))

    until(lambda: len(stored()) == 1, 60)
    proxy.record.wait_for("IDLE", times=3)  # it is renewed every three seconds


def test_second_process_waits_and_takes_over(mail_user, proxied, make_door, proxy, watch, stored):
    """One process polls an account; another takes over when it ends."""
    first = watch(proxied, owner="first")
    proxy.record.wait_for("IDLE")
    watch(proxied, owner="second")
    time.sleep(2 * PACE.lease.total_seconds() / 3)
    alone = {one.connection for one in proxy.record.named("LOGIN")}

    first.stop.set()
    mail_user.deliver(mail(1))

    until(lambda: len(stored()) == 1, 60)
    assert alone == {1}
    assert row(proxied).owner == "second"


def test_missing_folder_is_a_problem_and_no_hindrance(mail_user, make_door, watch, stored):
    """Of an account whose folder is gone the others are read, and the problem is said."""
    mail_user.deliver(mail(1))
    door = make_door(folders=("INBOX", "Archiv"))

    watch(door)

    until(lambda: len(stored()) == 1, 60)
    until(lambda: "Archiv" in row(door).problem, 60)
    assert row(door).polled_at is not None


def test_watch_that_idles_ends_at_once(proxied, proxy, watch):
    """Whoever is told to stop does not wait for a server that says nothing while we idle, and others may take over."""
    watching = watch(proxied, pace=Pace())
    proxy.record.wait_for("IDLE")

    watching.stop.set()

    until(lambda: row(proxied).owner is None, GRACE_SECONDS)


def test_database_that_refuses_us_brings_no_login_forward(proxied, proxy, watch, monkeypatch):
    """A fault of storage in the midst of a wait ends neither the wait nor the thread."""

    def refused(*_):
        raise StorageFault("the database refuses what we ask")

    proxy.faults.answer("LOGIN", "NO [AUTHENTICATIONFAILED] not you", times=9)
    monkeypatch.setattr(accounts, "note_problem", refused)
    watching = watch(proxied)
    proxy.record.wait_for("LOGIN")
    monkeypatch.setattr(accounts, "lease", refused)

    time.sleep(3 * PACE.lease.total_seconds() / 3)

    assert len(proxy.record.named("LOGIN")) == 1
    assert watching.failures_in_a_row == 1
