"""The languages of the pages."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import Formatter

import pytest

from triage.web import rendering
from triage.web.choose_language import own_path
from triage.web.language import CODES, accepted, language

NOW = datetime(2026, 3, 2, 14, 5, tzinfo=UTC)
WEB = Path(rendering.__file__).parent
KEY = re.compile(r"""\bt\(\s*["']([^"']+)["']""")


def fields(sentence):
    """The names of what fills a sentence."""
    return {name for one in forms(sentence) for _, name, _, _ in Formatter().parse(one) if name}


def forms(sentence):
    return [sentence] if isinstance(sentence, str) else list(sentence.values())


def test_every_language_says_all_that_the_others_say():
    """Each catalogue has the keys of the English one, and each sentence is filled with the same values."""
    english, others = language("en"), [language(code) for code in CODES if code != "en"]

    for other in others:
        assert set(other.sentences) == set(english.sentences)
        assert [
            key for key in english.sentences if fields(english.sentences[key]) != fields(other.sentences[key])
        ] == []


def test_pages_use_no_unknown_key():
    """Every sentence that a template or a page asks for by name is in the catalogues."""
    sources = [*WEB.glob("templates/**/*.html"), *WEB.glob("*.py")]

    used = {key for source in sources for key in KEY.findall(source.read_text())}

    assert used - set(language("en").sentences) == set()


def test_number_chooses_its_plural_form_and_is_written_in_the_language():
    """One file, two files; a thousand has a comma in English and a point in German."""
    for code, thousand in (("en", "1,234"), ("de", "1.234")):
        told = language(code).t("page.shown", count=1234)
        assert thousand in told
        assert told != language(code).t("page.shown", count=1)


def test_dates_and_durations_are_those_of_the_language():
    """The same moment reads as each language writes it, and `ago` takes the case that German wants."""
    english, german = language("en"), language("de")

    assert english.date(NOW) == "Mar 2, 2026"
    assert german.date(NOW) == "02.03.2026"
    assert german.ago(NOW - timedelta(days=3), NOW) == "vor 3 Tagen"
    assert english.duration(timedelta(hours=5)) == "5 hours"
    assert english.duration(3) == "1 minute"
    assert english.span(timedelta(hours=44, minutes=7)) == "1 day 20 hours"
    assert german.span(timedelta(hours=24, minutes=7)) == "1 Tag"
    assert english.span(timedelta(0)) == "1 minute"
    assert (english.percent(0.125, 1), german.percent(0.125, 1)) == ("12.5%", "12,5\u00a0%")


@pytest.mark.parametrize(
    ("header", "order"),
    [
        ("de-AT,de;q=0.9,en;q=0.8", ["de", "de", "en"]),
        ("en;q=0.3, de;q=0.7", ["de", "en"]),
        ("de;q=0, en", ["en"]),
        ("de;q=much, en;q=0.1", ["en"]),
    ],
)
def test_most_wanted_language_comes_first(header, order):
    """Languages are taken by weight, without region; none that is unwanted."""
    assert list(accepted(header)) == order


def test_cookie_goes_before_what_the_browser_says(client):
    """A page speaks German to a German browser, and English again once that was chosen."""
    german = client.get("/", headers={"Accept-Language": "de"}).text
    chosen = client.get("/language/en?back=/", headers={"Accept-Language": "de"}).text

    assert '<html lang="de">' in german
    assert '<html lang="en">' in chosen
    assert '<html lang="en">' in client.get("/", headers={"Accept-Language": "de"}).text


@pytest.mark.parametrize(
    "elsewhere", ["https://example.org/", "//example.org", "/\\example.org", "/\t/example.org", "x"]
)
def test_choosing_a_language_leads_nowhere_else(elsewhere):
    """The way back is a page of ours, whatever a link says."""
    assert own_path(elsewhere) == "/"
    assert own_path("/emails/3?q=a") == "/emails/3?q=a"
