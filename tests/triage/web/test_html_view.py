"""The HTML of strangers, made fit to be shown."""

import pytest

from triage.web.html_view import MOST_CHARS, html_view, true_target

OWN = {"logo@mail": "/emails/3/inline/0"}


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<style>body{display:none}</style>",
        "<svg><script>alert(1)</script></svg>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        "<iframe src=https://evil.example></iframe>",
        "<form action=https://evil.example><input name=a></form>",
        "<meta http-equiv=refresh content='0;url=https://evil.example'>",
        "<base href=https://evil.example>",
        "<link rel=stylesheet href=https://evil.example>",
        "<img src=https://evil.example/p.gif srcset=https://evil.example/p.gif>",
        "<table background=https://evil.example/p.gif><tr><td background=//evil.example>",
        "<p style='background:url(https://evil.example)'>",
        "<p onclick=alert(1) style='position:fixed'>",
        "<video poster=https://evil.example src=https://evil.example></video>",
        "<a href=javascript:alert(1)>a</a><a href='data:text/html,x'>b</a><a href=/v1/emails>c</a>",
        "<a href='&#106;avascript:alert(1)'>d</a>",
    ],
)
def test_nothing_runs_and_nothing_is_fetched(hostile):
    """A-36: scripts, styles, forms, frames and every address that a browser would load by itself are gone."""
    shown = html_view(f"<p>before</p>{hostile}", OWN).html

    assert "before" in shown
    for trace in ("script", "evil.example", "onerror", "onclick", "position", "alert(1)>", "display", "/v1/", "data:"):
        assert trace not in shown


def test_images_of_the_mail_itself_are_shown_and_others_counted():
    """`cid:` leads to our own route; what would come from elsewhere is left out and told."""
    shown = html_view('<img src="cid:logo@mail"><img src="https://a.example/b.png"><img src="cid:other">', OWN)

    assert 'src="/emails/3/inline/0"' in shown.html
    assert shown.images_left_out == 2


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("https://bank.example@evil.example/login", "https://evil.example/login"),
        ("https://пример.example/x", "https://xn--e1afmkfd.example/x"),
        ("HTTP://Example.org:8080/a?b=c#d", "http://example.org:8080/a?b=c#d"),
        ("mailto:jo@example.org", "mailto:jo@example.org"),
        ("javascript:alert(1)", None),
        ("/v1/emails", None),
        ("https://[", None),
        ("", None),
    ],
)
def test_links_say_where_they_lead(link, target):
    """What dresses a link up is taken off; what leads nowhere that we follow is no link."""
    assert true_target(link) == target


def test_reading_direction_cannot_be_forced_unseen():
    """`moc.knab` behind an override is shown as it is written, with the override as a sign."""
    assert "⟪RLO⟫moc.knab" in html_view("<p>&#8238;moc.knab</p><bdo dir=rtl>x</bdo>", {}).html
    assert "<bdo" not in html_view("<bdo dir=rtl>x</bdo>", {}).html


def test_endless_and_deep_html_is_cut():
    """A-36: five megabytes or 200,000 nested tags are shown up to a bound; without it this would take minutes."""
    long, deep = html_view("<p>word</p>" * 500_000, {}), html_view("<div>" * 200_000, {})

    assert long.is_cut
    assert deep.is_cut
    assert len(long.html) <= 2 * MOST_CHARS
