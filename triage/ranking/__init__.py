"""From what the model believes to a place in the inbox."""

from triage.ranking.explanation import Explanation
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
from triage.ranking.reading import Reading, likeliest

__all__ = [
    "Circumstances",
    "Explanation",
    "PriorityPolicy",
    "Reading",
    "Reason",
    "duration_in_words",
    "likeliest",
    "load_policy",
    "policy_from",
    "priority",
    "rank_at",
    "reasons",
    "waiting_reason",
]
