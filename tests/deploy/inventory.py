"""Every metric of the code, as docs/metrics.md lists them; `python -m tests.deploy.inventory` prints the table."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import ModuleType

from prometheus_client import CollectorRegistry
from prometheus_client.metrics import MetricWrapperBase

from triage.api.figures import accounts, collector, images, mail, models, outbox, queue
from triage.api.figures.figure import Figure
from triage.api.metrics import RequestMetrics
from triage.metrics import corrections, deliveries, readings, registry
from workers import metrics

INSTANCE, EACH = "instance", "each process"
FIGURES = (mail, queue, accounts, outbox, images, models, collector)


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric.

    Attributes:
        told_by: Who tells it; what the instance has is told alike by every web process.
    """

    name: str
    kind: str
    labels: tuple[str, ...]
    meaning: str
    told_by: str

    @property
    def series(self) -> frozenset[str]:
        """The names that queries use."""
        if self.kind == "histogram":
            return frozenset(self.name + end for end in ("_bucket", "_sum", "_count"))
        return frozenset({self.name})

    @property
    def row(self) -> str:
        labels = ", ".join(f"`{label}`" for label in self.labels)
        return f"| `{self.name}` | {self.kind} | {labels} | {self.meaning} | {self.told_by} |"


def all_metrics() -> list[Metric]:
    """Return all of them, in the order of the table."""
    figures = [
        Metric(one.name, "gauge", one.labels, one.meaning, INSTANCE)
        for module in FIGURES
        for one in vars(module).values()
        if isinstance(one, Figure)
    ]
    requests = CollectorRegistry()
    RequestMetrics(lambda *_: None, requests)
    return [
        *figures,
        *_counted(requests._collector_to_names, "each web process"),
        *_counted(_of(corrections), "each web process and poller"),
        *_counted(_of(readings), "each text worker"),
        *_counted(_of(deliveries), "each text worker"),
        *_of_workers(),
        *_counted((one for one in registry.REGISTRY._collector_to_names if _named(one) == "triage_build_info"), EACH),
        *_of_processes(),
    ]


def table() -> str:
    """Return the table of docs/metrics.md."""
    head = ["| metric | type | labels | what it says | told by |", "| --- | --- | --- | --- | --- |"]
    return "\n".join([*head, *(metric.row for metric in all_metrics())])


def _of(module: ModuleType) -> list[MetricWrapperBase]:
    return [one for one in vars(module).values() if isinstance(one, MetricWrapperBase)]


def _of_workers() -> Iterator[Metric]:
    for one in _counted(_of(metrics), "each worker"):
        is_of_schedule = one.name.startswith("triage_beat")
        yield Metric(one.name, one.kind, one.labels, one.meaning, "the schedule" if is_of_schedule else one.told_by)


def _of_processes() -> Iterator[Metric]:
    for family in registry.REGISTRY.collect():
        if family.name.startswith("process_"):
            name = family.name + ("_total" if family.type == "counter" else "")
            yield Metric(name, family.type, (), family.documentation, EACH)


def _counted(found: Iterable[object], told_by: str) -> Iterator[Metric]:
    for one in found:
        if isinstance(one, MetricWrapperBase):
            yield Metric(_named(one), one._type, tuple(one._labelnames), one._documentation, told_by)


def _named(one: object) -> str:
    if not isinstance(one, MetricWrapperBase):
        return ""
    return one._name + ("_total" if one._type == "counter" else "")


if __name__ == "__main__":
    print(table())
