"""What a training tells of its candidate: beside the active model, by itself, and after the trainings before it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from training.held_out import HeldOut
from training.report import CurvePoint, Report
from training.report_page import report_page
from triage.trainings.decision import Comparison

MOST_POINTS = 60  # of a learning curve; of more, the first and the newest stay


@dataclass(frozen=True, slots=True)
class Account:
    """All that is told, without a word of any mail.

    Attributes:
        report: Of the candidate; its learning curve ends with the candidate.
        active: The same of the model that it would replace.
    """

    comparison: Comparison
    report: Report
    active: Report

    def as_json(self) -> dict[str, Any]:
        """Return what the record of the training keeps."""
        by_language = {head: one.by_language for head, one in self.active.heads.items()}
        active = {"version": self.active.version, "figures": self.active.figures, "by_language": by_language}
        return {"comparison": self.comparison.as_json(), "report": self.report.as_json() | {"active": active}}

    def page(self) -> str:
        """Draw it; mails that were read wrongly are named by their ids."""
        return report_page(self.report, comparison=self.comparison)


def account_of(
    held: HeldOut, comparison: Comparison, learned: int, before: Sequence[CurvePoint], *, is_untaught: bool
) -> Account:
    """Return the account of a candidate.

    Args:
        held: Mail that it and the active model have read.
        comparison: Of both.
        learned: Labelled mails that the candidate learned from.
        before: What earlier trainings came to, each on the mail that was held out then.
        is_untaught: The active model has learned from no label of the mailbox, so that the curve begins with it.
    """
    points = {point.labels: point for point in before}
    if is_untaught:
        points[0] = CurvePoint(0, _macro_f1(comparison, "active"))
    points[learned] = CurvePoint(learned, _macro_f1(comparison, "candidate"))
    curve = [point for _, point in sorted(points.items())]
    report = held.report_of(held.candidate).after([*curve[:1], *curve[1:][-(MOST_POINTS - 1) :]])
    return Account(comparison, report, held.report_of(held.active))


def curve_in(told: Sequence[Mapping[str, Any]]) -> list[CurvePoint]:
    """Return a learning curve that was kept as JSON."""
    return [CurvePoint(one["labels"], dict(one["figures"])) for one in told]


def _macro_f1(comparison: Comparison, model: str) -> dict[str, float]:
    return {one.name: getattr(one, model) for one in comparison.figures if one.name.endswith("_macro_f1")}
