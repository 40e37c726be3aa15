"""Text that nobody sees is no text of a mail (A-40)."""

import pytest

from triage.mail.html import text_of_html

HIDDEN = {
    "no display": "<p style='display:none'>{}</p>",
    "no size": "<p style='font-size:0'>{}</p>",
    "hardly any size": "<p style='font-size: 1px'>{}</p>",
    "no size in a shorthand": "<p style='font: 0/0 serif'>{}</p>",
    "white": "<p style='color:#FFFFFF'>{}</p>",
    "white in numbers": "<p style='color: rgb(255, 255, 255)'>{}</p>",
    "white from long ago": "<font color=white>{}</font>",
    "nearly white": "<p style='color:#f8f8f8'>{}</p>",
    "the colour of its ground": "<div style='background-color:#336699'><span style='color:#369'>{}</span></div>",
    "white in a white cell": "<table bgcolor=#000><tr><td bgcolor=white><font color=#fff>{}</font></td></tr></table>",
    "transparent": "<p style='color:transparent'>{}</p>",
    "nearly transparent": "<p style='color:rgba(0,0,0,0.01)'>{}</p>",
    "no opacity": "<p style='opacity:0'>{}</p>",
    "beyond the edge": "<p style='position:absolute;left:-9999px'>{}</p>",
    "indented beyond the edge": "<p style='text-indent:-9999px'>{}</p>",
    "in no room": "<div style='max-height:0px;overflow:hidden'>{}</div>",
    "clipped": "<p style='position:absolute;clip:rect(0,0,0,0)'>{}</p>",
    "by class": "<style>.preview, .x {{ display: none !important }}</style><p class='a preview'>{}</p>",
    "by id": "<style>#gone{{color:#fff}}</style><p id=gone>{}</p>",
    "by tag": "<style>h6{{font-size:0}}</style><h6>{}</h6>",
    "an attribute": "<p hidden>{}</p>",
    "a comment": "<!-- {} -->",
    "a description": "<img alt='{}'>",
}
SHOWN = {
    "white on a coloured button": "<a style='background:#0070f3;color:#fff'>{}</a>",
    "white on a coloured cell": "<td bgcolor='#0044cc'><font color='white'>{}</font></td>",
    "white on a ground of a class": "<style>.hero{{background:navy}}</style><p class=hero style='color:#fff'>{}</p>",
    "white on a picture": "<td background='x.png' style='color:#fff'>{}</td>",
    "white on a gradient": "<p style='color:#fff;background-image:linear-gradient(red,blue)'>{}</p>",
    "its own size in a cell of none": "<td style='font-size:0px'><div style='font-size:13px'>{}</div></td>",
    "a colour in a hidden-looking name": "<p style='color:ghost'>{}</p>",
    "small print": "<p style='font-size:8px;color:#999'>{}</p>",
    "hidden on telephones alone": "<style>@media (width<9em){{.wide{{display:none}}}}</style><p class=wide>{}</p>",
    "a link": "<p style='color:#fff'><a href='https://example.org'>{}</a></p>",
    "a wide margin": "<p style='margin-left:-20px;text-indent:-2em'>{}</p>",
    "a box with scrolled rest": "<div style='height:100px;overflow:hidden'>{}</div>",
}


@pytest.mark.parametrize("way", HIDDEN.values(), ids=HIDDEN.keys())
def test_what_nobody_sees_is_not_read(way):
    """A-40: however it is hidden; what stands around it is read."""
    html = f"<html><body><p>before</p>{way.format('URGENT danger')}<p>after</p></body></html>"

    assert text_of_html(html) == "before\n\nafter"


@pytest.mark.parametrize("way", SHOWN.values(), ids=SHOWN.keys())
def test_what_somebody_sees_is_read(way):
    """Designs that look like hiding hide nothing."""
    html = f"<html><body>{way.format('our offer')}</body></html>"

    assert "our offer" in text_of_html(html)


def test_white_space_and_stops_keep_words_apart_however_they_look():
    """Left out, they would run words and sentences into each other that a person sees apart."""
    html = (
        "<p>removed by<font color=white> </font><a href='x'>clicking here</a><font color=white>.</font> Thank you</p>"
    )

    assert text_of_html(html) == "removed by clicking here. Thank you"
