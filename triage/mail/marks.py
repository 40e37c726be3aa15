"""Who wrote it: a person to us, a machine, or somebody to many."""

import re

from triage.mail.parts import Part

# A bounce or a receipt; the message inside is ours and not what somebody wants to say.
REPORT = "multipart/report"
_AUTOMATIC_FIELDS = ("X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Reply-From", "X-FC-MachineGenerated")
_AUTOMATIC_SENDER = re.compile(r"\b(?:mailer-daemon|postmaster)@", re.IGNORECASE)
_AUTOMATIC_SUBJECT = re.compile(
    r"\s*(?:automatische antwort|auto(?:matic)?[- ]?(?:reply|response)|out of (?:the )?office"
    r"|abwesenheits(?:notiz|nachricht|meldung|assistent)|abwesend\b|ich bin (?:derzeit )?nicht im (?:büro|haus))",
    re.IGNORECASE,
)
_BULK_FIELDS = ("List-Id", "List-Unsubscribe", "List-Post", "List-Help", "List-Subscribe", "List-Archive", "List-Owner")
_BULK_PRECEDENCE = frozenset({"bulk", "list", "junk"})


def is_automatic(mail: Part, subject: str) -> bool:
    """Tell whether a machine answered or announced: auto-replies, absence notes, bounces and receipts.

    Source:
        RFC 3834 §5 (`Auto-Submitted`), RFC 3462 (`multipart/report`); the other marks are habits of mailers.
    """
    submitted = mail.field("Auto-Submitted").partition(";")[0].strip().lower()
    return (
        submitted not in {"", "no"}
        or any(mail.field(name) for name in _AUTOMATIC_FIELDS)
        or mail.field("Precedence").strip().lower() == "auto_reply"
        or mail.field("Return-Path").strip() == "<>"
        or mail.media_type == REPORT
        or bool(_AUTOMATIC_SENDER.search(mail.field("From")))
        or bool(_AUTOMATIC_SUBJECT.match(subject))
    )


def is_bulk(mail: Part) -> bool:
    """Tell whether it was sent to many: mailing lists, newsletters, campaigns (RFC 2369, RFC 2919)."""
    return mail.field("Precedence").strip().lower() in _BULK_PRECEDENCE or any(
        mail.field(name) for name in _BULK_FIELDS
    )
