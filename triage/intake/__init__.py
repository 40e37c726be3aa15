"""Intake: the one way in for mail and images, whatever door they come through."""

from triage.intake.accept import Intake
from triage.intake.anew import parse_anew
from triage.intake.images import image_type
from triage.intake.limit import QueueLimit
from triage.intake.posted import ImageReceipt, accept_image
from triage.intake.submission import (
    APPLICATION_JSON,
    MESSAGE_RFC822,
    Outcome,
    Receipt,
    Submission,
    parse_submission,
    stored_message,
)

__all__ = [
    "APPLICATION_JSON",
    "MESSAGE_RFC822",
    "ImageReceipt",
    "Intake",
    "Outcome",
    "QueueLimit",
    "Receipt",
    "Submission",
    "accept_image",
    "image_type",
    "parse_anew",
    "parse_submission",
    "stored_message",
]
