"""What people say of emails: it is kept with who said it and when, and counts at once for the mail itself.

An email is locked before its labels are read, here and where verdicts are written. So of a label and a verdict that
come at the same time the later one sees the other, and a person's word is never overwritten.
"""

from triage.feedback.bulk import Bulk, label_many
from triage.feedback.closing import Closed, close_many
from triage.feedback.export import labelled_examples
from triage.feedback.next_to_label import MOST_AT_ONCE, next_to_label
from triage.feedback.saying import Saying
from triage.feedback.sayings import Labelled, label, label_each
from triage.feedback.topics import add_topics, retire_topic, topic_list
from triage.feedback.undo import withdraw, withdraw_last, withdraw_many
from triage.storage.labels import labels_in_force

__all__ = [
    "MOST_AT_ONCE",
    "Bulk",
    "Closed",
    "Labelled",
    "Saying",
    "add_topics",
    "close_many",
    "label",
    "label_each",
    "label_many",
    "labelled_examples",
    "labels_in_force",
    "next_to_label",
    "retire_topic",
    "topic_list",
    "withdraw",
    "withdraw_last",
    "withdraw_many",
]
