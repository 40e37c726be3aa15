"""Sentences that Triage writes in English at their source, and what a German page says instead."""

import ast
import re
import tomllib
from collections.abc import Iterator
from datetime import time
from pathlib import Path

import pytest

from triage.labels import Band
from triage.ranking.hours import Span
from triage.ranking.rules import Rule
from triage.web.language import CATALOGUES, CODES, language
from triage.web.rule_words import rule_in_words
from triage.web.sentences import in_words, translated

ROOT = Path(__file__).parents[3]
# Whose sentences come from a closed set and reach pages.
SOURCES = (
    "triage/api/standing.py",
    "triage/errors.py",
    "triage/images/faults.py",
    "triage/queue/heartbeat.py",
    "triage/queue/soundness.py",
    "triage/queue/redis.py",
    "triage/intake/limit.py",
    "triage/imap/state.py",
    "triage/storage/schema.py",
    "triage/storage/session.py",
    "triage/comparison.py",
    "triage/trainings/decision.py",
    "triage/trainings/selection.py",
    "triage/trainings/overview.py",
    "triage/trainings/run.py",
    "triage/policies.py",
    "triage/ranking/policy.py",
    "triage/ranking/rule_tables.py",
    "triage/registry/pointer.py",
    "triage/registry/versions.py",
    "workers/heartbeat.py",
    "workers/models.py",
    "workers/reader.py",
)
# A sentence has so many words, or says what next.
FEWEST_SPACES = 3
# Words that no page shows: of logs, of types, of columns that only the API has.
ELSEWHERE = re.compile(
    r"PRAGMA .*|list\[str\].*|.*'maxmemory'"
    r"|said by a rule alone|its topic is no longer one of the mailbox|too few labels of its topic"
    r"|its conversation is partly learned and partly held out| and \{\} more|recall of critical mail"
    r"|waits for another attempt"
)
OTHERS = [code for code in CODES if code != CODES[0]]


def table(code):
    return tomllib.loads((CATALOGUES / "sentences" / f"{code}.toml").read_text(encoding="utf-8"))


def shape(sentence):
    """A sentence without the names of what differs."""
    return re.sub(r"\{\w+\}", "{}", sentence)


def written(source: str) -> Iterator[str]:
    """The sentences of a module, `{}` for what differs; docstrings and what goes to the log are none."""
    tree = ast.parse((ROOT / source).read_text(encoding="utf-8"))
    unseen: set[int] = set()
    for node in ast.walk(tree):
        is_log = isinstance(node, ast.Call) and ast.unparse(node.func).startswith("log.")
        if is_log or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            unseen |= {id(inner) for inner in ast.walk(node)}
        elif isinstance(node, ast.JoinedStr):
            unseen |= {id(inner) for inner in ast.walk(node) if inner is not node}
    for node in ast.walk(tree):
        if id(node) not in unseen and (text := _text(node)).count(" ") >= FEWEST_SPACES:
            yield text


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(one.value if isinstance(one, ast.Constant) else "{}" for one in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


@pytest.mark.parametrize("code", OTHERS)
def test_every_sentence_of_a_closed_set_is_told_in_each_language(code):
    """A sentence that is new at its source, or changed there, needs words in every other language."""
    known = {shape(sentence) for sentence in table(code)}

    missing = {text for source in SOURCES for text in written(source) if shape(text) not in known}

    assert {text for text in missing if not ELSEWHERE.fullmatch(text)} == set()


@pytest.mark.parametrize("code", OTHERS)
def test_nothing_of_what_differs_is_lost(code):
    """Each translation is filled with the names of its sentence, and one that always reads the same is found."""
    for english, told in table(code).items():
        names = re.findall(r"\{\w+\}", english)
        assert set(re.findall(r"\{\w+\}", told)) == set(names), english
        assert names or translated(english, language(code)) == told


def test_sentences_within_sentences_and_numbers_are_told_in_german():
    """A refusal of the gate, what keeps a mailbox from training, and two workers' states read as German."""
    german = language("de")

    assert in_words(
        "refused: topic macro-F1 is worse, 0.700 of the active model, 0.600 of the candidate"
        " (difference -0.150 to -0.050, 1,120 labels held out); the active model reads on",
        german,
    ) == (
        "abgelehnt: Makro-F1 (Thema) ist schlechter, 0,700 beim aktiven Modell, 0,600 beim Bewerber"
        " (Unterschied -0,150 bis -0,050, 1.120 zurückgehaltene Markierungen); das aktive Modell liest weiter"
    )
    skipped = "skipped: 1 of 20 labelled emails to learn from; label more mail; topic Lift: 1 of 8 labels"
    assert in_words(skipped, german) == (
        "übersprungen: 1 von 20 markierten Mails, um daraus zu lernen; markieren Sie mehr;"
        " Thema Lift: 1 von 8 Markierungen"
    )
    assert in_words("vm-1 is starting: its model is being loaded; it takes some seconds", german) == (
        "vm-1 startet: sein Modell wird geladen; das dauert einige Sekunden"
    )


def test_page_asks_for_the_words_of_a_refusal(client):
    """What the API refuses in English, a script of a German page can say in German; the API itself stays English."""
    german = {"Accept-Language": "de"}
    refused = client.get("/v1/emails/99", headers=german).json()["detail"]

    told = client.get("/in-words", params={"sentence": refused}, headers=german)

    assert refused == "email 99 is not in storage; list what is there with `triage inbox`"
    assert told.text == "die Mail 99 ist nicht gespeichert; `triage inbox` zeigt, was da ist"


def test_what_is_not_known_stands_as_it_is():
    """A sentence of a mail server is shown in its own words, and English pages change nothing."""
    told = "NO [ALERT] too many connections; call us"

    assert translated(told, language("de")) is None
    assert in_words(told, language("de")) == told
    assert in_words("after 9 more labels", language("en")) == "after 9 more labels"


def test_rule_of_the_policy_is_told_in_german():
    """Whatever a rule lists, its reason says the same in German, and nothing else is taken for a rule."""
    german = language("de")
    rule = Rule(
        "Praxen",
        Band.HIGH,
        senders=("@a.example", "@b.example", "@c.example", "@d.example"),
        topics=("billing",),
        words=("gas", "smoke or fire"),
        days=frozenset({0, 5}),
        hours=Span(time(8), time(17)),
    )

    assert rule_in_words(rule.in_words(), german) == (
        "eine der Regeln (Praxen): Mail (von @a.example, @b.example oder 2 weitere, Thema Rechnung,"
        " mit “gas” oder “smoke or fire” darin, eingegangen am Montag oder Samstag, eingegangen um 08:00–17:00)"
        " ist mindestens hoch"
    )
    assert rule_in_words(Rule("", Band.LOW, is_forced=True).in_words(), german) == "eine der Regeln: Mail ist niedrig"
    assert rule_in_words("the writer is unhappy (93 %)", german) is None
