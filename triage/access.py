"""Who may do what: scopes, the roles that bundle them, and the access that a key or a session gives."""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

KEY_MARK, SESSION_MARK, LINK_MARK = "triage_", "session_", "link_"
SECRET_BYTES = 32


class Scope(StrEnum):
    """What a request may be about; `ADMIN` includes the others."""

    READ = "read"
    SUBMIT = "submit"
    LABEL = "label"
    TRAIN = "train"
    ADMIN = "admin"


class Role(StrEnum):
    """What a person is here for; each may do what the one before may."""

    VIEWER = "viewer"
    AGENT = "agent"
    TRAINER = "trainer"
    ADMIN = "admin"


_READS, _HANDLES = {Scope.READ}, {Scope.READ, Scope.SUBMIT, Scope.LABEL}
SCOPES_OF: dict[Role, frozenset[Scope]] = {
    Role.VIEWER: frozenset(_READS),
    Role.AGENT: frozenset(_HANDLES),
    Role.TRAINER: frozenset(_HANDLES | {Scope.TRAIN}),
    Role.ADMIN: frozenset({Scope.ADMIN}),
}


@dataclass(frozen=True, slots=True)
class Grant:
    """What a key is to give.

    Attributes:
        name: For what or whom it is.
        mailboxes: Names of those it is for; `None` for all.
        expires_at: Until when it is good; `None` until it is revoked.
    """

    name: str
    scopes: Collection[Scope]
    mailboxes: Collection[str] | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Access:
    """What a request may do.

    Attributes:
        actor: Who it is, as the trail of changes names them.
        mailboxes: Names of those it may see and change; `None` for all, and for what belongs to none.
        session: Digest of the session in a browser that it came with, if it did.
        key_id: Of the key that it came with, or that its session began with.
    """

    actor: str
    scopes: frozenset[Scope]
    mailboxes: frozenset[str] | None = None
    session: bytes | None = None
    key_id: int | None = None

    def may(self, scope: Scope) -> bool:
        """Tell whether it includes a scope."""
        return scope in self.scopes or Scope.ADMIN in self.scopes

    @property
    def sees_to_all(self) -> bool:
        """Whether it is an administrator's of the whole instance."""
        return self.may(Scope.ADMIN) and self.mailboxes is None


def in_order(scopes: Collection[str]) -> list[str]:
    """Return scopes once each, from the least to the most."""
    return [scope.value for scope in Scope if scope in scopes]


def new_secret(mark: str) -> str:
    """Return a secret that nobody can guess; its mark says to people, and to scanners for leaked keys, what it is."""
    return mark + secrets.token_hex(SECRET_BYTES)


def digest_of(secret: str) -> bytes:
    """Return what is stored of a secret.

    One round of SHA-256 is enough: slow hashes are for what people think up, and these are 256 random bits.
    """
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).digest()
