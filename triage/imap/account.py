"""An account: an IMAP login that feeds a mailbox."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from triage.labels import Band, Urgency
from triage.network import Guard


class Security(StrEnum):
    """How the connection is kept private."""

    TLS = "tls"  # from the first byte, port 993
    STARTTLS = "starttls"  # on port 143, before the login
    NONE = "none"  # for a server on this machine only


class WriteBackBy(StrEnum):
    """How the server is told what we made of an email."""

    KEYWORD = "keyword"
    MOVE = "move"


@dataclass(frozen=True, slots=True)
class WriteBack:
    """What is told to the server of an email that has its verdict.

    Attributes:
        by: A keyword on the message where it is, or a move to a folder.
        of: For each band that is told, the keyword or the folder.
    """

    by: WriteBackBy
    of: Mapping[Band, str]


@dataclass(frozen=True, slots=True)
class ClientLabels:
    r"""What a person does in their mail program that counts as a label.

    Attributes:
        topic_of_folder: The topic that a person means who moves an email to this folder.
        urgency_of_flag: The urgency that a person means who sets this flag, `\Flagged` or a keyword.
    """

    topic_of_folder: Mapping[str, str]
    urgency_of_flag: Mapping[str, Urgency]


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """Who we are to an identity provider.

    Attributes:
        provider: `google`, `microsoft`, or `custom`.
        scope: What access to mail is called there.
    """

    provider: str
    client_id: str
    authorization_url: str
    token_url: str
    scope: str


@dataclass(frozen=True, slots=True)
class ImapAccount:
    """An account as a person set it; its secret is kept apart.

    Attributes:
        folders: What is read; on the first one new mail is awaited, the others are looked into every interval.
        since: Of mail that was there when the account was added, only what came since is wanted; `None` wants all.
        interval: Between two looks at all folders.
        oauth: `None` for a login by password.
        guard: Says which hosts it may reach; `None` for all, where a person on this machine named the host.
    """

    id: int
    name: str
    mailbox: str
    created_at: datetime
    host: str
    port: int
    security: Security
    username: str
    folders: tuple[str, ...] = ("INBOX",)
    since: datetime | None = None
    interval: timedelta = timedelta(minutes=1)
    oauth: OAuthClient | None = None
    write_back: WriteBack | None = None
    client_labels: ClientLabels | None = None
    guard: Guard | None = None


@dataclass(frozen=True, slots=True)
class Password:
    """What a login by password shows to the server."""

    text: str

    def __repr__(self) -> str:
        """Keep it out of logs and tracebacks."""
        return "Password(…)"


@dataclass(frozen=True, slots=True)
class AccessToken:
    """What a login by OAuth shows to the server."""

    text: str

    def __repr__(self) -> str:
        """Keep it out of logs and tracebacks."""
        return "AccessToken(…)"


Credentials = Password | AccessToken
