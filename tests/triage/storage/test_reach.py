"""What a session that is for some mailboxes can see and change."""

import hashlib

import pytest
from sqlalchemy import delete, func, select, update

from tests.make import NOW
from triage.errors import EmailNotFound, MailboxNotFound
from triage.outbox import Event, announce_emails
from triage.storage import emails, mailboxes, webhooks
from triage.storage.inbox import InboxFilter, inbox_page
from triage.storage.reach import belongs_to_mailboxes
from triage.storage.tables import Base, Delivery, Email, Label, Mailbox, Message, Webhook

# What is the whole instance's, or says who may come in; a session for some mailboxes sees none of it.
OF_NO_MAILBOX = {
    "recognizer",
    "recognizer_activation",
    "api_key",
    "login_link",
    "web_session",
    "outbox",
    "audit",
    "seal",
    "answer",
    "compatibility",
}


@pytest.fixture
def ids(database):
    """An email with its bytes and a label in each of three mailboxes, by the name of the mailbox."""
    with database.unit_of_work() as session:
        return {name: _stored(session, name) for name in ("a", "b", "c")}


def _stored(session, name):
    mailbox_id = mailboxes.ensure_mailbox(session, name, NOW)
    email = Email(
        mailbox_id=mailbox_id,
        digest=hashlib.sha256(name.encode()).digest(),
        size_bytes=1,
        state="failed",
        received_at=NOW,
        stored_at=NOW,
        enqueued_at=NOW,
        rank_at=NOW,
        message_id=name,
        thread_id=name,
        sender_name=name,
        sender_address=name,
        recipients=[],
        subject=f"of {name}",
        snippet="",
        is_automatic=False,
        attachment_count=0,
        priority=0.5,
        band="normal",
    )
    session.add(email)
    session.flush()
    session.add(Message(email_id=email.id, media_type="message/rfc822", text=name, quoted_text="", raw=b""))
    said = {"source": "human", "author": name, "said_at": NOW, "topic": "billing"}
    session.add(Label(email_id=email.id, mailbox_id=mailbox_id, **said))
    return email.id


@pytest.mark.parametrize("within", [{"a"}, {"a", "b"}])
def test_session_for_some_mailboxes_finds_theirs_alone(database, ids, within):
    """Lists, counts, single rows and those that belong to a row: what is of others is not there."""
    with database.within(frozenset(within)).reading() as session:
        assert {row.mailbox for row in inbox_page(session, InboxFilter())} == within
        assert set(mailboxes.mailbox_names(session)) == within
        assert emails.count_by_state(session)["failed"] == len(within)
        assert session.scalar(select(func.count()).select_from(Label)) == len(within)
        assert set(session.scalars(select(Message.text))) == within
        assert emails.lock(session, list(ids.values())) == sorted(ids[name] for name in within)
        with pytest.raises(EmailNotFound):
            emails.email_by_id(session, ids["c"])
        with pytest.raises(EmailNotFound):
            emails.message_of(session, ids["c"])


def test_session_for_some_mailboxes_changes_theirs_alone(database, ids):
    """An update or a removal of everything is one of what is within reach."""
    with database.within(frozenset({"a"})).unit_of_work() as session:
        session.execute(update(Email).values(snippet="changed"))
        session.execute(delete(Message))

    with database.reading() as session:
        changed = set(session.scalars(select(Email.id).where(Email.snippet == "changed")))
        assert changed == {ids["a"]}
        assert set(session.scalars(select(Message.email_id))) == {ids["b"], ids["c"]}


def test_session_for_some_mailboxes_makes_theirs_alone(database, ids):
    """One of its own that is not there yet is made; any other is not found, whether it is there or not."""
    with database.within(frozenset({"a", "new"})).unit_of_work() as session:
        assert mailboxes.ensure_mailbox(session, "new", NOW)
        for name in ("b", "nowhere"):
            with pytest.raises(MailboxNotFound):
                mailboxes.ensure_mailbox(session, name, NOW)

    with database.reading() as session:
        assert set(session.scalars(select(Mailbox.name))) == {"a", "b", "c", "new"}


def test_what_some_mailboxes_do_is_told_to_those_who_hear_of_all(database, ids):
    """A webhook of all mailboxes hears of an email that somebody changes who may see its mailbox alone."""
    with database.unit_of_work() as session:
        every = webhooks.add(session, _webhook(mailbox_id=None))
        webhooks.add(session, _webhook(mailbox_id=session.get(Email, ids["b"]).mailbox_id))

    with database.within(frozenset({"a"})).unit_of_work() as session:
        announce_emails(session, Event.EMAIL_CORRECTED, [ids["a"], ids["b"]])

    with database.reading() as session:
        told = session.execute(select(Delivery.webhook_id, Delivery.subject)).all()
    assert told == [(every, f"email {ids['a']}")]


def _webhook(mailbox_id):
    return Webhook(
        url="https://example.com", events=[Event.EMAIL_CORRECTED], mailbox_id=mailbox_id, secret=b"", created_at=NOW,
        problem="",
    )  # fmt: skip


def test_every_table_is_some_mailboxs_or_known_to_be_none():
    """A table that is added must lead to its mailbox, or be named here as having none."""
    silent = {name for name, table in Base.metadata.tables.items() if not belongs_to_mailboxes(table)}

    assert silent == OF_NO_MAILBOX
