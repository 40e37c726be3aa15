"""Writes the results of the benchmarks into docs/model.md, and draws quality against cost.

    python -m benchmarks.tables [--results FOLDER] [--page FILE.md] [--picture FILE.png]

A table stands between the lines `<!-- figures: NAME -->` and `<!-- end of figures: NAME -->`; what is between them is
replaced, and nothing else on the page is touched. NAME is

    public  quality of each contender, from `text.json` and, if it is there, `corpus.json`
    cost    CPU time of each contender, from `text.json`
    inbox   where pressing mail stands, from `inbox.json`

Each file is written by the benchmark of that name: `text.json` has rows of set, head, contender, seed, n, macro_f1,
cpu_ms and more, `corpus.json` rows of split, contender, seed, n if known, and figures of all heads. Blocks without
results stay as they are. Spreads are standard deviations over seeds (of a sample, n - 1).
"""

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import fmean, geometric_mean, stdev
from typing import Any, NamedTuple

from benchmarks.scatter import Point, draw

ROOT = Path(__file__).parents[1]
BASELINE = "scikit-learn, words and characters + logistic regression"

Row = Mapping[str, Any]
Question = tuple[str, ...]  # a set, and the head that is read

FALSE_CRITICAL = "urgency_false_critical"
FIGURES = {
    "topic_macro_f1": "topic macro-F1",
    "sentiment_macro_f1": "sentiment macro-F1",
    "urgency_kappa": "urgency kappa (quadratic)",
    "urgency_critical_recall": "critical recall",
    FALSE_CRITICAL: "false criticals, of all mails (lower is better)",
    "action_required_macro_f1": "action macro-F1",
}


class Measure(NamedTuple):
    """A mean over seeds and its spread, which one seed alone does not have."""

    mean: float
    spread: float | None

    def __str__(self) -> str:
        """Write it as `.913 ± .004`."""
        return _decimal(self.mean) + ("" if self.spread is None else f" ± {_decimal(self.spread)}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Write page and picture; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tables", description="Write the benchmarks' tables.")
    parser.add_argument("--results", type=Path, default=ROOT / "benchmarks" / "results", help="folder of the results")
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "model.md")
    parser.add_argument("--picture", type=Path, default=ROOT / "docs" / "figures" / "quality-cost.png")
    told = parser.parse_args(arguments)
    text, corpus, inbox = (_results(told.results / f"{name}.json") for name in ("text", "corpus", "inbox"))
    blocks = {}
    if text or corpus:
        blocks["public"] = "\n\n".join(table(rows) for rows, table in ((text, public), (corpus, by_split)) if rows)
    if text:
        blocks["cost"] = cost(text)
    if inbox:
        blocks["inbox"] = places(inbox)
    if not put_blocks(told.page, blocks):
        return 1
    if text:
        draw(points(text), told.picture)
    return 0


def put_blocks(page: Path, blocks: Mapping[str, str]) -> bool:
    """Write blocks between their marks on a page; say on stderr what is wrong with it; return whether all is well."""
    text = page.read_text(encoding="utf-8")
    try:
        for name, block in blocks.items():
            text = with_block(text, name, block)
    except ValueError as error:
        print(f"{page} {error}", file=sys.stderr)
        return False
    page.write_text(text, encoding="utf-8")
    return True


def with_block(page: str, name: str, block: str) -> str:
    """Return the page with this block between its marks.

    Raises:
        ValueError: The page does not have these marks exactly once, each on a line of its own.
    """
    start, end = f"<!-- figures: {name} -->", f"<!-- end of figures: {name} -->"
    between = re.compile(rf"^{re.escape(start)}$.*?^{re.escape(end)}$", re.MULTILINE | re.DOTALL)
    page, found = between.subn(lambda _: f"{start}\n\n{block}\n\n{end}", page)
    if found != 1:
        raise ValueError(
            f"has {found} blocks from `{start}` to `{end}`; write both lines once, where the table belongs"
        )
    return page


def public(rows: Sequence[Row]) -> str:
    """Return macro-F1, a row for each set and head and a column for each contender."""
    names = _contenders(rows)
    said = (
        f"Public sets: macro-F1, mean ± standard deviation over {_seeds(rows)}; n is the mails judged on. Each seed "
        "draws its own split: whole groups of near-duplicates, a fifth of every label to judge on. Bold is ahead of "
        "all others by more than the larger spread."
    )
    table = [["set", "head", "n", *names]]
    for (name, head), found in measures(rows, "macro_f1").items():
        table.append([f"`{name}`", head, f"{_mails(rows, (name, head)):,}", *_cells(found, names, leader(found))])
    return f"{said}\n\n{markdown(table)}"


def by_split(rows: Sequence[Row]) -> str:
    """Return figures on mail labelled by our guide, a row for each split and figure, a column for each contender."""
    names = _contenders(rows)
    of_seeds = [_seeds_of(rows, split=row["split"], contender=row["contender"]) for row in rows]
    several, single = (
        {seed for seeds in of_seeds if (len(seeds) > 1) == many for seed in seeds} for many in (True, False)
    )
    said = (
        f"Mail labelled by our guide: mean over folds; ± is the standard deviation over seeds ({_numbers(several)}), a "
        f"figure without it is of one seed ({_numbers(single)}). Bold is ahead of all others by more than the larger "
        "spread; without spreads nothing is."
    )
    table = [["split", "figure", *names]]
    for split in dict.fromkeys(row["split"] for row in rows):
        mails = {f" (n = {row['n']:,})" for row in rows if row["split"] == split and "n" in row}
        for figure, in_words in FIGURES.items():
            of_figure = [row for row in rows if row["split"] == split and figure in row]
            found = measures(of_figure, figure, by=("split",)).get((split,), {})
            best = leader(found, lowest=figure == FALSE_CRITICAL)
            table.append([split + "".join(sorted(mails)), in_words, *_cells(found, names, best)])
    return f"{said}\n\n{markdown(table)}"


def leader(found: Mapping[str, Measure], *, lowest: bool = False) -> str | None:
    """Return who is ahead of every other by more than the larger of both spreads; unknown spreads let nobody lead."""
    for best, measure in found.items():
        others = [other for name, other in found.items() if name != best]
        if others and all(_is_ahead(*((other, measure) if lowest else (measure, other))) for other in others):
            return best
    return None


def cost(rows: Sequence[Row]) -> str:
    """Return the CPU time of each contender and its ratio to the baseline, the cheapest first."""
    spent = measures(rows, "cpu_ms")
    table = []
    for contender in _contenders(rows):
        own = {question: of[contender].mean for question, of in spent.items() if contender in of}
        ratios = [own[question] / spent[question][BASELINE].mean for question in own if BASELINE in spent[question]]
        ratio = f"{geometric_mean(ratios):.2f}" if ratios else "–"
        lowest, mean, highest = min(own.values()), geometric_mean(own.values()), max(own.values())
        table.append((mean, [contender, _ms(mean), f"{_ms(lowest)}–{_ms(highest)}", ratio]))
    mails = sum(_mails(rows, question) for question in spent)
    said = (
        f"CPU-ms per mail, one thread, batches of 64, on the same test sides (pairs of set and head: {len(spent)}, "
        f"n = {mails:,} mails a seed, {_seeds(rows)}, split by groups of near-duplicates): geometric mean over the "
        f"pairs, and the lowest and highest of them. The ratio is to “{BASELINE}” where both were asked."
    )
    head = ["contender", "CPU-ms per mail", "lowest–highest", "ratio"]
    return f"{said}\n\n{markdown([head, *(cells for _, cells in sorted(table))])}"


def places(figures: Mapping[str, Any]) -> str:
    """Return where pressing mail stands by each order."""
    inboxes = figures["inboxes"]
    kinds = "; ".join(
        f"{inbox['name']}: {inbox['mails']} mails, {inbox['critical']:.3g} of them critical" for inbox in inboxes
    )
    said = (
        f"Drawn from the written corpus (n = {figures['mails']:,} mails; {kinds}) and ranked by readings of "
        f"models that never saw the mail's domain ({figures['split']}): mean ± standard deviation over "
        f"{figures['draws']:,} draws, seed {figures['seed']}. NDCG@10 gains 0 to 3 by true urgency; place 1 is the top."
    )
    head = ["order"]
    for inbox in inboxes:
        head += [f"{inbox['name']}: NDCG@10", f"{inbox['name']}: mean place of critical mail"]
    table = [head]
    for rows in zip(*(inbox["orders"] for inbox in inboxes), strict=True):
        cells = [rows[0]["order"]]
        for row in rows:
            cells.append(str(Measure(row["ndcg_at_10"], row["ndcg_at_10_spread"])))
            cells.append(f"{row['critical_place']:.1f} ± {row['critical_place_spread']:.1f}")
        table.append(cells)
    return f"{said}\n\n{markdown(table)}"


def points(rows: Sequence[Row]) -> list[Point]:
    """Return where each contender stands on each question: its cost, and how far from the best it is."""
    spent, scores = measures(rows, "cpu_ms"), measures(rows, "macro_f1")
    return [
        Point(contender, spent[question][contender].mean, 100 * (score.mean - max(of.mean for of in scored.values())))
        for question, scored in scores.items()
        for contender, score in scored.items()
    ]


def measures(
    rows: Iterable[Row], figure: str, *, by: Sequence[str] = ("set", "head")
) -> dict[Question, dict[str, Measure]]:
    """Return the mean of a figure and its spread over seeds, by question and contender, both in order of the rows."""
    values: dict[Question, dict[str, list[float]]] = {}
    for row in rows:
        values.setdefault(tuple(row[key] for key in by), {}).setdefault(row["contender"], []).append(row[figure])
    return {
        question: {contender: _measure(own) for contender, own in of_contender.items()}
        for question, of_contender in values.items()
    }


def _is_ahead(measure: Measure, other: Measure) -> bool:
    if measure.spread is None or other.spread is None:
        return False
    return measure.mean - other.mean > max(measure.spread, other.spread)


def _cells(found: Mapping[str, Measure], names: Sequence[str], best: str | None) -> list[str]:
    cells = {name: str(measure) for name, measure in found.items()}
    return [f"**{cells[name]}**" if name == best else cells.get(name, "–") for name in names]


def _measure(values: Sequence[float]) -> Measure:
    return Measure(fmean(values), stdev(values) if len(values) > 1 else None)


def _contenders(rows: Sequence[Row]) -> list[str]:
    return list(dict.fromkeys(row["contender"] for row in rows))


def _mails(rows: Sequence[Row], question: Question) -> int:
    """Return how many mails a seed was judged on, on average; groups make seeds differ by a few."""
    return round(fmean(row["n"] for row in rows if (row["set"], row["head"]) == question))


def _seeds(rows: Sequence[Row]) -> str:
    """Name the seeds, and who was asked with others than most."""
    found = {(row["set"], row["head"]): _seeds_of(rows, set=row["set"], head=row["head"]) for row in rows}
    usual, _ = Counter(found.values()).most_common(1)[0]
    others = "; ".join(f"`{name}` {head}: {_numbers(own)}" for (name, head), own in found.items() if own != usual)
    return f"{'seed' if len(usual) == 1 else 'seeds'} {_numbers(usual)}" + (f" ({others})" if others else "")


def _seeds_of(rows: Sequence[Row], **wanted: str) -> frozenset[int]:
    return frozenset(row["seed"] for row in rows if all(row[key] == value for key, value in wanted.items()))


def _numbers(seeds: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(seeds))) or "none"


def _decimal(share: float) -> str:
    """Write a share with three digits and no leading nought."""
    return f"{share:.3f}".removeprefix("0")


def _ms(duration_ms: float) -> str:
    return f"{duration_ms:.3f}" if duration_ms < 1 else f"{duration_ms:.3g}"


def markdown(table: Sequence[Sequence[str]]) -> str:
    """Return rows as a table, the first as its head."""
    head, *rows = table
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows))


def _results(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


if __name__ == "__main__":
    sys.exit(main())
