"""The report of an image model as one HTML file: pictures inside, nothing fetched from elsewhere."""

import base64
import io

import numpy as np
from jinja2 import Environment, PackageLoader
from PIL import Image

from training.images.examples import Pixels
from training.images.report import ImageReport
from training.pictures import picture_of_head
from training.report import HeadReport
from triage.serving.image_manifest import ImageManifest

THUMBNAIL = 128  # pixels along an edge


def image_page(report: ImageReport, pixels: Pixels, manifest: ImageManifest | None = None) -> str:
    """Return the page.

    Args:
        report: What to tell.
        pixels: Of all images judged, in their order, to show those recognised wrongly.
        manifest: Of the bundle, to say what was trained how.
    """
    environment = Environment(loader=PackageLoader("training"), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.get_template("images.html").render(
        report=report,
        manifest=manifest,
        picture=_inline(picture_of_head(_as_head(report), things="images")),
        thumbnails=[_thumbnail(pixels[mistake.place]) for mistake in report.worst],
    )


def _as_head(report: ImageReport) -> HeadReport:
    """Return a report as the pictures of a head of the text model take it."""
    return HeadReport(
        labels=list(report.classes),
        mails=report.images,
        figures={f"class_{name}": figure for name, figure in report.figures.items()},
        by_language={},
        confusion=report.confusion,
        reliability=report.reliability,
        applied=[],
        worst=[],
    )


def _thumbnail(pixels: Pixels) -> str:
    saved = io.BytesIO()
    method = Image.Resampling.NEAREST if pixels.shape[0] * 2 <= THUMBNAIL else Image.Resampling.LANCZOS
    Image.fromarray(np.asarray(pixels)).resize((THUMBNAIL, THUMBNAIL), method).save(saved, "PNG")
    return _inline(saved.getvalue())


def _inline(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")
