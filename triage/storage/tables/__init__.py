"""Every table, with its constraints and indexes; no behaviour."""

from triage.storage.tables.accounts import Account, Exchange, Folder, Location
from triage.storage.tables.base import Base, UtcDateTime
from triage.storage.tables.images import Finding, Image, ImageContent, Recognizer, RecognizerActivation
from triage.storage.tables.incidents import Arrival, Incident
from triage.storage.tables.keys import ApiKey, LoginLink, WebSession
from triage.storage.tables.labels import Label, Topic
from triage.storage.tables.learning import Activation, Memory, Model, Shadow, Training
from triage.storage.tables.mail import Attachment, Email, Mailbox, Message, Tombstone, Verdict
from triage.storage.tables.policies import PolicyChange

__all__ = [
    "Account",
    "Activation",
    "ApiKey",
    "Arrival",
    "Attachment",
    "Base",
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
    "Shadow",
    "Tombstone",
    "Topic",
    "Training",
    "UtcDateTime",
    "Verdict",
    "WebSession",
]
