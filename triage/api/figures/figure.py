"""One figure: its name, what it means, and what its samples are told apart by."""

from collections.abc import Mapping
from dataclasses import dataclass

from prometheus_client.core import GaugeMetricFamily

Samples = Mapping[str, float] | Mapping[tuple[str, str], float]


@dataclass(frozen=True, slots=True)
class Figure:
    """A gauge that is taken when it is asked for."""

    name: str
    meaning: str
    labels: tuple[str, ...] = ()

    def of(self, value: float) -> GaugeMetricFamily:
        """Return the one sample of a figure without labels."""
        return GaugeMetricFamily(self.name, self.meaning, value=value)

    def by(self, samples: Samples) -> GaugeMetricFamily:
        """Return samples by the value of the label, or by those of several."""
        family = GaugeMetricFamily(self.name, self.meaning, labels=self.labels)
        for values, sample in samples.items():
            family.add_metric([values] if isinstance(values, str) else list(values), sample)
        return family
