"""A report as one HTML file: pictures inside, nothing fetched from elsewhere."""

import base64
from collections.abc import Sequence

from jinja2 import Environment, PackageLoader

from training.pictures import picture_of_curve, picture_of_head
from training.report import Report
from triage.mail import MailText
from triage.trainings.decision import Comparison, named

EXCERPT = 280  # characters of a mail that was read wrongly


def report_page(report: Report, texts: Sequence[MailText] = (), *, comparison: Comparison | None = None) -> str:
    """Return the page.

    Args:
        report: What to tell.
        texts: Of all mails judged, in their order, to quote those that were read wrongly; without them ids must do. A
            page that quotes mail is for the one whose mail it is.
        comparison: With the model that it would replace, where there is one.
    """
    environment = Environment(loader=PackageLoader("training"), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["in_words"] = _figure_in_words
    environment.filters["named"] = named
    pictures = {head: _inline(picture_of_head(one)) for head, one in report.heads.items()}
    return environment.get_template("report.html").render(
        report=report,
        comparison=comparison,
        pictures=pictures,
        curve=_inline(picture_of_curve(report.curve)) if report.curve else "",
        excerpts=[_excerpt(text) for text in texts],
    )


def _figure_in_words(name: str) -> str:
    return {"macro_f1": "macro-F1", "ece": "calibration error"}.get(name, name.replace("_", " "))


def _inline(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")


def _excerpt(text: MailText) -> tuple[str, str]:
    words = " ".join(text.body.split())
    return text.subject, words if len(words) <= EXCERPT else f"{words[:EXCERPT]}…"
