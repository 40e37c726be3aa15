"""Mail: bytes in, what a person wrote out."""

from triage.mail.html import text_of_html
from triage.mail.json_mail import JsonMail, canonical_bytes, message_from_json, read_document, read_json_mail
from triage.mail.message import Address, Attachment, MailText, Message
from triage.mail.parsing import parse_message
from triage.mail.quotes import own_text

__all__ = [
    "Address",
    "Attachment",
    "JsonMail",
    "MailText",
    "Message",
    "canonical_bytes",
    "message_from_json",
    "own_text",
    "parse_message",
    "read_document",
    "read_json_mail",
    "text_of_html",
]
