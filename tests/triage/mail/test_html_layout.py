"""HTML laid out as lines."""

import pytest

from triage.mail.html import text_of_html


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("<div>one</div><div>two</div>", "one\ntwo"),
        ("one<br>two<br><br>three", "one\ntwo\n\nthree"),
        ("<p>a\n  <b>b</b><i>c</i> d&nbsp;e</p>", "a bc d e"),
        ("<ul><li>one<li>two</ul>", "- one\n- two"),
        ("<ol><li>one<ul><li>a<li>b<li>c</ul><li>two</ol>", "1. one\n  - a\n  - b\n  - c\n2. two"),
        (
            "<table><tr><td>Kabel</td><td>3 €</td></tr><tr><td>Lampe</td><td>9 €</td></tr></table>",
            "Kabel  3 €\nLampe  9 €",
        ),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("<div style='white-space: pre-wrap'>a\nb</div>", "a\nb"),
        ("<h1>Head</h1>text", "Head\n\ntext"),
    ],
)
def test_elements_become_lines(html, text):
    """Paragraphs, lists and tables read as they are seen."""
    assert text_of_html(html) == text


def test_columns_are_read_one_after_the_other():
    """Cells that hold paragraphs are layout: their lines are not mixed."""
    html = "<table><tr><td><p>left 1</p><p>left 2</p></td><td><p>right 1</p><p>right 2</p></td></tr></table>"

    assert text_of_html(html) == "left 1\n\nleft 2\n\nright 1\n\nright 2"


@pytest.mark.parametrize(
    "hide", ["style='display: none'", "style='color:red;DISPLAY:NONE'", "hidden", "style=visibility:hidden"]
)
def test_hidden_text_is_left_out(hide):
    """What nobody sees is not read, and what follows it is."""
    assert text_of_html(f"<p>seen</p><div {hide}>unseen <p>deep</p></div>tail") == "seen\n\ntail"


def test_quotes_have_their_sign():
    """What is quoted stands behind `>`, as in plain text."""
    html = "new<blockquote type=cite>old<blockquote>older</blockquote></blockquote>newest"

    assert text_of_html(html) == "new\n\n> old\n> >\n> > older\n\nnewest"


def test_an_indent_is_no_quote():
    """A block quote without a border is the indent button of some mailers."""
    assert text_of_html("<blockquote style='margin: 0 0 0 40px; border: none'>mine</blockquote>") == "mine"


def test_outlook_lines_are_lines():
    """Outlook makes every line a paragraph, and an empty paragraph where it means a blank line."""
    lines = ["one", "two", "<o:p>&nbsp;</o:p>", "three"]
    html = "".join(f"<p class=MsoNormal>{line}</p>" for line in lines)

    assert text_of_html(html) == "one\ntwo\n\nthree"
