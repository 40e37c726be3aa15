"""Accounts as they look from outside; the API and `--json` on the command line give the same. No secret is among it."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, SecretStr

from triage.imap.account import ClientLabels, ImapAccount, Security, WriteBack, WriteBackBy
from triage.imap.inspection import FolderSeen
from triage.imap.state import AccountStatus
from triage.labels import Band, Urgency
from triage.mail.json_mail import PRINTABLE

PORTS = {Security.TLS: 993, Security.STARTTLS: 143, Security.NONE: 143}


def _one_line(password: SecretStr) -> SecretStr:
    if not password.get_secret_value().isprintable():
        raise ValueError("it is one line of text that can be printed")
    return password


Password = Annotated[SecretStr, Field(min_length=1, max_length=1000), AfterValidator(_one_line)]
Text = Annotated[str, Field(min_length=1, max_length=500, pattern=PRINTABLE)]


class WriteBackItem(BaseModel):
    """What the server is told of an email that has its verdict; for each band a keyword or a folder."""

    model_config = ConfigDict(extra="forbid")

    by: WriteBackBy
    of: dict[Band, Text]


class ClientLabelsItem(BaseModel):
    r"""What a person does in their mail program that counts as a label: a move, `\Flagged` or a keyword."""

    model_config = ConfigDict(extra="forbid")

    topic_of_folder: dict[Text, Text] = {}
    urgency_of_flag: dict[Text, Urgency] = {}


class OAuthItem(BaseModel):
    """Who vouches for us at the server."""

    provider: str
    client_id: str


class AccountStatusItem(BaseModel):
    """How it goes with an account."""

    name: str
    mailbox: str
    state: str = Field(description="ok, waiting, failing, consent_gone or not_polled")
    polled_at: datetime | None = Field(description="when its folders were last found read to their end")
    seconds_since_poll: float | None
    problem: str = Field(description="one sentence; empty while all is well")
    problem_since: datetime | None
    connected_at: datetime | None
    connected_seconds: float | None


class AccountItem(AccountStatusItem):
    """An account: what a person set, and how it goes."""

    created_at: datetime
    host: str
    port: int
    security: Security
    username: str
    folders: list[str]
    since: datetime | None
    interval_seconds: float
    oauth: OAuthItem | None
    write_back: WriteBackItem | None
    client_labels: ClientLabelsItem | None


class AccountList(BaseModel):
    """Every account, in the order of names."""

    items: list[AccountItem]


class FolderItem(BaseModel):
    """A folder that the server has."""

    name: str
    messages: int | None = Field(description="`null` where that was not asked, or the server would not say")
    is_read: bool


class Tested(BaseModel):
    """What a test of an account gave: its folders, or the one sentence that says what is wrong."""

    works: bool
    problem: str
    folders: list[FolderItem]


class VerifiedFolder(BaseModel):
    """What verifying a folder found; messages are named by UID."""

    model_config = ConfigDict(from_attributes=True)

    folder: str
    messages: int
    was_missing: tuple[int, ...]
    still_missing: tuple[int, ...]
    stored: int
    problem: str = Field(description="one sentence that says why the folder could not be compared; empty when it was")


class NewAccount(BaseModel):
    """An account to be added, which logs in by password."""

    model_config = ConfigDict(extra="forbid")

    name: Text
    mailbox: Annotated[str, Field(min_length=1, max_length=200, pattern=PRINTABLE)] | None = None
    host: Text
    port: int | None = Field(None, ge=1, le=65535, description="the usual one of `security` when left out")
    security: Security = Security.TLS
    username: Text
    password: Password = Field(description="never returned")
    folders: Annotated[list[Text], Field(min_length=1, max_length=100)] = ["INBOX"]
    since: AwareDatetime | None = Field(None, description="of mail that is there already, only what came since")
    interval_seconds: float = Field(60, ge=1, le=86_400, allow_inf_nan=False)
    write_back: WriteBackItem | None = None
    client_labels: ClientLabelsItem | None = None
    test: bool = Field(True, description="log in before the account is stored")
    insecure: bool = Field(False, description="let the password cross a network in the clear")

    def as_account(self, default_mailbox: str, now: datetime) -> ImapAccount:
        """Return it as an account that is not stored yet."""
        written, labels = self.write_back, self.client_labels
        return ImapAccount(
            id=0,
            name=self.name,
            mailbox=self.mailbox or default_mailbox,
            created_at=now,
            host=self.host,
            port=self.port or PORTS[self.security],
            security=self.security,
            username=self.username,
            folders=tuple(self.folders),
            since=None if self.since is None else self.since.astimezone(UTC),
            interval=timedelta(seconds=self.interval_seconds),
            write_back=None if written is None else WriteBack(written.by, written.of),
            client_labels=None if labels is None else ClientLabels(labels.topic_of_folder, labels.urgency_of_flag),
        )


def account_item(account: ImapAccount, status: AccountStatus) -> AccountItem:
    """Return an account and how it goes."""
    written, labels = account.write_back, account.client_labels
    return AccountItem(
        **status_item(status).model_dump(),
        created_at=account.created_at,
        host=account.host,
        port=account.port,
        security=account.security,
        username=account.username,
        folders=list(account.folders),
        since=account.since,
        interval_seconds=account.interval.total_seconds(),
        oauth=None
        if account.oauth is None
        else OAuthItem(provider=account.oauth.provider, client_id=account.oauth.client_id),
        write_back=None if written is None else WriteBackItem(by=written.by, of=dict(written.of)),
        client_labels=None
        if labels is None
        else ClientLabelsItem(
            topic_of_folder=dict(labels.topic_of_folder), urgency_of_flag=dict(labels.urgency_of_flag)
        ),
    )


def status_item(status: AccountStatus) -> AccountStatusItem:
    """Return how it goes with an account."""
    return AccountStatusItem(
        name=status.name,
        mailbox=status.mailbox,
        state=status.state,
        polled_at=status.polled_at,
        seconds_since_poll=_seconds(status.since_poll),
        problem=status.problem,
        problem_since=status.problem_since,
        connected_at=status.connected_at,
        connected_seconds=_seconds(status.connected_for),
    )


def folder_item(folder: FolderSeen) -> FolderItem:
    """Return a folder that a test saw."""
    return FolderItem(name=folder.name, messages=folder.messages, is_read=folder.is_read)


def _seconds(length: timedelta | None) -> float | None:
    return None if length is None else round(length.total_seconds(), 1)
