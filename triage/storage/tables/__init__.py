"""Every table, with its constraints and indexes; no behaviour."""

from triage.storage.tables.accounts import Account, Exchange, Folder, Location
from triage.storage.tables.audit import AuditEntry
from triage.storage.tables.base import Base, UtcDateTime
from triage.storage.tables.images import Finding, Image, ImageContent, Recognizer, RecognizerActivation
from triage.storage.tables.incidents import Arrival, Incident
from triage.storage.tables.keys import ApiKey, LoginLink, WebSession
from triage.storage.tables.labels import Label, Topic
from triage.storage.tables.learning import Activation, Memory, Model, Shadow, Training
from triage.storage.tables.mail import Attachment, Email, Mailbox, Message, Tombstone, Verdict
from triage.storage.tables.policies import PolicyChange
from triage.storage.tables.privacy import Answer, Retention, Seal
from triage.storage.tables.schema import Compatibility
from triage.storage.tables.senders import Sender, Treated
from triage.storage.tables.webhooks import Delivery, Webhook

__all__ = [
    "Account",
    "Activation",
    "Answer",
    "ApiKey",
    "Arrival",
    "Attachment",
    "AuditEntry",
    "Base",
    "Compatibility",
    "Delivery",
    "Email",
    "Exchange",
    "Finding",
    "Folder",
    "Image",
    "ImageContent",
    "Incident",
    "Label",
    "Location",
    "LoginLink",
    "Mailbox",
    "Memory",
    "Message",
    "Model",
    "PolicyChange",
    "Recognizer",
    "RecognizerActivation",
    "Retention",
    "Seal",
    "Sender",
    "Shadow",
    "Tombstone",
    "Topic",
    "Training",
    "Treated",
    "UtcDateTime",
    "Verdict",
    "WebSession",
    "Webhook",
]
