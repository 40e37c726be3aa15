"""Which mailbox a page is about."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Query

from triage.api.services import Services
from triage.errors import MailboxNotFound
from triage.storage.mailboxes import mailbox_names

MailboxQuery = Annotated[str, Query(max_length=200)]


@dataclass(frozen=True, slots=True)
class MailboxChoice:
    """The mailbox that a page is about, and all there are.

    Attributes:
        exists: The default mailbox does not before the first mail comes.
    """

    name: str
    names: list[str]

    @property
    def exists(self) -> bool:
        """Whether mail ever came to it."""
        return self.name in self.names


def mailbox_choice(services: Services, asked: str) -> MailboxChoice:
    """Return the mailbox that was asked for; without a word the default one, or the first where that has no mail.

    Raises:
        MailboxNotFound: There is no such mailbox.
    """
    with services.database.reading() as session:
        names = list(mailbox_names(session))
    if asked and asked not in names:
        raise MailboxNotFound(asked)
    default = services.settings.default_mailbox
    return MailboxChoice(asked or (names[0] if names and default not in names else default), names)
