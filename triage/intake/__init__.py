"""Intake: the one way in for mail, whatever door it comes through."""

from triage.intake.accept import Intake
from triage.intake.anew import parse_anew
from triage.intake.limit import QueueLimit
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
    "Intake",
    "Outcome",
    "QueueLimit",
    "Receipt",
    "Submission",
    "parse_anew",
    "parse_submission",
    "stored_message",
]
