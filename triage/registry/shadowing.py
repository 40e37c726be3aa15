"""A version that reads new mail beside the active one: nobody sees its verdicts, how often they differ is counted."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from triage.errors import ModelUnfit
from triage.ranking import Reading, likeliest
from triage.registry.pointer import active_version, require_fit
from triage.storage import models, shadows
from triage.storage.shadows import ReadBefore

EXAMPLES = 20


@dataclass(frozen=True, slots=True)
class Disagreement:
    """What two versions made of the same emails.

    Attributes:
        emails: How many both read.
        differing: Head to `active → candidate` to how many of them.
        examples: A few on which they differ, by number: `{"email_id": …, "heads": {head: "active → candidate"}}`.
    """

    emails: int = 0
    differing: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    examples: Sequence[Mapping[str, Any]] = ()


def begin_shadow(session: Session, mailbox_id: int, version: str, *, now: datetime) -> None:
    """Let a version read new mail beside the active one, in place of any that does; its counts begin at nothing.

    Raises:
        ModelNotFound: The mailbox has no such version.
        ModelUnfit: It is the active one, its archive was dropped, or this release cannot read with it.
    """
    models.lock_models(session, mailbox_id)
    require_fit(session, mailbox_id, version)
    if version == active_version(session, mailbox_id):
        raise ModelUnfit(f"version {version} is the active one; name another to read beside it")
    shadows.stop_all(session, mailbox_id, now)
    shadows.begin(session, mailbox_id, version, now)


def end_shadow(session: Session, mailbox_id: int, *, now: datetime) -> bool:
    """Let no version read beside the active one any more; say whether one did. What was counted stays."""
    models.lock_models(session, mailbox_id)
    return shadows.stop_all(session, mailbox_id, now) > 0


def compared(before: Sequence[ReadBefore], readings: Sequence[Reading]) -> Disagreement:
    """Compare what verdicts say of emails with what another version reads in them, in the same order."""
    counts: dict[str, Counter[str]] = {}
    examples = []
    for one, reading in zip(before, readings, strict=True):
        heads = {head: f"{old} → {new}" for head, (old, new) in _both(one, reading).items() if old != new}
        for head, change in heads.items():
            counts.setdefault(head, Counter())[change] += 1
        if heads:
            examples.append({"email_id": one.email_id, "heads": heads})
    return Disagreement(len(before), {head: dict(found) for head, found in counts.items()}, examples[-EXAMPLES:])


def _both(one: ReadBefore, reading: Reading) -> dict[str, tuple[str, str]]:
    words = ("no", "yes")
    return {
        "topic": (one.topic, str(likeliest(reading.topic))),
        "sentiment": (one.sentiment, str(likeliest(reading.sentiment))),
        "urgency": (one.urgency, str(likeliest(reading.urgency))),
        "action_required": (words[one.action_required], words[reading.action_required >= 0.5]),
    }
