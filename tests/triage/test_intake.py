"""Accepting mail: stored once, listed at once, enqueued after the commit."""

import json
from datetime import timedelta

from sqlalchemy import select

from tests.make import NOW, POLICY, accept, make_intake, raw_message
from triage.errors import StorageFault
from triage.intake import APPLICATION_JSON, Intake, Outcome, Submission, stored_message, submission
from triage.queue import Doorbell, WorkStream, celery_app, connect
from triage.queue.names import DOORBELL, TEXT_QUEUE
from triage.storage import emails
from triage.storage.inbox import InboxFilter, inbox_page
from triage.storage.tables import Attachment, Email


def test_accepted_mail_is_in_the_inbox_before_anybody_read_it(database, redis):
    """An accepted email is listed at once, at the policy's default priority, and is in the stream."""
    (receipt,) = accept(make_intake(database, redis), raw_message("The lift is stuck"))

    with database.reading() as session:
        (row,) = inbox_page(session, InboxFilter(mailbox="main"))
    assert receipt.outcome is Outcome.STORED
    assert (row.email.id, row.email.subject, row.email.state) == (receipt.email_id, "The lift is stuck", emails.QUEUED)
    assert row.email.priority == POLICY.default_priority
    assert WorkStream(redis).length() == 1
    assert redis.exists(DOORBELL)
    assert redis.llen(TEXT_QUEUE) == 1


def test_same_bytes_are_stored_once_per_mailbox(database, redis):
    """The same mail again, in one batch or later, is a duplicate of the first; another mailbox has its own."""
    intake, raw = make_intake(database, redis), raw_message()

    first, twin = accept(intake, raw, raw)
    (again,) = accept(intake, raw)
    (elsewhere,) = accept(intake, raw, mailbox="sales")

    assert (first.outcome, twin.outcome, again.outcome) == (Outcome.STORED, Outcome.DUPLICATE, Outcome.DUPLICATE)
    assert first.email_id == twin.email_id == again.email_id != elsewhere.email_id
    assert WorkStream(redis).length() == 2


def test_equal_message_ids_do_not_suppress_mail(database, redis):
    """A sender chooses the Message-ID, so two mails that share one are both stored."""
    same = "<1@example.org>"

    receipts = accept(
        make_intake(database, redis), raw_message("a", message_id=same), raw_message("b", message_id=same)
    )

    assert [receipt.outcome for receipt in receipts] == [Outcome.STORED, Outcome.STORED]


def test_bad_mail_is_refused_and_its_neighbours_are_stored(database, redis):
    """What is no mail is refused with a sentence; the rest of the batch is accepted, in order."""
    receipts = accept(make_intake(database, redis), raw_message("a"), b"", raw_message("b"))

    assert [receipt.outcome for receipt in receipts] == [Outcome.STORED, Outcome.REFUSED, Outcome.STORED]
    assert str(receipts[1].error)


def test_mail_is_accepted_while_redis_is_away(database, tmp_path):
    """Without Redis the email is stored and listed; nothing is lost."""
    away = f"unix://{tmp_path}/none.sock"
    client = connect(away)
    intake = Intake(database, WorkStream(client), Doorbell(client, celery_app(away)), POLICY)

    (receipt,) = accept(intake, raw_message())

    with database.reading() as session:
        assert emails.email_by_id(session, receipt.email_id).state == emails.QUEUED


def test_answers_share_the_thread_of_what_they_answer(database, redis):
    """References build threads, also within one batch and when the root never came; an equal subject does not."""
    intake = make_intake(database, redis)
    root = raw_message("Invoice 7", message_id="<root@example.org>")
    answer = raw_message("Re: Invoice 7", message_id="<a@example.com>", headers="In-Reply-To: <root@example.org>\r\n")
    second = raw_message("Re: Invoice 7", message_id="<b@example.org>", headers="In-Reply-To: <a@example.com>\r\n")
    namesake = raw_message("Invoice 7", message_id="<other@example.net>")
    orphans = [
        raw_message(f"Re: lost {n}", message_id=f"<o{n}@example.org>", headers="References: <gone@example.org>\r\n")
        for n in (1, 2)
    ]

    receipts = [*accept(intake, root, answer), *accept(intake, second, namesake, *orphans)]

    with database.reading() as session:
        threads = dict(session.execute(select(Email.id, Email.thread_id)).all())
    of_root, of_answer, of_second, of_namesake, *of_orphans = (threads[receipt.email_id] for receipt in receipts)
    assert of_root == of_answer == of_second
    assert of_namesake not in {of_root, of_orphans[0]}
    assert of_orphans[0] == of_orphans[1] != of_root


def test_mail_in_json_is_told_apart_by_its_content_and_not_its_spelling(database, redis):
    """The order of keys and white space make no other mail; another body does."""
    intake = make_intake(database, redis)
    as_sent = {"from": "Jo <jo@example.org>", "subject": "Hi", "text": "Call me"}

    def submit(document):
        from triage.mail import canonical_bytes

        return intake.accept([Submission(canonical_bytes(document), APPLICATION_JSON)], mailbox="main", now=NOW)[0]

    first, shuffled = submit(as_sent), submit(dict(reversed(as_sent.items())))
    other = submit(as_sent | {"text": "Do not call me"})

    assert first.email_id == shuffled.email_id != other.email_id
    with database.reading() as session:
        assert emails.email_by_id(session, first.email_id).sender_address == "jo@example.org"


def test_attachments_come_back_as_they_came(database, redis):
    """What an attachment held is taken from the stored bytes; its row says name, type and size."""
    document = {
        "subject": "Photo",
        "attachments": [{"filename": "a.png", "content_type": "image/png", "content": "aGVsbG8="}],
    }
    intake = make_intake(database, redis)

    (receipt,) = intake.accept([Submission(json.dumps(document).encode(), APPLICATION_JSON)], mailbox="main", now=NOW)

    with database.reading() as session:
        row = session.scalars(select(Attachment)).one()
        (part,) = stored_message(emails.message_of(session, receipt.email_id)).attachments
    assert (row.filename, row.content_type, row.size_bytes) == ("a.png", "image/png", 5)
    assert part.content == b"hello"


def test_time_of_receipt_is_never_in_the_future(database, redis):
    """A trace that claims tomorrow counts as now, so that nobody can postpone or advance their mail that way."""
    intake = make_intake(database, redis)
    tomorrow = (NOW + timedelta(days=1)).strftime("%a, %d %b %Y %H:%M:%S +0000")
    raw = f"Received: from a by b; {tomorrow}\r\nSubject: x\r\n\r\ny\r\n".encode()

    (receipt,) = intake.accept([Submission(raw)], mailbox="main", now=NOW)

    with database.reading() as session:
        assert emails.email_by_id(session, receipt.email_id).received_at == NOW


def test_characters_that_a_database_refuses_are_left_out(database, redis):
    """NUL and lone surrogates in text never stop an email."""
    document = '{"subject": "a\\u0000b \\ud800", "text": "c\\u0000"}'

    (receipt,) = make_intake(database, redis).accept(
        [Submission(document.encode(), APPLICATION_JSON)], mailbox="main", now=NOW
    )

    with database.reading() as session:
        assert emails.email_by_id(session, receipt.email_id).subject == "ab"


def test_doorbell_rings_once_for_many_mails(database, redis):
    """A burst leaves one drain message and not one per mail."""
    intake = make_intake(database, redis)

    for number in range(5):
        accept(intake, raw_message(f"mail {number}"))

    assert redis.llen(TEXT_QUEUE) == 1


def test_mail_at_which_parsing_fails_is_kept_and_holds_up_no_other(database, redis, monkeypatch):
    """A door that cannot send mail back keeps what we fail at ourselves, with the reason, and takes in the rest."""
    intake = make_intake(database, redis)
    parse = submission.parse_message
    monkeypatch.setattr(submission, "parse_message", lambda raw: parse(raw) if b"odd" not in raw else 1 / 0)

    receipts = intake.keep([Submission(raw_message(one)) for one in ("a", "odd", "b")], mailbox="main", now=NOW)

    assert [receipt.outcome for receipt in receipts] == [Outcome.STORED, Outcome.SET_ASIDE, Outcome.STORED]
    assert "ZeroDivisionError" in str(receipts[1].error)


def test_mail_that_the_database_refuses_is_kept_and_holds_up_no_other(database, redis, monkeypatch):
    """One row that cannot be stored takes no other with it, wherever it stands in a batch."""
    intake = make_intake(database, redis)
    insert = emails.insert_once

    def refuse_odd(session, mailbox_id, new):
        if any(one.email["state"] == emails.QUEUED and "odd" in one.email["subject"] for one in new):
            raise StorageFault("the database refused a statement")
        return insert(session, mailbox_id, new)

    monkeypatch.setattr(emails, "insert_once", refuse_odd)

    given = [Submission(raw_message(one)) for one in ("a", "b", "odd", "c", "d")]
    receipts = intake.keep(given, mailbox="main", now=NOW)
    again = intake.keep(given, mailbox="main", now=NOW)

    assert [receipt.outcome == Outcome.STORED for receipt in receipts] == [True, True, False, True, True]
    assert receipts[2].outcome is Outcome.SET_ASIDE
    assert {receipt.outcome for receipt in again} == {Outcome.DUPLICATE}
