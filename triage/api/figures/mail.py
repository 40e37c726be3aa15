"""Mail: what waits, what was set aside, what is late, and how much comes."""

from collections.abc import Iterator
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily

from triage.api.figures.figure import Figure
from triage.api.services import Services
from triage.incidents.surge import rates
from triage.storage import emails
from triage.storage.failures import count_failed_by_stage
from triage.storage.incidents import count_open
from triage.storage.mailboxes import names_by_id
from triage.storage.targets import count_overdue
from triage.storage.waiting import waiting

EMAILS = Figure("triage_emails", "Unhandled emails by state.", ("state",))
FAILED = Figure("triage_failed_emails", "Unhandled emails that were set aside, by the stage that failed.", ("stage",))
OLDEST = Figure(
    "triage_oldest_waiting_seconds", "How long the email that waits longest has been in the queue; 0 when none waits."
)
ARRIVALS = Figure("triage_arrivals", "Emails of the last 15 minutes.", ("mailbox",))
USUAL = Figure("triage_usual_arrivals", "Emails of 15 minutes at this hour of the week.", ("mailbox",))
SURGE = Figure("triage_surge", "1 while a mailbox gets far more than usual.", ("mailbox",))
INCIDENTS = Figure("triage_open_incidents", "Incidents with unhandled mail, by mailbox.", ("mailbox",))
OVERDUE = Figure(
    "triage_emails_overdue",
    "Open emails that should have been answered by now; only of mailboxes whose policy has response targets.",
    ("mailbox",),
)


def mail(services: Services, now: datetime) -> Iterator[GaugeMetricFamily]:
    """Yield what there is to say of mail.

    Raises:
        StorageUnavailable: The database does not answer.
    """
    with services.database.reading() as session:
        counts, failed, oldest = emails.count_by_state(session), count_failed_by_stage(session), waiting(session).oldest
        found, open_incidents = rates(session, now), count_open(session)
        overdue, names = count_overdue(session, now), names_by_id(session)
    yield EMAILS.by(counts)
    yield FAILED.by(failed)
    yield OLDEST.of(0.0 if oldest is None else max((now - oldest).total_seconds(), 0.0))
    yield ARRIVALS.by({rate.mailbox: rate.recent for rate in found})
    yield USUAL.by({rate.mailbox: rate.usual for rate in found if rate.usual is not None})
    yield SURGE.by({rate.mailbox: rate.is_surge for rate in found})
    yield INCIDENTS.by(open_incidents)
    policies = services.policy
    with_targets = [one for one in names if one in overdue or policies.of(one).answer_within]
    yield OVERDUE.by({names[one]: overdue.get(one, 0) for one in with_targets})
