"""Results become tables between their marks, and a picture."""

import json
import struct
from itertools import product

import pytest

from benchmarks import tables
from benchmarks.scatter import mean_points
from benchmarks.tables import BASELINE, Measure, by_split, cost, leader, measures, places, points, public, with_block

PAGE = """# The model

<!-- figures: public -->
an old table
<!-- end of figures: public -->

What a person wrote.

<!-- figures: cost -->
<!-- end of figures: cost -->
The end, without a line break."""


def rows(scores=(0.9, 0.8), costs=(0.1, 0.2), seeds=(7, 8, 9), **other):
    """Two contenders on one question; each seed is a point better than the one before."""
    contenders = zip(("Triage, fast stage", BASELINE), scores, costs, strict=True)
    return [
        {"set": "letters", "head": "topic", "contender": name, "seed": seed, "n": 1200, "cpu_ms": cost_ms, **other}
        | {"macro_f1": score + 0.01 * (seed - 8)}
        for (name, score, cost_ms), seed in product(contenders, seeds)
    ]


def test_a_block_replaces_what_is_between_its_marks_and_nothing_else():
    """The rest of the page stays as it was, to the letter."""
    page = with_block(PAGE, "public", r"a new table with \1 in it")

    assert page == PAGE.replace("an old table", "\na new table with \\1 in it\n")
    assert with_block(page, "public", r"a new table with \1 in it") == page


@pytest.mark.parametrize("page", ["", PAGE + "\n" + PAGE, "see `<!-- figures: public -->`"])
def test_a_page_without_one_pair_of_marks_is_refused(page):
    """Marks that are missing, doubled or only spoken of are named in the error."""
    with pytest.raises(ValueError, match="<!-- figures: public -->"):
        with_block(page, "public", "a table")


def test_a_cell_is_the_mean_over_seeds_and_its_deviation():
    """Of .89, .90 and .91 the mean is .90 and the sample's deviation .01; the worse contender is not bold."""
    table = public(rows())

    assert "| `letters` | topic | 1,200 | **.900 ± .010** | .800 ± .010 |" in table
    assert "seeds 7, 8, 9" in table


def test_other_seeds_are_named():
    """A set that was asked with other seeds than most says so."""
    extra = [*rows(), *rows(set="notes"), *rows(set="tweets", seeds=(7,))]

    assert "seeds 7, 8, 9 (`tweets` topic: 7)" in public(extra)


def test_only_a_lead_beyond_the_larger_spread_counts():
    """A lead of .03 counts against a spread of .02, and not against .03, an unknown one, or nobody."""
    ahead = Measure(0.93, 0.01)

    assert leader({"a": Measure(0.90, 0.02), "b": ahead}) == "b"
    assert leader({"a": Measure(0.90, 0.031), "b": ahead}) is None
    assert leader({"a": Measure(0.90, None), "b": ahead}) is None
    assert leader({"b": ahead}) is None
    assert leader({"a": Measure(0.90, 0.02), "b": ahead}, lowest=True) == "a"


def test_cost_is_compared_where_both_were_asked():
    """A contender that skipped the dear set is not made to look cheap."""
    dear = [row for row in rows(set="books", costs=(9.0, 8.0)) if row["contender"] == BASELINE]

    table = cost([*rows(), *dear])

    assert "| Triage, fast stage | 0.100 | 0.100–0.100 | 0.50 |" in table
    assert f"| {BASELINE} | 1.26 | 0.200–8 | 1.00 |" in table


def test_figures_of_one_seed_have_no_spread():
    """A split's row names its mails where they are known, and a missing contender has a dash."""
    told = [
        {"split": "by domain", "contender": "Triage", "seed": seed, "n": 3520, "topic_macro_f1": f1}
        for seed, f1 in ((7, 0.70), (8, 0.72))
    ]
    told += [
        {"split": split, "contender": "fastText", "seed": 0, "topic_macro_f1": 0.6} for split in ("by domain", "real")
    ]

    table = by_split(told)

    assert "| by domain (n = 3,520) | topic macro-F1 | .710 ± .014 | .600 |" in table
    assert "| real | topic macro-F1 | – | .600 |" in table


def test_a_row_for_each_order_of_an_inbox():
    """Quality and place of each order stand side by side."""
    order = {"order": "ideal", "ndcg_at_10": 1.0, "ndcg_at_10_spread": 0.0}
    order |= {"critical_place": 3.44, "critical_place_spread": 1.1}
    inbox = {"name": "random inbox", "mails": 50, "critical": 5.9, "orders": [order]}

    table = places({"mails": 3520, "split": "leave-domains-out", "draws": 1000, "seed": 7, "inboxes": [inbox]})

    assert "| ideal | 1.000 ± .000 | 3.4 ± 1.1 |" in table
    assert "n = 3,520" in table


def test_points_are_measured_from_the_best_of_each_set():
    """Ten points behind on one set and first on the other are five behind; a cost's mean is geometric."""
    both = [*rows(), *rows((0.5, 0.6), (0.4, 0.2), set="notes")]

    mean = mean_points(points(both))["Triage, fast stage"]

    assert mean.behind == pytest.approx(-5.0)
    assert mean.cpu_ms == pytest.approx(0.2)
    assert measures(both, "cpu_ms")["notes", "topic"]["Triage, fast stage"].mean == pytest.approx(0.4)


def test_page_and_picture_are_written(tmp_path):
    """The command fills the blocks it has results for, and draws 1600 pixels wide."""
    pytest.importorskip("matplotlib")
    (tmp_path / "text.json").write_text(json.dumps(rows()))
    page, picture = tmp_path / "model.md", tmp_path / "figures" / "quality-cost.png"
    page.write_text(PAGE)

    code = tables.main(["--results", f"{tmp_path}", "--page", f"{page}", "--picture", f"{picture}"])

    assert code == 0
    assert "an old table" not in page.read_text()
    assert page.read_text().endswith("<!-- end of figures: cost -->\nThe end, without a line break.")
    assert struct.unpack(">I", picture.read_bytes()[16:20]) == (1600,)


def test_a_page_without_marks_is_left_alone(tmp_path, capsys):
    """The command says what is missing and writes nothing."""
    (tmp_path / "text.json").write_text(json.dumps(rows()))
    page = tmp_path / "model.md"
    page.write_text("# The model\n")

    code = tables.main(["--results", f"{tmp_path}", "--page", f"{page}", "--picture", f"{tmp_path}/picture.png"])

    assert code == 1
    assert "figures: public" in capsys.readouterr().err
    assert page.read_text() == "# The model\n"
