"""Valid objects with one thing changed."""

import struct
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from zlib import crc32

from triage.intake import Intake, Receipt, Submission
from triage.labels import Language, Sentiment, Topic, Urgency
from triage.queue import Doorbell, Inlet, WorkStream, celery_app
from triage.queue.lanes import IMAGES
from triage.ranking import PriorityPolicy, Reading, load_policy
from triage.storage.session import Database

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
POLICY: PriorityPolicy = load_policy()


def reading(
    *,
    topic: Topic = Topic.TECHNICAL,
    sentiment: Sentiment = Sentiment.NEUTRAL,
    urgency: Urgency = Urgency.NORMAL,
    confidence: float = 0.9,
    action_required: float = 0.9,
    language: Language = Language.ENGLISH,
) -> Reading:
    """A reading that is sure of some labels; the rest of each distribution is spread evenly."""
    return Reading(
        topic=spread(Topic, topic, confidence),
        sentiment=spread(Sentiment, sentiment, confidence),
        urgency=spread(Urgency, urgency, confidence),
        action_required=action_required,
        language=language,
    )


def spread(names, likely, confidence):
    """A distribution that gives `likely` its confidence and the other names equal parts of the rest."""
    rest = (1 - confidence) / (len(names) - 1)
    return {name: confidence if name is likely else rest for name in names}


def raw_message(
    subject: str = "The lift is stuck",
    body: str = "Two people are inside.",
    *,
    message_id: str = "",
    sender: str = "Jo Doe <jo@example.org>",
    headers: str = "",
) -> bytes:
    """A small valid message."""
    own_id = f"Message-ID: {message_id}\r\n" if message_id else ""
    return (
        f"From: {sender}\r\nTo: info@example.com\r\nSubject: {subject}\r\n{own_id}{headers}"
        f"Date: Mon, 02 Mar 2026 10:00:00 +0000\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n"
    ).encode()


def make_intake(database: Database, redis, policy: PriorityPolicy = POLICY) -> Intake:
    """An intake over a real database and a real Redis."""
    app = celery_app(url_of(redis))
    images = Inlet.of(IMAGES, redis, app)
    return Intake(database, WorkStream(redis), Doorbell(redis, app), policy, images=images)


def accept(intake: Intake, *raws: bytes, mailbox: str = "main", now: datetime = NOW) -> list[Receipt]:
    """Accept messages received at `now`."""
    return intake.accept([Submission(raw, received_at=now) for raw in raws], mailbox=mailbox, now=now)


def represented(features: Mapping[int, int], embedding: Sequence[int] = (0, 0)) -> bytes:
    """What a model would keep of a mail: bucket to weight from 1 to 255, and signed numbers."""
    entries = [bucket << 8 | weight for bucket, weight in sorted(features.items())]
    return bytes([1, len(embedding)]) + struct.pack(f"<{len(embedding)}b{len(entries)}I", *embedding, *entries)


def words_represented(text: str) -> bytes:
    """What a model would keep of a mail of which it sees nothing but its words; a hash stands for each."""
    return represented({crc32(word.encode()) >> 8: 255 for word in text.lower().split()})


def url_of(redis) -> str:
    """The address that a client talks to."""
    return f"unix://{redis.connection_pool.connection_kwargs['path']}"
