"""Model cards: what a version is for, what it is worth, and what it cannot do."""

from pathlib import Path

from sqlalchemy.orm import Session

from triage.errors import InvalidBundle, ModelNotFound, ModelUnfit
from triage.registry.archive import file_in, require_unaltered
from triage.serving.manifest import CARD
from triage.storage import archives, models
from triage.storage.mailboxes import name_of


def card_of(session: Session, mailbox_id: int, version: str) -> str:
    """Return the card of a version of a mailbox as Markdown, read from its archive.

    Raises:
        ModelNotFound: The mailbox has no such version.
        ModelUnfit: Its archive was dropped, or has no card.
        InvalidBundle: The archive is not what was installed.
    """
    stored = models.stored_model(session, version)
    if stored is None or stored.mailbox_id != mailbox_id:
        raise ModelNotFound(version, name_of(session, mailbox_id))
    archive = archives.MODELS.of(session, version)
    if archive is None:
        raise ModelUnfit(f"version {version} is kept no more, nor is its card; `triage models list` has its figures")
    require_unaltered(archive, stored)
    card = file_in(archive, CARD)
    if card is None:
        raise ModelUnfit(f"version {version} came without a card; `triage models list` has its figures")
    return card.decode("utf-8", "replace")


def card_in(bundle: Path) -> str:
    """Return the card of a bundle on disk as Markdown.

    Raises:
        InvalidBundle: It has none that can be read.
    """
    try:
        return (bundle / CARD).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidBundle(f"bundle {bundle} has no readable {CARD}; name a folder that training wrote") from error
