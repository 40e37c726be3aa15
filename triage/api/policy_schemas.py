"""Policies of mailboxes as they look from outside; the API and `--json` on the command line give the same."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from triage.api.label_schemas import BY_API, Author
from triage.dry_run import DryRun
from triage.policies import LONGEST_TEXT, HeldPolicies
from triage.ranking import rounded
from triage.storage import policies
from triage.storage.mailboxes import require_mailbox
from triage.storage.senders import count_senders
from triage.storage.tables import PolicyChange

MOST_CHANGES = 200
PolicyText = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]


class PlacingItem(BaseModel):
    """How far open mail is placed by the policy in force."""

    done: int
    of: int


class LearnedItem(BaseModel):
    """What is learned of senders from what people do with their mail."""

    most: float = Field(description="how far it may move mail, up or down; 0 where the policy switches it off")
    senders: int = Field(description="how many senders people have done enough with")


class PolicyItem(BaseModel):
    """The policy of a mailbox; without `text` it follows the policy file."""

    mailbox: str
    version: str
    source: str = Field(description="file, or mailbox where it was given one of its own")
    text: str = Field(description="the policy in TOML")
    changed_at: datetime | None
    author: str | None
    reason: str | None
    placing: PlacingItem | None = Field(description="`null` where the mailbox always followed the policy file")
    learned: LearnedItem
    problem: str | None = Field(description="why this release does not rank by it; `null` where it does")


class ChangeItem(BaseModel):
    """That a mailbox was given a policy; an empty `text` is the policy file."""

    id: int
    version: str
    text: str | None
    changed_at: datetime
    author: str
    reason: str


class History(BaseModel):
    """The policies that a mailbox had, newest first; the first is in force."""

    items: list[ChangeItem]


class PolicyOrder(BaseModel):
    """A policy to put in force."""

    model_config = ConfigDict(extra="forbid")

    text: PolicyText | None = Field(description="in TOML; `null` follows the policy file again")
    author: Author = BY_API
    reason: Annotated[str, Field(max_length=500)] = ""
    instead_of: Annotated[str, Field(max_length=20)] | None = Field(
        None, description="the version that you looked at; with another in force the answer is 409"
    )


class BackOrder(BaseModel):
    """Who goes back."""

    model_config = ConfigDict(extra="forbid")

    author: Author = BY_API


class DryRunOrder(BaseModel):
    """A policy to try; nothing is stored."""

    model_config = ConfigDict(extra="forbid")

    text: PolicyText | None = Field(None, description="in TOML; `null` tries the policy file")
    most: Annotated[int, Field(ge=1, le=200, description="how many of the largest moves to tell")] = 20


class MoveItem(BaseModel):
    """An email that would stand elsewhere; positions count from 1 among the emails that were looked at."""

    id: int
    subject: str
    sender: str
    band_before: str
    band: str
    priority_before: float
    priority: float
    position_before: int
    position: int


class DryRunItem(BaseModel):
    """What a policy would change in the open mail of a mailbox."""

    version: str
    looked_at: int
    is_whole: bool = Field(description="false where there is more open mail than is looked at")
    moved: int
    before: dict[str, int] = Field(description="emails of each band as it is")
    after: dict[str, int]
    between: dict[str, int] = Field(description="emails that would go from one band to another")
    largest: list[MoveItem]


def policy_item(session: Session, mailbox: str, held: HeldPolicies, file_text: str) -> PolicyItem:
    """Return the policy of a mailbox.

    Raises:
        MailboxNotFound: There is no such mailbox.
    """
    number = require_mailbox(session, mailbox)
    newest = policies.newest_change(session, number)
    learned = LearnedItem(most=held.of(number).learned_most, senders=count_senders(session, number))
    if newest is None:
        return PolicyItem(
            mailbox=mailbox, version=held.default.version, source="file", text=file_text, changed_at=None, author=None,
            reason=None, placing=None, learned=learned, problem=None,
        )  # fmt: skip
    open_mail = policies.count_open(session, number)
    left = policies.count_placed_by_others(session, number, newest.version)
    return PolicyItem(
        mailbox=mailbox,
        version=newest.version,
        source="file" if newest.text is None else "mailbox",
        text=file_text if newest.text is None else newest.text,
        changed_at=newest.changed_at,
        author=newest.author,
        reason=newest.reason,
        placing=PlacingItem(done=open_mail - min(left, open_mail), of=open_mail),
        learned=learned,
        problem=_problem(newest, number, held),
    )


def history_of(session: Session, mailbox: str) -> History:
    """Return the policies that a mailbox had.

    Raises:
        MailboxNotFound: There is no such mailbox.
    """
    told = policies.changes_of(session, require_mailbox(session, mailbox), limit=MOST_CHANGES)
    return History(items=[ChangeItem.model_validate(one, from_attributes=True) for one in told])


def dry_run_item(version: str, found: DryRun) -> DryRunItem:
    """Return what a policy would change."""
    return DryRunItem(
        version=version,
        looked_at=found.looked_at,
        is_whole=found.is_whole,
        moved=found.moved,
        before=dict(found.before),
        after=dict(found.after),
        between={f"{before} → {after}": count for (before, after), count in sorted(found.between.items())},
        largest=[
            MoveItem(
                id=move.email.id,
                subject=move.email.subject,
                sender=move.email.sender_address,
                band_before=move.email.band,
                band=move.band,
                priority_before=rounded(move.email.priority),
                priority=rounded(move.priority),
                position_before=move.position_before,
                position=move.position,
            )
            for move in found.largest
        ],
    )


def _problem(newest: PolicyChange, mailbox_id: int, held: HeldPolicies) -> str | None:
    if held.in_force.get(mailbox_id) != newest.version or mailbox_id in held.to_place_by():
        return None
    if newest.text is None:
        return "the policy file says something else now than when it was put in force; put it in force again"
    return "this release cannot rank by it and follows the policy file; put another in force"
