"""Results of learning become tables between their marks, and a picture."""

import json
from itertools import product
from pathlib import Path

import pytest

from benchmarks.learning.tables import blocks, main

MEMORY, TFIDF, SETFIT = "Triage, memory", "TF-IDF + logistic regression", "SetFit, MiniLM-L6"
CONFIDENCE = {"ece": 0.04, "applied": 0.5, "applied_precision": 0.92}


def new_topic_row(contender, seed, f1, **other):
    names = {"question": "new-topic", "set": "letters", "known_labels": 8, "seed": seed, "contender": contender}
    return names | {"f1": f1, "macro_f1": 0.9, "others_after": 0.9, "fit_cpu_s": 0.1, "predict_cpu_ms": 1.0} | other


def story_row(contender, labels, seed):
    names = {"question": "story", "set": "tickets", "labels": labels, "seed": seed, "contender": contender}
    return names | {"n": 600, "macro_f1": 0.5 + labels / 4000 + seed / 100} | CONFIDENCE


def test_ours_is_shown_on_the_draws_of_the_costly_one_too():
    """Who was asked in fewer draws is compared in those, whatever the others did elsewhere."""
    rows = [new_topic_row(MEMORY, seed, f1) for seed, f1 in ((1, 0.9), (2, 0.7))] + [new_topic_row(SETFIT, 1, 0.8)]

    table = blocks(rows)["new-topic"]

    assert "| `letters` | Triage, memory | 2 | .800 ± .141 | .900 |" in table
    assert "| `letters` | SetFit, MiniLM-L6 | 1 | .800 | .800 | – |" in table


def test_confidence_is_ours_alone_and_tells_where_nothing_was_applied():
    """Peers apply nothing by a threshold; a draw without applied topics has no precision to count."""
    rows = [
        new_topic_row(MEMORY, 1, 0.9, **CONFIDENCE),
        new_topic_row(MEMORY, 2, 0.9, ece=0.04, applied=0.0, applied_precision=None),
        new_topic_row(TFIDF, 1, 0.9, **CONFIDENCE),
    ]

    table = blocks(rows)["confidence"]

    assert (
        "| `letters`, 8 labels a topic, 8 of a new one | Triage, memory | 2 | .040 ± .000 | .250 ± .354 | .920 |"
        in table
    )
    assert TFIDF not in table


def test_every_candidate_of_shuffled_labels_is_counted():
    """Twenty candidates of which one got through are no gate, and the table says so."""
    rows = [
        {"question": "gate", "variant": "shuffled", "seed": seed, "activated": seed == 7, "reason": "refused: worse"}
        for seed in range(20)
    ]

    assert "| 30 % of the labels shuffled | 20 | 19 | 1 | refused: worse |" in blocks(rows)["gate"]


def test_a_prediction_that_never_changed_is_not_left_out():
    """The median is of those that changed; the others are counted beside it."""
    rows = [{"question": "seconds", "variant": "waiting", "seed": 1, "seconds": took} for took in (1.0, 3.0, None)]

    assert "| waiting in the inbox | 3 | 2.0 s | 1.0–3.0 s | 1 |" in blocks(rows)["seconds"]


def test_the_page_that_we_ship_has_a_place_for_every_table(tmp_path):
    """Marks and tables are of the same names, and the curve is drawn."""
    pytest.importorskip("matplotlib")
    shipped = Path(__file__).parents[2] / "docs" / "learning.md"
    page, picture, results = tmp_path / "learning.md", tmp_path / "curve.png", tmp_path / "learning.json"
    page.write_text(shipped.read_text(encoding="utf-8"), encoding="utf-8")
    rows = [story_row(*point) for point in product((MEMORY, TFIDF), (10, 50), (1, 2))]
    results.write_text(json.dumps({"rows": rows}))

    code = main(["--results", str(results), "--page", str(page), "--picture", str(picture)])

    assert code == 0
    assert "| Triage, memory | .517 ± .007 | .527 ± .007 |" in page.read_text(encoding="utf-8")
    assert picture.read_bytes().startswith(b"\x89PNG")
