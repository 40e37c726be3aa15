"""Labelled mail and figures, with one thing changed."""

from datetime import UTC, datetime

from triage.trainings.decision import Compared, Comparison, OfTopic
from triage.trainings.selection import Spoken
from triage.trainings.sides import Sent

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def figure(name="topic_macro_f1", active=0.8, candidate=0.8, *, within=(-0.02, 0.02), surely=(-0.03, 0.03), mails=100):
    """A figure of both models that is neither better nor worse."""
    return Compared(name, mails, active, candidate, within, surely)


def of_topic(name="order", active=0.8, candidate=0.8, *, surely=(-0.1, 0.1), mails=20, is_new=False):
    """The F1 of one topic."""
    return OfTopic(name, mails, active, candidate, surely, surely, is_new)


def comparison(*figures, topics=()):
    """What the gate looks at."""
    return Comparison("text-active", "text-candidate", 100, figures, tuple(topics))


def sent(email_id, sender=None, *, thread=None, begun_by=None):
    """A mail of a writer and a conversation of its own."""
    sender = f"writer-{email_id}@example.org" if sender is None else sender
    return Sent(email_id, thread or f"thread-{email_id}", sender, sender if begun_by is None else begun_by)


def spoken(email_id, *, source="human", is_withdrawn=False, said_at=NOW, mail=None, label_id=None, **said):
    """A label of a mail."""
    return Spoken(label_id or email_id, mail or sent(email_id), said, source, said_at, is_withdrawn)
