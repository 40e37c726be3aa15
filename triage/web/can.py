"""What this release can do with an email besides reading it."""

from triage.api import emails


def can_snooze() -> bool:
    """Tell whether mail can be put off."""
    return any(getattr(route, "path", "").endswith("/snooze") for route in emails.router.routes)
