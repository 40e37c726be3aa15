"""Scanned and photographed pages: letters, prints, forms, articles, tables, advertisements, notes."""

from collections.abc import Callable

from PIL import Image

from training.kinds.camera import photographed
from training.kinds.documents.articles import article, clipping, paper_of_science
from training.kinds.documents.forms import certificate, form, table_of_figures
from training.kinds.documents.letters import fax_cover, letter, mail_print, typed_memo
from training.kinds.documents.notes import card, note, whiteboard_list
from training.kinds.documents.page import filed, laid_down
from training.kinds.documents.posters import advertisement, placard, slide
from training.kinds.paper import scanned
from training.kinds.studio import Studio

_PAGES: tuple[Callable[[Studio], Image.Image], ...] = (
    letter, letter, letter, letter, typed_memo, typed_memo, mail_print, mail_print, fax_cover,
    form, form, certificate, table_of_figures, table_of_figures,
    article, article, clipping, clipping, clipping, paper_of_science, paper_of_science,
    advertisement, advertisement, slide, placard,
    note, whiteboard_list, card,
)  # fmt: skip


def document(studio: Studio) -> Image.Image:
    """Return a page as somebody would attach it, RGB, about 800 pixels high."""
    dice = studio.dice
    page = filed(studio, dice.pick(_PAGES)(studio))
    if dice.chance(0.15):
        return photographed(page, dice)
    if dice.chance(0.2):
        page = laid_down(studio, page)
    return scanned(page, dice)
