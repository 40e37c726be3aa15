"""The policies of mailboxes: the policy file, and what people put in its place.

A policy is put in force in one transaction. Workers and the API look for another every second, and take it up between
two batches or requests; each email notes the policy that placed it, so that what another one placed is found and placed
again, whoever was stopped or late meanwhile.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from time import monotonic

import structlog
from sqlalchemy.orm import Session

from triage.audit import note
from triage.errors import InvalidPolicy, NoEarlierPolicy, PolicyChanged
from triage.ranking import PriorityPolicy, policy_from_text
from triage.storage import policies
from triage.storage.session import Database
from triage.storage.tables import PolicyChange

log = structlog.get_logger(__name__)

LOOKS_EVERY = timedelta(seconds=1)
LONGEST_TEXT = 200_000  # characters


@dataclass(frozen=True, slots=True)
class HeldPolicies:
    """The policies that were in force at a moment; they never change.

    Attributes:
        default: That of the policy file.
        own: Of mailboxes that were given one, where this release can rank by it.
        in_force: Of mailboxes that were given one, or the file again, the version that is in force.
    """

    default: PriorityPolicy
    own: Mapping[int, PriorityPolicy]
    in_force: Mapping[int, str]

    def of(self, mailbox_id: int) -> PriorityPolicy:
        """Return the policy of a mailbox."""
        return self.own.get(mailbox_id, self.default)

    def to_place_by(self) -> dict[int, PriorityPolicy]:
        """Return the mailboxes whose stored mail is to stand as a policy says, and that policy.

        None where the policy in force is not what this process would rank by: another release wrote it, or the file it
        names has another text here. Two processes that differ would move all mail to and fro.
        """
        return {
            mailbox_id: policy
            for mailbox_id, version in self.in_force.items()
            if (policy := self.of(mailbox_id)).version == version
        }


class WatchedPolicies:
    """Holds the policies in force, and looks for others now and then; any thread may ask.

    Args:
        database: Where the policies of mailboxes are.
        default: That of the policy file.
        looks_every: Least time between two looks.

    Attributes:
        default: That of the policy file; to know it takes no database.
    """

    def __init__(self, database: Database, default: PriorityPolicy, *, looks_every: timedelta = LOOKS_EVERY) -> None:
        self.default, self._database, self._looks_every = default, database, looks_every
        self._looking = Lock()
        self._looked_at: float | None = None
        self._numbers: Mapping[int, int] = {}
        self._held = HeldPolicies(default, {}, {})

    def current(self) -> HeldPolicies:
        """Return what is in force, or was up to a moment ago.

        Raises:
            StorageUnavailable: The database does not answer.
        """
        # Who finds another looking goes on with what was in force before, but for the very first time.
        if self._is_due() and self._looking.acquire(blocking=self._looked_at is None):
            try:
                if self._is_due():
                    self._look()
                    self._looked_at = monotonic()
            finally:
                self._looking.release()
        return self._held

    def of(self, mailbox_id: int) -> PriorityPolicy:
        """Return the policy of a mailbox at this moment; asked again, it may be another."""
        return self.current().of(mailbox_id)

    def forget(self) -> None:
        """Look anew at the next question: whoever changed a policy sees it at once."""
        self._looked_at = None

    def _is_due(self) -> bool:
        return self._looked_at is None or monotonic() - self._looked_at >= self._looks_every.total_seconds()

    def _look(self) -> None:
        with self._database.reading() as session:
            numbers = policies.in_force(session)
            if numbers == self._numbers:
                return
            changes = policies.changes_by_id(session, numbers.values())
        own = {one.mailbox_id: made for one in changes if (made := _policy_of(one)) is not None}
        self._held = HeldPolicies(self.default, own, {one.mailbox_id: one.version for one in changes})
        self._numbers = numbers


def put_in_force(
    session: Session,
    mailbox_id: int,
    text: str | None,
    *,
    default: PriorityPolicy,
    author: str,
    reason: str,
    now: datetime,
    instead_of: str | None = None,
) -> PriorityPolicy:
    """Give a mailbox a policy, or with `None` the policy file again; return it. The same again changes nothing.

    Raises:
        PolicyChanged: Another policy is in force than the version `instead_of`, if that is said.
        InvalidPolicy: It cannot be ranked by; the sentence says which entry is at fault.
    """
    made = default if text is None else checked(text)
    policies.lock_policy(session, mailbox_id)
    before = policies.newest_change(session, mailbox_id)
    current = default.version if before is None else before.version
    if instead_of is not None and instead_of != current:
        raise PolicyChanged(current)
    if (None if before is None else before.text) == text and current == made.version:
        return made
    if before is None:
        # What was in force until now, so that there is something to go back to.
        new = policies.NewChange(mailbox_id, default.version, None, author="", reason="the policy file", before_id=None)
        before_id = policies.add_change(session, new, now)
    else:
        before_id = before.id
    new = policies.NewChange(mailbox_id, made.version, text, author, reason, before_id)
    policies.add_change(session, new, now)
    _note(session, new, instead_of=current)
    return made


def go_back(session: Session, mailbox_id: int, *, default: PriorityPolicy, author: str, now: datetime) -> None:
    """Return to the policy that was in force before; a second time, to the one before that.

    Raises:
        NoEarlierPolicy: There is none.
        InvalidPolicy: This release cannot rank by it.
    """
    policies.lock_policy(session, mailbox_id)
    newest = policies.newest_change(session, mailbox_id)
    before = None if newest is None else policies.change(session, newest.before_id)
    if newest is None or before is None:
        raise NoEarlierPolicy
    made = default if before.text is None else checked(before.text)
    reason = f"back from {newest.version}"
    new = policies.NewChange(mailbox_id, made.version, before.text, author, reason, before.before_id)
    policies.add_change(session, new, now)
    _note(session, new, instead_of=newest.version)


def checked(text: str) -> PriorityPolicy:
    """Return the policy that a text is, held to more than a file: what it does not know it refuses.

    Raises:
        InvalidPolicy: It cannot be ranked by.
    """
    if len(text) > LONGEST_TEXT:
        raise InvalidPolicy(f"the policy has more than {LONGEST_TEXT:,} characters; shorten its lists")
    if "\x00" in text:
        raise InvalidPolicy("the policy holds a character that no text has (U+0000); take it out")
    return policy_from_text(text, knows_all=True)


def unusable(session: Session) -> dict[int, str]:
    """Return why this release cannot rank by the policy that is in force, of each mailbox of which that is so."""
    changes = policies.changes_by_id(session, policies.in_force(session).values())
    return {one.mailbox_id: why for one in changes if (why := _why_unusable(one)) is not None}


def _note(session: Session, new: policies.NewChange, *, instead_of: str) -> None:
    note(
        session,
        "policy.activated",
        f"policy {new.version}",
        mailbox_id=new.mailbox_id,
        policy_version=new.version,
        instead_of=instead_of,
        author=new.author,
        reason=new.reason,
    )


def _policy_of(one: PolicyChange) -> PriorityPolicy | None:
    why = _why_unusable(one)
    if why is not None:
        log.error("policy is not ranked by", mailbox_id=one.mailbox_id, version=one.version, error=why)
    return None if why is not None or one.text is None else policy_from_text(one.text)


def _why_unusable(one: PolicyChange) -> str | None:
    try:
        if one.text is not None:
            policy_from_text(one.text)
    except InvalidPolicy as error:
        return str(error)
    return None
