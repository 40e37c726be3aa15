"""HTML to text."""

import time

import pytest

from triage.mail.html import MAX_HTML_CHARS, text_of_html


@pytest.mark.parametrize("html", ["", "  ", "<!-- only a comment -->", "<style>p {}</style>", "<img src=x>"])
def test_html_without_text_is_empty(html):
    """Markup that shows no text gives none."""
    assert text_of_html(html) == ""


def test_text_without_markup_is_itself():
    """A sender who calls plain text HTML is read."""
    assert text_of_html("1 < 2 & Tür > 3") == "1 < 2 & Tür > 3"


@pytest.mark.parametrize("head", ['<?xml version="1.0" encoding="utf-16"?>', "<meta charset=iso-8859-1>"])
def test_a_charset_in_the_markup_changes_nothing(head):
    """The bytes are decoded already; what the markup says of their charset comes too late."""
    assert text_of_html(f"{head}<p>Tür</p>") == "Tür"


def test_text_nested_too_deeply_is_kept():
    """Markup that the parser gives up on loses its layout and not its text."""
    assert (
        text_of_html("<div>" * 5_000 + "Aufzug" + "</div>" * 5_000 + "<p>steckt &amp; brennt")
        == "Aufzug\nsteckt & brennt"
    )


@pytest.mark.parametrize(
    "bomb",
    [
        "<div>" * 200_000,
        "<p " + " ".join(f"a{number}" for number in range(120_000)) + ">",
        ("<p " + " ".join(f"{a}{b}" for a in "abcdefghijklmnopq" for b in "abcdefghijklmnopqrs") + ">x") * 1_000,
        "<table>" + ("<tr>" + "<td>x</td>" * 100 + "</tr>") * 1_000,
        "<p style='margin-top: 99999em'>x" * 30_000,
        "<style>" + "<" * MAX_HTML_CHARS,
        "<" * MAX_HTML_CHARS,
        "<!--" * 250_000,
        "<blockquote>" * 240 + "x<br>" * 50_000,
        "<ul><li>" * 120 + "x<li>" * 50_000,
    ],
    ids=[
        "depth",
        "attributes",
        "tags with attributes",
        "cells",
        "margins",
        "style",
        "signs",
        "comments",
        "quotes",
        "lists",
    ],
)
def test_bombs_go_off_quickly(bomb):
    """No markup takes long to read, and none is blown up."""
    start = time.thread_time()

    text = text_of_html(bomb)

    assert time.thread_time() - start < 2
    assert len(text) < 4 * MAX_HTML_CHARS
