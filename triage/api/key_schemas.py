"""Keys as they look from outside, and how a client asks for one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from triage.access import SCOPES_OF, Role, Scope
from triage.mail.json_mail import PRINTABLE
from triage.storage.keys import LONGEST_NAME
from triage.storage.tables import ApiKey

MailboxName = Annotated[str, Field(min_length=1, max_length=200, pattern=PRINTABLE)]


class KeyItem(BaseModel):
    """A key; the key itself is nowhere stored."""

    id: int
    name: str
    beginning: str = Field(description="how the key begins, to tell keys apart")
    scopes: list[str]
    mailboxes: list[str] | None = Field(description="those it is for; `null` for all")
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    last_used_at: datetime | None = Field(description="true to the minute")
    revoked_at: datetime | None
    revoked_by: str | None


class KeyList(BaseModel):
    """All keys, revoked ones among them, newest first."""

    items: list[KeyItem]


class NewKeyItem(KeyItem):
    """A key that was just made."""

    key: str = Field(description="the key itself; it is shown this once")


class KeyOrder(BaseModel):
    """What a key is to be for: `scopes`, or the `role` of whoever will use it."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME, pattern=PRINTABLE)] = Field(
        description="what or who will use it"
    )
    scopes: list[Scope] = Field([], max_length=len(Scope))
    role: Role | None = None
    mailboxes: Annotated[list[MailboxName], Field(min_length=1, max_length=1000)] | None = Field(
        None, description="those it is for; all when left out"
    )
    expires_at: AwareDatetime | None = None

    @model_validator(mode="after")
    def _says_what_for(self) -> Self:
        if bool(self.scopes) == (self.role is not None):
            raise ValueError("say what the key is for: give scopes or a role")
        return self

    @property
    def granted(self) -> frozenset[Scope]:
        """The scopes that are meant."""
        return frozenset(self.scopes) if self.role is None else SCOPES_OF[self.role]


def key_item(key: ApiKey) -> KeyItem:
    """Return a key as it looks from outside."""
    return KeyItem(**{name: getattr(key, name) for name in KeyItem.model_fields})


def key_list(keys: Sequence[ApiKey]) -> KeyList:
    """Return keys as they look from outside, in their order."""
    return KeyList(items=[key_item(key) for key in keys])
