"""What marks mail that no person wrote, and a delivery report's parts."""

from training.sample_mail import people
from training.sample_mail.envelope import Envelope
from training.sample_mail.headers import date_field
from training.sample_mail.mime import Field, Part, field_lines, multipart

_SHOUTING = "shouting_trivial"


def automatic_fields(envelope: Envelope) -> tuple[Field, ...]:
    """Return the fields by which mail of a kind is known (RFC 2919, RFC 2369, RFC 3834, RFC 8058)."""
    return _FIELDS.get(envelope.letter.kind, _none)(envelope)


def is_urgent_looking(envelope: Envelope) -> bool:
    """Say whether the sender pressed the button for high priority: some of those who write in capitals do."""
    shouts = _SHOUTING in envelope.letter.row["traits"]
    return shouts and envelope.chance.number("priority", 2) == 0 and "X-Priority" not in dict(envelope.client.fields)


def report(envelope: Envelope, explanation: Part) -> Part:
    """Return a delivery report (RFC 3462, RFC 3464) on a message of ours."""
    domain = people.domain(envelope.sender)
    at = date_field(envelope.sent_at)
    per_message = (("Reporting-MTA", f"dns; {domain}"), ("Arrival-Date", at))
    per_recipient = (
        ("Final-Recipient", "rfc822; unknown@example.com"),
        ("Action", "failed"),
        ("Status", "5.1.1"),
        ("Diagnostic-Code", "smtp; 550 5.1.1 User unknown"),
    )
    status = field_lines(per_message) + b"\r\n" + field_lines(per_recipient)
    ours = (
        ("From", f"Stadtwerke Sample <{people.INBOX.address}>"),
        ("To", "unknown@example.com"),
        ("Subject", "Ihre Anfrage"),
        ("Date", at),
        ("Message-ID", envelope.references[-1]),
    )
    parts = [
        explanation,
        Part((("Content-Type", "message/delivery-status"),), status),
        Part((("Content-Type", "text/rfc822-headers"),), field_lines(ours)),
    ]
    boundary = envelope.client.boundary.format(token=envelope.chance.token("boundary report", 20))
    return multipart("report", parts, boundary=boundary, parameters=" report-type=delivery-status;")


def _none(_: Envelope) -> tuple[Field, ...]:
    return ()


def _newsletter(envelope: Envelope) -> tuple[Field, ...]:
    domain, token = people.domain(envelope.sender), envelope.chance.token("subscriber", 12)
    return (
        ("List-Id", f"<news.{domain}>"),
        ("List-Unsubscribe", f"<mailto:unsubscribe-{token}@{domain}>,\r\n <https://{domain}/u/{token}>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("Precedence", "bulk"),
        ("Feedback-ID", f"{token}:{domain}"),
    )


def _notice(_: Envelope) -> tuple[Field, ...]:
    return (("Auto-Submitted", "auto-generated"), ("Precedence", "bulk"))


def _absence(_: Envelope) -> tuple[Field, ...]:
    return (("Auto-Submitted", "auto-replied"), ("X-Auto-Response-Suppress", "All"))


def _bounce(_: Envelope) -> tuple[Field, ...]:
    return (("Auto-Submitted", "auto-replied"),)


def _scam(envelope: Envelope) -> tuple[Field, ...]:
    return (("Reply-To", f"{envelope.chance.token('reply to', 9)}@example.net"),)


_FIELDS = {
    "newsletter": _newsletter,
    "notice": _notice,
    "absence": _absence,
    "bounce": _bounce,
    "scam": _scam,
}
