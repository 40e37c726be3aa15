"""Pollers that are killed, stopped and starved, and mail that nobody should be able to read."""

import os
import random
import time
from collections import Counter

import pytest
from sqlalchemy import func, select, text

from tests.chaos.polling import Pollers
from tests.imap_servers.ugly import ugly_mails
from tests.system.conftest import until
from triage.storage.session import Database
from triage.storage.tables import Email, Location, Message

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(900)]


@pytest.fixture
def database_url(own_postgres):
    with own_postgres.database() as url:
        yield url


@pytest.fixture
def pollers(tmp_path, database_url, redis_server):
    made = Pollers(tmp_path / "pollers", database_url, redis_server.url)
    yield made
    made.stop()


@pytest.fixture
def database(database_url):
    made = Database(database_url)
    yield made
    made.close()


def mail(number: int, words: int = 20) -> bytes:
    lines = [f"From: a{number}@example.org", f"Subject: Question {number}", "", "word " * words + f"{number}", ""]
    return "\r\n".join(lines).encode()


def count(database, table=Email) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def stored(database) -> Counter[bytes]:
    with database.reading() as session:
        return Counter(session.scalars(select(Message.raw)))


def test_two_that_are_killed_at_random_store_each_mail_once(pollers, mail_user, dovecot, database, figure):
    """A-01: two pollers on one folder with 1,000 mails, killed at random twenty times: none twice, none missing."""
    dice = random.Random(7)
    sent = [mail(number, words=300) for number in range(1_000)]
    for raw in sent[:200]:
        mail_user.deliver(raw)
    pollers.add_account(mail_user, dovecot.port)
    for _ in range(2):
        pollers.start()
    waiting = iter(sent[200:])
    for _ in range(20):
        time.sleep(dice.uniform(0.5, 3))
        for raw in (next(waiting) for _ in range(40)):
            mail_user.deliver(raw)
        pollers.kill(dice.choice(pollers.running))
        pollers.start()
    before = count(database)
    until(lambda: count(database) >= 1_000, 120)

    proof = pollers.verify()
    found = stored(database)

    figure(f"A-01: 20 kills during 1,000 mails, {before} of them stored by then; {found.total()} stored at last")
    assert found == Counter(sent)
    assert "none" in proof
    assert set(mail_user.uids()) == set(range(1, 1_001))


def test_mail_that_nobody_can_read_holds_up_no_other(pollers, mail_user, dovecot, database, figure):
    """A-06: every good mail among hundreds that are malformed or hostile comes in; each bad one is set aside once."""
    ugly = [raw for _, raw in ugly_mails()]
    good = [mail(number) for number in range(len(ugly))]
    for pair in zip(ugly, good, strict=True):
        for raw in pair:
            mail_user.deliver(raw)
    expected, delivered = len(mail_user.uids()), sum(map(len, ugly + good))
    pollers.add_account(mail_user, dovecot.port)
    pollers.start()

    until(lambda: count(database, Location) >= expected, 300)
    pollers.verify()
    again = pollers.verify()

    found = stored(database)
    with database.reading() as session:
        aside = session.execute(select(Email.state, func.count()).where(Email.state == "failed").group_by(Email.state))
        set_aside = sum(number for _, number in aside)
        size = session.scalar(text("SELECT pg_database_size(current_database())"))
    figure(
        f"A-06: {len(ugly)} ugly mails among {len(good)} good ones: all good ones stored, {set_aside} set aside; "
        f"{delivered / 1e6:.0f} MB delivered, the database has {size / 1e6:.0f} MB"
    )
    assert all(found[raw] == 1 for raw in good)
    assert max(found.values()) == 1
    assert 0 < set_aside < len(ugly)
    assert size < 2 * delivered
    assert "none" in again


def test_unchanged_folder_of_fifty_thousand_costs_next_to_nothing(pollers, mail_user, proxy, database, figure):
    """A-07: 50,000 mails are imported; the second poll moves less than 64 KiB."""
    for number in range(50_000):
        mail_user.deliver(mail(number))
    mail_user.uids()
    pollers.add_account(mail_user, proxy.port)
    began = time.monotonic()
    first = pollers.start()
    until(lambda: count(database, Location) >= 50_000, 600)
    seconds = time.monotonic() - began
    until(lambda: "IDLE" in proxy.record.names, 60)
    pollers.kill(first)

    proxy.record.forget()
    began = time.monotonic()
    pollers.start()
    until(lambda: "IDLE" in proxy.record.names, 60)
    moved = proxy.record.bytes_from_server + proxy.record.bytes_from_client
    took = time.monotonic() - began

    figure(
        f"A-07: 50,000 mails imported at {50_000 / seconds:.0f} a second; the second poll moved {moved} bytes and took "
        f"{took:.1f} s with the start of the process"
    )
    assert moved < 64 * 2**10
    assert count(database) == 50_000


def test_one_that_was_stopped_goes_on_at_once(pollers, mail_user, dovecot, database, figure):
    """A-15: a poller stopped (SIGSTOP) for longer than its lease; when it goes on, so does the mail."""
    pollers.add_account(mail_user, dovecot.port)
    poller = pollers.start()
    mail_user.deliver(mail(0))
    until(lambda: count(database) == 1, 60)
    pollers.suspend(poller)
    mail_user.deliver(mail(1))
    time.sleep(12)
    meanwhile = count(database)

    pollers.resume(poller)
    began = time.monotonic()
    until(lambda: count(database) == 2, 60)

    figure(f"A-15: stopped for 12 s, and {time.monotonic() - began:.1f} s after going on its mail was there")
    assert meanwhile == 1


def test_new_mail_is_there_in_a_moment(pollers, mail_user, dovecot, database, figure):
    """New mail is awaited by IDLE: it is in the inbox long before the next look."""
    pollers.add_account(mail_user, dovecot.port)
    pollers.start()
    mail_user.deliver(mail(0))
    until(lambda: count(database) == 1, 60)
    seconds = []
    for number in range(1, 21):
        began = time.monotonic()
        mail_user.deliver(mail(number))
        until(lambda number=number: count(database) == number + 1, 60)
        seconds.append(time.monotonic() - began)

    figure(
        f"IDLE: 20 mails, each in the inbox {sorted(seconds)[10]:.2f} s after delivery in the middle, "
        f"{max(seconds):.2f} s at the latest"
    )
    assert "none" in pollers.verify()


def test_database_that_is_away_loses_no_mail(pollers, mail_user, dovecot, own_postgres, database, figure):
    """A-41: PostgreSQL away while mail comes: it stays on the server, nothing is written there, and all of it comes."""
    pollers.add_account(mail_user, dovecot.port, "--write-back", "keyword", "--tell", "normal=triage-normal")
    pollers.start()
    sent = [mail(number) for number in range(1_000)]
    for raw in sent[:300]:
        mail_user.deliver(raw)
    own_postgres.stop("immediate")
    for raw in sent[300:]:
        mail_user.deliver(raw)
    time.sleep(5)
    own_postgres.start()
    began = time.monotonic()
    until(lambda: count(database) >= 1_000, 120)

    pollers.verify()

    figure(f"A-41: PostgreSQL away for 5 s under 1,000 mails; all here {time.monotonic() - began:.1f} s after")
    assert stored(database) == Counter(sent)
    assert all(not mail_user.flags("INBOX", uid) for uid in random.Random(7).sample(mail_user.uids(), 20))
    assert os.environ.get("TRIAGE_SECRET_KEY") is None
