"""Trainings of mailboxes: asked for, carried out, judged by the gate, and accounted for."""

from triage.comparison import Decision
from triage.trainings.child import Bounds
from triage.trainings.decision import Comparison, comparison_from, decide
from triage.trainings.healing import heal
from triage.trainings.overview import Overview, overview, waiting_topics
from triage.trainings.report import report_page
from triage.trainings.request import Calendar, Cause, request, request_due, training
from triage.trainings.run import Workshop, train_next

__all__ = [
    "Bounds",
    "Calendar",
    "Cause",
    "Comparison",
    "Decision",
    "Overview",
    "Workshop",
    "comparison_from",
    "decide",
    "heal",
    "overview",
    "report_page",
    "request",
    "request_due",
    "train_next",
    "training",
    "waiting_topics",
]
