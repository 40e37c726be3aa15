"""Images, and what they were found to be."""

from collections.abc import Iterator
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily

from triage.api.figures.figure import Figure
from triage.api.services import Services
from triage.storage import images as stored

IMAGES = Figure("triage_images", "Images by state.", ("state",))
FINDINGS = Figure("triage_findings", "Findings by model version and class.", ("version", "kind"))
UNDECODABLE = Figure("triage_images_undecodable", "Images that cannot be decoded.")


def images(services: Services, now: datetime) -> Iterator[GaugeMetricFamily]:  # noqa: ARG001 (as its siblings)
    """Yield what there is to say of images.

    Raises:
        StorageUnavailable: The database does not answer.
    """
    with services.database.reading() as session:
        counts, findings = stored.count_by_state(session), stored.count_by_kind(session)
    yield IMAGES.by(counts)
    yield FINDINGS.by({(version, kind): count for (version, kind), count in findings.items() if kind})
    yield UNDECODABLE.of(sum(count for (_, kind), count in findings.items() if not kind))
