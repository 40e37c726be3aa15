"""What an email looks like from outside; the API and `--json` on the command line give the same."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from triage.api.incident_schemas import IncidentItem
from triage.api.label_schemas import LabelItem, label_items
from triage.labels import TopicState
from triage.ranking import Policies, PriorityPolicy, Reason, rounded, waiting_reason
from triage.storage import emails
from triage.storage.emails import EmailAttachment
from triage.storage.inbox import InboxRow
from triage.storage.tables import Label, Message, Verdict

_CONFIDENCE = {
    "topic": "topic_confidence",
    "sentiment": "sentiment_confidence",
    "urgency": "urgency_confidence",
    "action_required": "action_confidence",
}
READ = (*_CONFIDENCE, *_CONFIDENCE.values())


class AddressItem(BaseModel):
    """An address from a header; both parts may be empty."""

    name: str
    address: str


class AttachedFinding(BaseModel):
    """What an attached image was found to be; all of it is at `/v1/images/{image_id}`.

    Of an image that cannot be decoded there is only `error`.
    """

    kind: str | None = None
    confidence: float | None = None
    is_decoration: bool
    error: str | None = None


class AttachmentItem(BaseModel):
    """A file that an email carries; its bytes are at `/v1/emails/{id}/attachments/{position}`.

    `image_id` is `null` where it is no image that is recognised, `finding` until it was.
    """

    position: int
    filename: str
    content_type: str
    is_inline: bool
    size_bytes: int
    image_id: int | None
    finding: AttachedFinding | None


class ReasonItem(BaseModel):
    """One thing that moved the priority, and how far from that of an ordinary mail."""

    factor: str
    value: str
    effect: float
    text: str
    phrases: list[str] = Field(default=[], description="Passages it rests on; of pressing mail alone.")


class ReadingItem(BaseModel):
    """What the model says of an email, by the memory of its mailbox too, whatever people say of it."""

    topic: str
    topic_confidence: float
    sentiment: str
    sentiment_confidence: float
    urgency: str
    urgency_confidence: float
    action_required: bool
    action_confidence: float


class EmailItem(BaseModel):
    """An email as the inbox lists it. What a model says is `null` until one has read it.

    What people say goes before what a model says, and has a confidence of 1.
    """

    model_config = ConfigDict(populate_by_name=True)

    id: int
    mailbox: str
    state: str = Field(description="queued, read or failed")
    handled_at: datetime | None
    snoozed_until: datetime | None = Field(description="put off until then; it is on no list of open mail")
    due_at: datetime | None = Field(description="when the policy wants it answered; `null` where it says nothing of it")
    breached_at: datetime | None = Field(description="`due_at` as it was when nobody had answered by then; it stays")
    overdue: bool = Field(description="that moment has passed, and nobody is done with it")
    received_at: datetime
    from_: AddressItem = Field(alias="from")
    to: list[AddressItem]
    subject: str
    snippet: str
    topic: str | None
    topic_confidence: float | None
    topic_state: TopicState | None = Field(
        description="applied, suggested, or none: then no topic is likely enough to be named, and `topic` is a guess"
    )
    sentiment: str | None
    sentiment_confidence: float | None
    urgency: str | None
    urgency_confidence: float | None
    action_required: bool | None
    action_confidence: float | None
    labelled: list[str] = Field(description="of topic, sentiment, urgency and action_required, what people said")
    priority: float
    band: str
    reasons: list[ReasonItem]
    language: str | None
    thread_id: str
    incident_id: int | None = Field(description="the incident that it is one of many mails about")
    incident: IncidentItem | None = Field(
        None, description="with `group=incidents`: what it stands for, as the most pressing of its mails"
    )
    attachments: list[AttachmentItem]
    model_version: str | None
    policy_version: str | None
    attempts: int = Field(description="how often reading it was begun without an end")
    error: str | None = Field(description="what the last attempt ended in; `null` once it is read")
    error_stage: str | None
    failed_at: datetime | None = Field(description="when it was set aside")


class EmailDetail(EmailItem):
    """An email with its text; `text` is the newest writer's own, `quoted_text` what they left below.

    `labels` are those that count, `reading` is what the model says by itself, `null` until one has read it.
    """

    message_id: str
    text: str
    quoted_text: str
    size_bytes: int
    labels: list[LabelItem]
    reading: ReadingItem | None


class LabelledEmail(EmailItem):
    """The answer to a label: the email where it stands now."""

    label_id: int = Field(description="the label that says so")
    known: bool = Field(description="the same was said already; nothing was added")


class SubmittedEmail(EmailItem):
    """The answer to a submission."""

    duplicate: bool = Field(description="the mailbox held the same mail already")


class InboxPage(BaseModel):
    """A page of the inbox, most pressing first; `next_cursor` leads to the next, `null` ends it."""

    items: list[EmailItem]
    next_cursor: str | None


def email_item(row: InboxRow, attachments: Sequence[EmailAttachment], policy: Policies, now: datetime) -> EmailItem:
    """Return an email as the inbox lists it at a moment."""
    return EmailItem(**_item_fields(row, attachments, policy, now))


def email_detail(
    row: InboxRow, attachments: Sequence[EmailAttachment], message: Message, policy: Policies, now: datetime
) -> EmailDetail:
    """Return an email with its text."""
    return EmailDetail(
        **_item_fields(row, attachments, policy, now),
        message_id=row.email.message_id,
        text=message.text,
        quoted_text=message.quoted_text,
        size_bytes=row.email.size_bytes,
        labels=label_items(_labels_in_force(row)),
        reading=None if row.verdict is None else ReadingItem(**_read(row.verdict, READ)),
    )


def submitted_email(item: EmailItem, *, duplicate: bool) -> SubmittedEmail:
    """Return the answer to a submission."""
    return SubmittedEmail(**item.model_dump(by_alias=True), duplicate=duplicate)


def _item_fields(
    row: InboxRow, attachments: Sequence[EmailAttachment], policy: Policies, now: datetime
) -> dict[str, Any]:
    email = row.email
    by = policy.of(email.mailbox_id)
    read = _read(row.verdict, (*READ, "language", "policy_version"))
    labelled = {} if row.labels is None else row.labels.said.statement.as_json()
    sure = {_CONFIDENCE[head]: 1.0 for head in labelled}
    held = read | labelled | sure
    confidence = held["topic_confidence"]
    return held | {
        "topic_state": None if confidence is None else by.topic_state(confidence),
        "labelled": list(labelled),
        "id": email.id,
        "mailbox": row.mailbox,
        "state": email.state,
        "handled_at": email.handled_at,
        "snoozed_until": email.snoozed_until,
        "due_at": email.due_at,
        "breached_at": email.breached_at,
        "overdue": email.handled_at is None and email.due_at is not None and email.due_at < now,
        "received_at": email.received_at,
        "from": {"name": email.sender_name, "address": email.sender_address},
        "to": email.recipients,
        "subject": email.subject,
        "snippet": email.snippet,
        "priority": rounded(email.priority),
        "band": email.band,
        "reasons": _reasons(row, by, now),
        "thread_id": email.thread_id,
        "incident_id": email.incident_id,
        "attachments": _attachment_items(row, attachments),
        "model_version": email.model_version,
        "attempts": email.attempts,
        "error": email.error,
        "error_stage": email.error_stage,
        "failed_at": email.failed_at,
    }


def _read(verdict: Verdict | None, names: Sequence[str]) -> dict[str, Any]:
    return {name: None if verdict is None else _shown(getattr(verdict, name)) for name in names}


def _labels_in_force(row: InboxRow) -> list[Label]:
    return [] if row.labels is None else list({label.id: label for label in row.labels.by_head.values()}.values())


def _shown(value: Any) -> Any:
    return rounded(value) if isinstance(value, float) else value


def _reasons(row: InboxRow, policy: PriorityPolicy, now: datetime) -> list[dict[str, Any]]:
    """Return the stored reasons and, as the last, the one that changes by the hour: waiting."""
    found = list(row.email.reasons or (row.verdict.reasons if row.verdict is not None else []))
    if row.verdict is None:
        why = "could not be read" if row.email.state == emails.FAILED else "not read yet"
        rest = "the rest is taken as in an ordinary mail" if found else "stands where an ordinary mail would"
        found.append(Reason("unread", row.email.state, 0.0, f"{why}; {rest}").as_json())
    return [*found, waiting_reason(row.email.received_at, now, policy).as_json()]


def _attachment_items(row: InboxRow, attachments: Sequence[EmailAttachment]) -> list[AttachmentItem]:
    findings = {one["position"]: AttachedFinding(**one) for one in row.email.findings or ()}
    return [
        AttachmentItem(
            position=one.position,
            filename=one.filename,
            content_type=one.content_type,
            is_inline=one.is_inline,
            size_bytes=one.size_bytes,
            image_id=one.image_id,
            finding=findings.get(one.position),
        )
        for one in attachments
    ]
