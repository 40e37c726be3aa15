"""Telling the trail, and other systems, which version mail is read or images are recognised with from now on."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from triage.audit import note
from triage.outbox import Event, Fact, announce

TEXT, IMAGE = "text", "image"


def tell_activated(session: Session, row: Mapping[str, Any], *, instead_of: str | None, kind: str = TEXT) -> None:
    """Tell of an activation, as it is stored; a version that is `None` is the one we ship."""
    told = {"kind": kind, "instead_of": instead_of, "author": row["author"], "reason": row["reason"]}
    version, mailbox_id = row["version"], row.get("mailbox_id")
    subject = f"{kind} model {version or 'as shipped'}"
    note(session, "model.activated", subject, mailbox_id=mailbox_id, model_version=version, **told)
    where = f"{kind} model" if mailbox_id is None else f"{kind} model of mailbox {mailbox_id}"
    announce(session, Event.MODEL_ACTIVATED, [Fact(where, mailbox_id, {"version": version, **told})])
