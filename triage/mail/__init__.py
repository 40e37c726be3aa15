"""Mail: bytes in, what a person wrote out."""

from triage.mail.message import Address, Attachment, MailText, Message

__all__ = ["Address", "Attachment", "MailText", "Message"]
