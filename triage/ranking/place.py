"""Where an email stands once there is more to it than its verdict: somebody said something, or its images count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from triage.ranking.circumstances import Circumstances
from triage.ranking.explanation import KeptPhrases
from triage.ranking.policy import PriorityPolicy
from triage.ranking.priority import priority, rank_at, reasons, rule_reasons
from triage.ranking.reading import Reading, likeliest
from triage.ranking.ruling import unread_priority
from triage.ranking.statement import Said, head_of


@dataclass(frozen=True, slots=True)
class Read:
    """What a model said of an email, as its verdict keeps it.

    Attributes:
        reasons: As JSON; the passages that they quote are quoted again.
    """

    reading: Reading
    reasons: Sequence[Mapping[str, Any]]


def place_as_said(
    read: Read | None,
    said: Said,
    received_at: datetime,
    stored_at: datetime,
    circumstances: Circumstances,
    policy: PriorityPolicy,
) -> dict[str, Any]:
    """Return what `place_of` does, with `topic` and `reasons`, as columns.

    What was said is certain. The rest is as the model read it; where none has yet, as in an ordinary mail.
    """
    reading, phrases = (None, None) if read is None else (read.reading, kept_phrases(read.reasons))
    score = priority(reading, policy, circumstances, said)
    why = reasons(reading, policy, circumstances, phrases, said=said)
    return place_of(score, received_at, stored_at, policy) | {
        "topic": said.statement.topic or (None if reading is None else likeliest(reading.topic)),
        "reasons": [reason.as_json() for reason in why],
    }


def place_of(score: float, received_at: datetime, stored_at: datetime, policy: PriorityPolicy) -> dict[str, Any]:
    """Return an email's `priority`, `band`, `rank_at` and `due_at`, and the policy that made them, as columns."""
    band = policy.band(score)
    return {
        "priority": score,
        "band": band,
        "rank_at": rank_at(received_at, stored_at, score, policy),
        "due_at": policy.due_at(received_at, band),
        "policy_version": policy.version,
    }


def unread_place(
    circumstances: Circumstances, received_at: datetime, stored_at: datetime, policy: PriorityPolicy
) -> dict[str, Any]:
    """Return the place of mail that nobody has read, as columns: where an ordinary one would stand, or as rules say."""
    why = rule_reasons(None, policy, circumstances)
    told = [reason.as_json() for reason in why] or None
    return place_of(unread_priority(policy, circumstances), received_at, stored_at, policy) | {"reasons": told}


def kept_phrases(stored: Sequence[Mapping[str, Any]]) -> KeptPhrases:
    """Return the passages that stored reasons quote."""
    return KeptPhrases({head_of(one["factor"]): tuple(one.get("phrases", ())) for one in stored})
