"""Redis between those who bring mail and those who read it. Ids travel, never bodies."""

from triage.queue.again import ReadingAgain
from triage.queue.broker import celery_app, send
from triage.queue.doorbell import Doorbell
from triage.queue.learning import LearningCall
from triage.queue.predictions import Predictions
from triage.queue.redis import connect
from triage.queue.stream import Batch, MailStream

__all__ = [
    "Batch",
    "Doorbell",
    "LearningCall",
    "MailStream",
    "Predictions",
    "ReadingAgain",
    "celery_app",
    "connect",
    "send",
]
