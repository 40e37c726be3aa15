"""What is new in a folder is taken in once, oldest first, and nothing there changes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from tests.triage.imap.conftest import NOW, mail
from triage.errors import FolderNotFound, TooMuchWaits
from triage.imap.complete import compare
from triage.intake import QueueLimit, Submission
from triage.storage import folders
from triage.storage.tables import Email
from triage.storage.tombstones import delete_email


def emails(database):
    with database.reading() as session:
        return list(session.scalars(select(Email).order_by(Email.id)))


def nothing_is_missing(log_in, door, folder="INBOX"):
    return compare(log_in(door), folder, door).missing == ()


def test_all_is_taken_in_once_whatever_was_read_elsewhere(mail_user, door, poll, stored, log_in):
    """A-03: half of the mail has been seen already; all of it comes in, and a second poll brings nothing."""
    sent = [mail(number) for number in range(20)]
    for number, raw in enumerate(sent):
        mail_user.deliver(raw, flags=("\\Seen",) if number % 2 else ())

    first, second = poll(door), poll(door)

    assert (first, second) == (20, 0)
    assert sorted(stored()) == sorted(sent)
    assert nothing_is_missing(log_in, door)


def test_flags_stay_as_they_were(mail_user, door, poll):
    """Reading marks nothing as seen."""
    mail_user.deliver(mail(1))
    mail_user.deliver(mail(2), flags=("\\Flagged",))

    poll(door)

    assert [mail_user.flags("INBOX", uid) for uid in mail_user.uids()] == [frozenset(), frozenset({"\\Flagged"})]


def test_received_is_when_it_came_to_the_server(mail_user, door, poll, database):
    """The time of the server counts, not that which the writer claims."""
    came = NOW - timedelta(days=3)
    mail_user.deliver(mail(1), internal_date=came)

    poll(door)

    assert [email.received_at for email in emails(database)] == [came]


def test_renumbered_folder_brings_only_what_is_new(mail_user, door, poll, stored, log_in):
    """A-02: UIDVALIDITY changes and ten mails arrive meanwhile: ten are new, none is lost, none comes twice."""
    old = [mail(number) for number in range(30)]
    new = [mail(number) for number in range(30, 40)]
    for raw in old:
        mail_user.deliver(raw)
    poll(door)

    for raw in new:
        mail_user.deliver(raw)
    mail_user.bump_uidvalidity()
    again = poll(door)

    assert again == 10
    assert sorted(stored()) == sorted(old + new)
    assert nothing_is_missing(log_in, door)


def test_weeks_later_all_that_came_is_taken_in_oldest_first(mail_user, door, poll, stored, log_in):
    """A-04: after fourteen days without a poll everything since the last one comes, in the order of its arrival."""
    mail_user.deliver(mail(0), internal_date=NOW - timedelta(days=14))
    poll(door)
    late = [mail(number) for number in range(1, 57)]
    for number, raw in enumerate(late):
        mail_user.deliver(raw, internal_date=NOW - timedelta(days=14) + timedelta(hours=6 * (number + 1)))

    poll(door)

    assert stored()[1:] == late
    assert nothing_is_missing(log_in, door)


@pytest.mark.parametrize("message_id", [None, "", "<same@example.org>"], ids=["none", "blank", "equal"])
def test_message_ids_decide_nothing(mail_user, make_door, poll, stored, message_id):
    """A-05: mails with no, blank or equal Message-IDs are each stored once for each account."""
    sent = [mail(number, message_id=message_id) for number in range(34)]
    for raw in sent:
        mail_user.deliver(raw)
    support, billing = make_door("support"), make_door("billing", mailbox="billing")

    counts = [poll(support), poll(billing), poll(support), poll(billing)]

    assert counts == [34, 34, 0, 0]
    assert sorted(stored("main")) == sorted(stored("billing")) == sorted(sent)


def test_deleted_email_stays_deleted(mail_user, door, poll, database, stored, log_in):
    """A-27: what a person deleted does not come back, neither by polling nor when the folder is renumbered."""
    mail_user.deliver(mail(1))
    mail_user.deliver(mail(2))
    poll(door)
    with database.unit_of_work() as session:
        delete_email(session, emails(database)[0].id, NOW)

    counts = [poll(door), poll(door), poll(door)]
    mail_user.bump_uidvalidity()
    counts.append(poll(door))

    assert counts == [0, 0, 0, 0]
    assert stored() == [mail(2)]
    assert nothing_is_missing(log_in, door)


def test_mail_that_intake_refuses_is_set_aside_once_and_holds_up_nothing(mail_user, door, poll, database, stored):
    """A-06: what cannot be read is kept with its reason, once, among mail that is read."""
    hopeless = b"Subject: parts\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 1500
    for raw in (mail(1), hopeless, mail(2)):
        mail_user.deliver(raw)

    counts = [poll(door), poll(door)]

    found = [(email.state, email.error_stage, email.subject) for email in emails(database)]
    assert counts == [2, 0]
    assert found == [("queued", None, "Question 1"), ("failed", "intake", "parts"), ("queued", None, "Question 2")]
    assert stored() == [mail(1), hopeless, mail(2)]


def test_mail_above_the_limit_is_set_aside_by_its_beginning(mail_user, door, poll, database, stored, monkeypatch):
    """Of a mail that is too large only the beginning is fetched, and it is listed by what its header says."""
    monkeypatch.setattr("triage.mail.bounds.MAX_MESSAGE_BYTES", 100_000)
    mail_user.deliver(mail(1, body="x" * 80 + "\r\n" + ("y" * 80 + "\r\n") * 2000))

    poll(door)

    (email,) = emails(database)
    (raw,) = stored()
    assert (email.state, email.subject, len(raw)) == ("failed", "Question 1", 64 * 2**10)
    assert email.size_bytes > 160_000
    assert "more than 100,000 bytes" in email.error


def test_full_queue_leaves_the_rest_on_the_server(mail_user, door, poll, database, stored, log_in):
    """While the queue takes no more nothing is noted as known, and later all of it comes."""
    sent = [mail(number) for number in range(5)]
    for raw in sent:
        mail_user.deliver(raw)
    door.intake.accept([Submission(mail(99))], mailbox="other", now=NOW)
    door_when_full = replace(door, intake=replace(door.intake, limit=QueueLimit(1)))

    with pytest.raises(TooMuchWaits):
        poll(door_when_full)
    waiting = compare(log_in(door), "INBOX", door).missing
    poll(door)

    assert len(waiting) == 5
    assert sorted(stored()) == sorted(sent)


def test_account_with_a_beginning_takes_what_came_since(mail_user, make_door, poll, stored, log_in):
    """Of what was there before only what came since the day that was told is wanted; all that comes later is."""
    day = datetime(2026, 2, 20, tzinfo=UTC)
    old, recent, new = mail(1), mail(2), mail(3)
    mail_user.deliver(old, internal_date=day - timedelta(days=9))
    mail_user.deliver(recent, internal_date=day + timedelta(days=2))
    door = make_door(since=day)

    poll(door)
    missing = compare(log_in(door), "INBOX", door).missing
    mail_user.deliver(new, internal_date=day - timedelta(days=30))  # moved there by somebody
    poll(door)

    assert missing == (mail_user.uids()[1],)
    assert stored() == [new]


def test_missing_folder_is_named(door, poll):
    """A folder that is not there is an error that says so."""
    with pytest.raises(FolderNotFound, match="Archiv"):
        poll(door, "Archiv")


def test_folder_with_umlauts_is_read(mail_user, door, poll, stored):
    """Names travel in modified UTF-7."""
    mail_user.deliver(mail(1), folder="Aufträge/Öffentlich")

    poll(door, "Aufträge/Öffentlich")

    assert stored() == [mail(1)]


def test_cursor_never_moves_back(mail_user, door, poll, database, log_in):
    """Whoever comes late with an older view leaves the cursor where the others put it."""
    for number in range(3):
        mail_user.deliver(mail(number))
    poll(door)
    with database.reading() as session:
        before = folders.folder_of(session, door.account.id, "INBOX")

    with database.unit_of_work() as session:
        folders.move_cursor(session, before.id, before.uidvalidity, 1)

    with database.reading() as session:
        assert folders.folder_of(session, door.account.id, "INBOX").last_uid == before.last_uid == 3
