"""Saying something of emails."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from triage.errors import InvalidLabel
from triage.feedback.placing import move_as_said
from triage.feedback.saying import Saying
from triage.feedback.telling import BY_PERSONS, tell_said
from triage.labels import Source, author_name
from triage.metrics.corrections import count_labels
from triage.ranking import Policies, Statement
from triage.storage import emails, labels, topics, verdicts
from triage.storage.labels import in_force
from triage.storage.tables import Label

# These come from machines, which say the same again whenever they are run.
_SAID_AGAIN = (Source.IMPORT, Source.RULE)


@dataclass(frozen=True, slots=True)
class Labelled:
    """What became of a saying.

    Attributes:
        label_id: The label that says it.
        is_new: It was not said before.
    """

    email_id: int
    label_id: int
    is_new: bool


def label(
    session: Session,
    email_ids: Iterable[int],
    statement: Statement,
    *,
    source: Source | str,
    author: str,
    now: datetime,
    policy: Policies,
) -> list[Labelled]:
    """Say the same of some emails; return what became of each that is stored, in the order of ids.

    Safe to repeat: what is in force by the same author adds nothing. Ids that are not stored are passed over.

    Raises:
        InvalidLabel: The statement says nothing, or its author has no name that can be kept.
        UnknownTopic: The mailbox of one of the emails has no such topic; nothing was labelled.
    """
    sayings = [Saying(email_id, statement, author) for email_id in set(email_ids)]
    return label_each(session, sayings, source=source, now=now, policy=policy)


def label_each(
    session: Session, sayings: Sequence[Saying], *, source: Source | str, now: datetime, policy: Policies
) -> list[Labelled]:
    """Say something of each of some different emails, as `label` does of all alike."""
    source, by_email = Source(source), {saying.email_id: _checked(saying) for saying in sayings}
    mailbox_of = emails.mailboxes_of(session, emails.lock(session, list(by_email)))
    topic_names = _topic_names(session, by_email, mailbox_of)
    standing = labels.standing_labels(session, list(mailbox_of))
    same: dict[int, int] = {}
    rows = []
    for email_id, mailbox_id in mailbox_of.items():
        saying, before = by_email[email_id], standing.get(email_id, [])
        topic = topic_names.get((mailbox_id, saying.statement.topic))
        said = replace(saying, statement=replace(saying.statement, topic=topic))
        known = _said_already(said, source, before)
        if known is not None:
            same[email_id] = known.id
        else:
            rows.append({**_row(said, source, before, now), "mailbox_id": mailbox_id})
    new = labels.insert_labels(session, rows)
    if new and source in BY_PERSONS:
        # Before memory learns of it, and says the same.
        stood = verdicts.placed_emails(session, sorted(new))
        count_labels(session, [(by_email[email.id].statement, email.verdict) for email in stood])
    move_as_said(session, sorted(new), policy)
    tell_said(session, source, {email_id: by_email[email_id] for email_id in new}, new, mailbox_of)
    return [Labelled(one, (new | same)[one], is_new=one in new) for one in mailbox_of]


def _checked(saying: Saying) -> Saying:
    if not saying.statement.heads:
        raise InvalidLabel("the label says nothing; give a topic, a sentiment, an urgency, or whether to act")
    return replace(saying, author=author_name(saying.author))


def _topic_names(
    session: Session, by_email: dict[int, Saying], mailbox_of: dict[int, int]
) -> dict[tuple[int, str | None], str]:
    """Return each topic that is said as the mailbox of the email spells it."""
    wanted = {(mailbox_id, by_email[email_id].statement.topic) for email_id, mailbox_id in mailbox_of.items()}
    return {
        (mailbox_id, topic): topics.topic_in(session, mailbox_id, topic)
        for mailbox_id, topic in wanted
        if topic is not None
    }


def _said_already(saying: Saying, source: Source, before: Sequence[Label]) -> Label | None:
    """Return the label that makes this saying needless, if there is one."""
    if saying.said_at is not None:
        # Told late. What people said since, or in the same moment, stands against it.
        others = in_force(label for label in before if label.source != Source.RULE and label.said_at >= saying.said_at)
        decided = others is not None and all(head in others.by_head for head in saying.statement.heads)
        return others.newest if others is not None and decided else None
    own = [label for label in before if (label.source, label.author) == (source, saying.author)]
    # A machine's word that a person has overruled since stays overruled when the machine repeats it.
    standing = in_force(own if source in _SAID_AGAIN else before)
    if standing is None:
        return None
    for head, value in saying.statement.as_json().items():
        label = standing.by_head.get(head)
        if label is None or getattr(label, head) != value or label not in own:
            return None
    return max((standing.by_head[head] for head in saying.statement.heads), key=lambda label: label.id)


def _row(saying: Saying, source: Source, before: Sequence[Label], now: datetime) -> dict[str, object]:
    # A clock that was set back must not put a person's newest word behind their older ones.
    newest = max([now, *(label.said_at for label in before)])
    return {
        "email_id": saying.email_id,
        "topic": saying.statement.topic,
        "sentiment": saying.statement.sentiment,
        "urgency": saying.statement.urgency,
        "action_required": saying.statement.action_required,
        "source": source,
        "author": saying.author,
        "said_at": newest if saying.said_at is None else min(saying.said_at, now),
    }
