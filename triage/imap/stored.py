"""Accounts as rows, and back."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from triage.imap.account import ClientLabels, ImapAccount, OAuthClient, Security, WriteBack, WriteBackBy
from triage.labels import Band, Urgency
from triage.network import Guard
from triage.storage import accounts
from triage.storage.accounts import AccountRow
from triage.storage.mailboxes import ensure_mailbox
from triage.storage.tables import Account

# Public hosts alone.
STRICT = Guard()


def add_account(session: Session, account: ImapAccount, secret: bytes, now: datetime) -> ImapAccount:
    """Store a new account with its encrypted secret, and its mailbox where that is new; return it with its id.

    Raises:
        InvalidAccount: There is one of this name.
    """
    row = Account(
        name=account.name,
        mailbox_id=ensure_mailbox(session, account.mailbox, now),
        created_at=account.created_at,
        secret=secret,
        is_guarded=account.guard is not None,
        **values_of(account),
    )
    return replace(account, id=accounts.add(session, row))


def account_by_name(session: Session, name: str, guard: Guard = STRICT) -> ImapAccount:
    """Return an account; `guard` is that of accounts whose host was given from elsewhere.

    Raises:
        AccountNotFound: There is none of this name.
    """
    return account_of(accounts.by_name(session, name), guard)


def stored_accounts(session: Session, guard: Guard = STRICT) -> Sequence[ImapAccount]:
    """Return every account, in the order of names."""
    return [account_of(row, guard) for row in accounts.all_accounts(session)]


def account_of(row: AccountRow, guard: Guard = STRICT) -> ImapAccount:
    """Return a row as an account."""
    stored = row.account
    return ImapAccount(
        id=stored.id,
        name=stored.name,
        mailbox=row.mailbox,
        created_at=stored.created_at,
        host=stored.host,
        port=stored.port,
        security=Security(stored.security),
        username=stored.username,
        folders=tuple(stored.folders),
        since=stored.since,
        interval=timedelta(seconds=stored.interval_seconds),
        oauth=None if stored.oauth is None else _oauth(stored.oauth),
        write_back=None if stored.write_back is None else _write_back(stored.write_back),
        client_labels=None if stored.client_labels is None else _client_labels(stored.client_labels),
        guard=guard if stored.is_guarded else None,
    )


def values_of(account: ImapAccount) -> dict[str, Any]:
    """Return the columns that a person may set and change; those that are `None` are left out."""
    values = {
        "host": account.host,
        "port": account.port,
        "security": account.security.value,
        "username": account.username,
        "folders": list(account.folders),
        "since": account.since,
        "interval_seconds": round(account.interval.total_seconds()),
        "oauth": None if account.oauth is None else asdict(account.oauth),
        "write_back": None if account.write_back is None else _write_back_document(account.write_back),
        "client_labels": None if account.client_labels is None else _client_labels_document(account.client_labels),
    }
    return {name: value for name, value in values.items() if value is not None}


def _oauth(document: dict[str, Any]) -> OAuthClient:
    names = ("provider", "client_id", "authorization_url", "token_url", "scope")
    return OAuthClient(**{name: document[name] for name in names})


def _write_back(document: dict[str, Any]) -> WriteBack:
    return WriteBack(WriteBackBy(document["by"]), {Band(band): name for band, name in document["of"].items()})


def _write_back_document(write_back: WriteBack) -> dict[str, Any]:
    return {"by": write_back.by.value, "of": {band.value: name for band, name in write_back.of.items()}}


def _client_labels(document: dict[str, Any]) -> ClientLabels:
    flags = {flag: Urgency(urgency) for flag, urgency in document["urgency_of_flag"].items()}
    return ClientLabels(dict(document["topic_of_folder"]), flags)


def _client_labels_document(labels: ClientLabels) -> dict[str, Any]:
    flags = {flag: urgency.value for flag, urgency in labels.urgency_of_flag.items()}
    return {"topic_of_folder": dict(labels.topic_of_folder), "urgency_of_flag": flags}
