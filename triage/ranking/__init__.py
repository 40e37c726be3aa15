"""From what the model believes to a place in the inbox."""

from triage.ranking.explanation import Explanation
from triage.ranking.finding import ImageFinding, findings_that_count, stored_findings
from triage.ranking.place import Read, kept_phrases, place_as_said
from triage.ranking.policy import PriorityPolicy, load_policy, policy_from
from triage.ranking.priority import (
    Circumstances,
    Reason,
    duration_in_words,
    priority,
    rank_at,
    reasons,
    waiting_reason,
)
from triage.ranking.reading import Reading, distributions_of, likeliest, rounded, stored_reading
from triage.ranking.statement import HEADS, NOTHING_SAID, Said, Statement, factor_of

__all__ = [
    "HEADS",
    "NOTHING_SAID",
    "Circumstances",
    "Explanation",
    "ImageFinding",
    "PriorityPolicy",
    "Read",
    "Reading",
    "Reason",
    "Said",
    "Statement",
    "distributions_of",
    "duration_in_words",
    "factor_of",
    "findings_that_count",
    "kept_phrases",
    "likeliest",
    "load_policy",
    "place_as_said",
    "policy_from",
    "priority",
    "rank_at",
    "reasons",
    "rounded",
    "stored_findings",
    "stored_reading",
    "waiting_reason",
]
