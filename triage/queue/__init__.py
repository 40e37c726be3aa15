"""Redis between those who bring mail and images and those who read them. Ids travel, never bodies."""

from triage.queue.again import ReadingAgain
from triage.queue.broker import celery_app, send
from triage.queue.doorbell import Doorbell
from triage.queue.inlet import Inlet
from triage.queue.learning import LearningCall, PlacingCall
from triage.queue.predictions import Predictions
from triage.queue.redis import connect
from triage.queue.stream import Batch, WorkStream

__all__ = [
    "Batch",
    "Doorbell",
    "Inlet",
    "LearningCall",
    "PlacingCall",
    "Predictions",
    "ReadingAgain",
    "WorkStream",
    "celery_app",
    "connect",
    "send",
]
