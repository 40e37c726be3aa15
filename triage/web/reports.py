"""What ranking bought, as a page."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from triage.api.access import READ
from triage.api.services import NowDep, ServicesDep
from triage.labels import Band
from triage.reports import Agreement, agreements, by_day, is_critical, position_of, waiting_of
from triage.storage import reports
from triage.storage.mailboxes import require_mailbox
from triage.storage.reports import MOST_PASSAGES, Passage
from triage.web.charts import MOST_SERIES, Chart, Point, columns, curve
from triage.web.language import Language, language_of
from triage.web.mailbox_choice import MailboxQuery, mailbox_choice
from triage.web.rendering import render

router = APIRouter(include_in_schema=False)

# The colours before this one mean bands.
FIRST_OF_TOPICS = 4

Days = Literal["7", "30", "90"]


@router.get("/reports", response_class=HTMLResponse, dependencies=[READ])
def reports_page(
    request: Request, services: ServicesDep, now: NowDep, mailbox: MailboxQuery = "", days: Days = "30"
) -> HTMLResponse:
    """Show how much sooner critical mail was seen and dealt with, what came, and how often people agreed."""
    choice, language = mailbox_choice(services, mailbox), language_of(request)
    shown_days = days_until(now, int(days))
    since = datetime.combine(shown_days[0], datetime.min.time(), now.tzinfo)
    came: list[Passage] = []
    said: list[Agreement] = []
    if choice.exists:
        with services.database.reading() as session:
            mailbox_id = require_mailbox(session, choice.name)
            came = reports.passages(session, mailbox_id, since=since)
            said = agreements(reports.sayings(session, mailbox_id, since=since))
    context = {
        "choice": choice,
        "days": days,
        "came": len(came),
        "is_cut": len(came) == MOST_PASSAGES,
        "handled": sum(one.handled_at is not None for one in came),
        "waiting": waiting_of(came, is_critical),
        "waiting_rest": waiting_of(came, lambda one: not is_critical(one)),
        "position": position_of(came, is_critical),
        "charts": [band_chart(came, shown_days, language), topic_chart(came, shown_days, language)] if came else [],
        "agreement": agreement_chart(said, language) if said else None,
    }
    return render(request, "reports.html", context)


def days_until(now: datetime, count: int) -> Sequence[date]:
    """Return so many days, the last that of a moment."""
    return [now.date() - timedelta(days=back) for back in reversed(range(count))]


def band_chart(came: Sequence[Passage], days: Sequence[date], language: Language) -> Chart:
    """Return how much mail of each band came on each day, the most pressing at the bottom."""
    counts = by_day(came, days, lambda one: one.band)
    named = {language.word("band", band): counts[band] for band in reversed(Band) if band in counts}
    critical = sum(counts.get(Band.CRITICAL, ()))
    says = language.t("reports.by_band_says", count=len(came), critical=critical)
    return _over_days(language.t("reports.by_band"), says, days, named, language)


def topic_chart(came: Sequence[Passage], days: Sequence[date], language: Language) -> Chart:
    """Return how much mail of each topic came on each day, the commonest at the bottom, what has no colour as one."""
    unread = language.t("reports.not_read")
    counts = by_day(came, days, lambda one: language.word("topic", one.topic) if one.topic else unread)
    named = dict(list(counts.items())[: MOST_SERIES - 1])
    rest = [counts[name] for name in list(counts)[MOST_SERIES - 1 :]]
    if rest:
        named[language.t("reports.other_topics")] = [sum(day) for day in zip(*rest, strict=True)]
    says = language.t("reports.by_topic_says", commonest=next(iter(counts)), mails=sum(next(iter(counts.values()))))
    return _over_days(language.t("reports.by_topic"), says, days, named, language, colour=FIRST_OF_TOPICS)


def agreement_chart(said: Sequence[Agreement], language: Language) -> Chart:
    """Return which share of the topics that people gave the model had given before, week by week."""
    t, percent = language.t, language.percent
    names = [language.date(one.week) for one in said]
    points = [
        Point(
            (place + 0.5) / len(said),
            one.share,
            f"{name}: {t('reports.same_of', share=percent(one.share), same=one.same, count=one.mails)}",
        )
        for place, (one, name) in enumerate(zip(said, names, strict=True))
    ]
    same, mails = sum(one.same for one in said), sum(one.mails for one in said)
    says = t("reports.agreement_says", share=percent(same / mails), same=same, count=mails)
    axes = (t("reports.week_of"), t("reports.agreed"))
    return curve(t("reports.agreement_by_week"), says, points, axes=axes, names=names)


def _over_days(
    title: str, says: str, days: Sequence[date], named: dict[str, Sequence[int]], language: Language, *, colour: int = 0
) -> Chart:
    names = [language.day(day) for day in days]
    return columns(title, says, names, named, step=language.t("reports.day"), colour=colour)
