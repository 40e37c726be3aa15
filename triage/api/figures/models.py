"""Trainings, and the models that mailboxes have of their own."""

from collections.abc import Iterator
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily

from triage.api.figures.figure import Figure
from triage.api.services import Services
from triage.registry import active_versions
from triage.storage import trainings
from triage.storage.mailboxes import names_by_id

TRAININGS = Figure("triage_trainings", "Trainings by state, final ones too.", ("state",))
OWN = Figure(
    "triage_mailbox_model_info", "1, with the active version of a mailbox that has one.", ("mailbox", "version")
)


def models(services: Services, now: datetime) -> Iterator[GaugeMetricFamily]:  # noqa: ARG001 (as its siblings)
    """Yield what there is to say of trainings and of models of mailboxes.

    Raises:
        StorageUnavailable: The database does not answer.
    """
    with services.database.reading() as session:
        counts, own, names = trainings.count_by_state(session), active_versions(session), names_by_id(session)
    yield TRAININGS.by(counts)
    yield OWN.by({(names[one], version): 1 for one, version in own.items() if one in names})
