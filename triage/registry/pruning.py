"""Which versions a mailbox can return to, and letting go of the archives of others."""

from sqlalchemy.orm import Session

from triage.storage import models, shadows
from triage.storage.tables import Activation

# Of each mailbox so many versions can be returned to, and so many wait for somebody to activate them.
KEPT_TO_RETURN = 5
KEPT_CANDIDATES = 2


def prune(session: Session, mailbox_id: int, *, besides: str | None = None) -> None:
    """Drop archives that nobody needs: what is known of their versions stays.

    Kept are the last five versions that were active and can be returned to, the active one among them, those that
    read beside it, the two newest that were never active, and the one named besides.
    """
    back = way_back(session, mailbox_id)
    once_active = models.once_active_versions(session, mailbox_id)
    candidates = [one.version for one in models.models_of(session, mailbox_id) if one.version not in once_active]
    keep = {*back[:KEPT_TO_RETURN], *candidates[:KEPT_CANDIDATES], *shadows.running_in(session, mailbox_id)}
    models.drop_archives(session, mailbox_id, keep | ({besides} if besides else set()))


def way_back(session: Session, mailbox_id: int) -> list[str]:
    """Return the versions that rollbacks would reach one after the other, the active one first, each once."""
    found: dict[str, None] = {}
    step: Activation | None = models.newest_activation(session, mailbox_id)
    while step is not None:
        if step.version is not None:
            found[step.version] = None
        step = models.activation(session, step.before_id)
    return list(found)
