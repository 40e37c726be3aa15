"""The models of a mailbox, as a page: what each is worth, which one reads, and how labels made it better."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from triage.api.access import READ
from triage.api.model_schemas import ModelItem, model_list
from triage.api.services import NowDep, Services, ServicesDep
from triage.api.training_schemas import TrainingItem
from triage.api.trainings import current_training, listed, shown
from triage.web.charts import Chart, Point, curve
from triage.web.language import Language, language_of
from triage.web.mailbox_choice import MailboxQuery, mailbox_choice
from triage.web.rendering import render

router = APIRouter(include_in_schema=False)

FIGURES = ("topic_macro_f1", "sentiment_macro_f1", "urgency_kappa", "urgency_critical_recall", "topic_ece")
TRAININGS = 10


@router.get("/models", response_class=HTMLResponse, dependencies=[READ])
def models_page(request: Request, services: ServicesDep, now: NowDep, mailbox: MailboxQuery = "") -> HTMLResponse:
    """Show the versions of a mailbox, and its trainings."""
    choice, language = mailbox_choice(services, mailbox), language_of(request)
    known = choice.name if choice.exists else None
    models = model_list(services, known)
    trainings = listed(services, known, TRAININGS) if known else []
    active = next(one for one in models.items if one.state == "active")
    context = {
        "choice": choice,
        "models": models,
        "active": active,
        "figures_of": lambda item: [(name, worth_of(item)[name]) for name in FIGURES if name in worth_of(item)],
        "charts": _charts(services, active, trainings, language),
        "training": current_training(services, now, known) if known else None,
        "trainings": trainings,
        "now": now,
    }
    return render(request, "models.html", context)


def worth_of(item: ModelItem) -> Mapping[str, float]:
    """Return the figures of a version; the shipped one has those of others beside its own."""
    found = item.figures.get("model", item.figures)
    return {name: value for name, value in found.items() if isinstance(value, int | float)}


def _charts(
    services: Services, active: ModelItem, trainings: Sequence[TrainingItem], language: Language
) -> list[Chart]:
    """Return what can be drawn of the active version: from the report of its training, else from its manifest."""
    judged = next((one.id for one in trainings if one.version == active.version), None)
    figures = (shown(services, judged).figures or {}) if judged else {}
    report = figures.get("report") or {}
    topic = report.get("heads", {}).get("topic")
    applied = active.figures.get("confidence", {}).get("applied", [])
    drawn = [
        reliability_chart(topic["reliability"], language) if topic and topic["reliability"] else None,
        learning_chart(report.get("curve", []), language),
        applied_chart(applied, language),
    ]
    return [chart for chart in drawn if chart]


def reliability_chart(bins: Sequence[Mapping[str, Any]], language: Language) -> Chart:
    """Return how often the model was right where it was so sure; on the diagonal confidence means what it says."""
    t, percent = language.t, language.percent
    mails = sum(one["mails"] for one in bins)
    off = sum(abs(one["confidence"] - one["accuracy"]) * one["mails"] for one in bins) / max(mails, 1)
    points = [
        Point(
            one["confidence"],
            one["accuracy"],
            f"{percent(one['confidence'])}: {t('models.right_of', right=percent(one['accuracy']), count=one['mails'])}",
        )
        for one in bins
        if one["mails"]
    ]
    return curve(
        t("models.reliability"),
        t("models.reliability_says", off=percent(off, 1), count=mails),
        points,
        axes=(t("models.confidence"), t("models.right")),
        with_diagonal=True,
    )


def learning_chart(points: Sequence[Mapping[str, Any]], language: Language) -> Chart | None:
    """Return how good the models of a mailbox were by the labels that they learned from; `None` without two points."""
    known = [one for one in points if "topic_macro_f1" in one["figures"]]
    if len(known) < 2:
        return None
    t, most = language.t, max(one["labels"] for one in known)
    drawn = [
        Point(
            one["labels"] / max(most, 1),
            one["figures"]["topic_macro_f1"],
            f"{language.number(one['labels'])}: {language.number(one['figures']['topic_macro_f1'], 2)}",
        )
        for one in known
    ]
    first, last = (language.number(one["figures"]["topic_macro_f1"], 2) for one in (known[0], known[-1]))
    return curve(
        t("models.learning"),
        t("models.learning_says", first=first, last=last, labels=most),
        drawn,
        axes=(t("models.labels"), t("figure.topic_macro_f1")),
        ends=("0", language.number(most)),
    )


def applied_chart(applied: Sequence[Mapping[str, Any]], language: Language) -> Chart | None:
    """Return which share of topics is right where only those of some confidence are applied."""
    t, percent = language.t, language.percent
    known = [one for one in applied if one["precision"] is not None]
    if not known:
        return None
    points = [
        Point(
            one["threshold"],
            one["precision"],
            f"{percent(one['threshold'])}: "
            + t("models.applied_of", right=percent(one["precision"]), share=percent(one["coverage"])),
        )
        for one in known
    ]
    lowest, highest = known[0], known[-1]
    said = t(
        "models.applied_says",
        low=percent(lowest["threshold"]),
        low_right=percent(lowest["precision"]),
        low_share=percent(lowest["coverage"]),
        high=percent(highest["threshold"]),
        high_right=percent(highest["precision"]),
        high_share=percent(highest["coverage"]),
    )
    return curve(t("models.applied"), said, points, axes=(t("models.threshold"), t("models.right_and_applied")))
