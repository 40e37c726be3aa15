"""What a policy would change if it were put in force: nothing is stored, and the work is bounded."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy.orm import Session

from triage.ranking import (
    NOTHING_SAID,
    Circumstances,
    PriorityPolicy,
    Said,
    images_count,
    priority,
    rank_at,
    ruled,
    stored_reading,
)
from triage.storage.circumstances import circumstances_of
from triage.storage.dry_runs import StandingEmail, standing_emails
from triage.storage.labels import labels_in_force

MOST_EMAILS = 10_000
# Emails whose texts are in memory together.
BATCH = 1000
# A priority that changes by less moves nobody who looks at two digits.
MOVES = 0.01


@dataclass(frozen=True, slots=True)
class Move:
    """An email that would stand elsewhere; positions count from 1 among the emails that were looked at."""

    email: StandingEmail
    priority: float
    band: str
    position_before: int
    position: int


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a policy would change.

    Attributes:
        looked_at: Open emails that were placed, the most pressing ones.
        is_whole: Those are all there are.
        moved: How many of them would move.
        before: How many are in each band, and `after` how many would be.
        between: How many would go from one band to another.
        largest: The moves over most positions, largest first.
    """

    looked_at: int
    is_whole: bool
    moved: int
    before: Mapping[str, int]
    after: Mapping[str, int]
    between: Mapping[tuple[str, str], int]
    largest: Sequence[Move]


def dry_run(
    session: Session, mailbox_id: int, policy: PriorityPolicy, *, most: int = 20, limit: int = MOST_EMAILS
) -> DryRun:
    """Return what a policy would change in the open mail of a mailbox."""
    standing = standing_emails(session, mailbox_id, limit=limit + 1)
    looked_at = standing[:limit]
    scores = list(_scores(session, mailbox_id, looked_at, policy))
    moves = _moves(looked_at, scores, policy)
    between = Counter((move.email.band, move.band) for move in moves if move.email.band != move.band)
    return DryRun(
        looked_at=len(looked_at),
        is_whole=len(standing) <= limit,
        moved=len(moves),
        before=Counter(email.band for email in looked_at),
        after=Counter(str(policy.band(score)) for score in scores),
        between=between,
        largest=sorted(moves, key=_largest_first)[:most],
    )


def _scores(
    session: Session, mailbox_id: int, standing: Sequence[StandingEmail], policy: PriorityPolicy
) -> Iterator[float]:
    for batch in (standing[start : start + BATCH] for start in range(0, len(standing), BATCH)):
        ids = [email.id for email in batch]
        found = circumstances_of(session, ids, {mailbox_id: policy})
        said = {email_id: labels.said for email_id, labels in labels_in_force(session, ids).items()}
        for email in batch:
            yield _score(email, said.get(email.id), found[email.id], policy)


def _score(email: StandingEmail, said: Said | None, mail: Circumstances, policy: PriorityPolicy) -> float:
    """Return the priority that placing the email would give it."""
    if email.distributions is None or email.language is None:
        if said is not None:
            return priority(None, policy, mail, said)
        return ruled(policy.default_priority, None, policy, replace(mail, findings=()))[0]
    if not images_count(mail.findings, policy):
        mail = replace(mail, findings=())
    return priority(stored_reading(email.distributions, email.language), policy, mail, said or NOTHING_SAID)


def _moves(standing: Sequence[StandingEmail], scores: Iterable[float], policy: PriorityPolicy) -> list[Move]:
    places = [
        (rank_at(email.received_at, email.stored_at, score, policy), email.id, score, before, email)
        for before, (email, score) in enumerate(zip(standing, scores, strict=True), 1)
    ]
    moves = []
    for position, (_, _, score, before, email) in enumerate(sorted(places), 1):
        band = str(policy.band(score))
        differs = band != email.band or abs(score - email.priority) >= MOVES
        if differs or (position != before and _is_aged(email, policy)):
            moves.append(Move(email, score, band, before, position))
    return moves


def _is_aged(email: StandingEmail, policy: PriorityPolicy) -> bool:
    """Say whether an email whose priority stays would stand elsewhere, because the policy ages mail otherwise."""
    moment = rank_at(email.received_at, email.stored_at, email.priority, policy)
    return abs(moment - email.rank_at) >= timedelta(seconds=1)


def _largest_first(move: Move) -> tuple[float, float, int]:
    return -abs(move.position - move.position_before), -abs(move.priority - move.email.priority), move.email.id
