"""From what the model believes to a place in the inbox."""

from triage.ranking.circumstances import Circumstances
from triage.ranking.explanation import Explanation
from triage.ranking.finding import ImageFinding, findings_that_count, images_count, stored_findings
from triage.ranking.importance import NO_EVIDENCE, Evidence
from triage.ranking.place import Read, kept_phrases, place_as_said, place_of, unread_place
from triage.ranking.policy import Policies, PriorityPolicy, load_policy, policy_from, policy_from_text, policy_text
from triage.ranking.priority import (
    Reason,
    duration_in_words,
    priority,
    rank_at,
    reasons,
    waiting_reason,
)
from triage.ranking.reading import Reading, distributions_of, likeliest, rounded, stored_reading
from triage.ranking.ruling import ruled
from triage.ranking.statement import HEADS, NOTHING_SAID, Said, Statement, factor_of

__all__ = [
    "HEADS",
    "NOTHING_SAID",
    "NO_EVIDENCE",
    "Circumstances",
    "Evidence",
    "Explanation",
    "ImageFinding",
    "Policies",
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
    "images_count",
    "kept_phrases",
    "likeliest",
    "load_policy",
    "place_as_said",
    "place_of",
    "policy_from",
    "policy_from_text",
    "policy_text",
    "priority",
    "rank_at",
    "reasons",
    "rounded",
    "ruled",
    "stored_findings",
    "stored_reading",
    "unread_place",
    "waiting_reason",
]
