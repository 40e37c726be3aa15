"""Writes the results of `benchmarks.pipeline` into docs/performance.md and the README.

    python -m benchmarks.speed_tables [--results FILE.json] [--page FILE.md] [--readme FILE.md]

Tables stand between marks, see `benchmarks.tables`: `speed` on the page, `ratios` in the README. A figure is the
median over repetitions with the lowest and highest of them.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.tables import markdown, put_blocks

ROOT = Path(__file__).parents[1]
HEADLINE = {"database": "postgresql", "way": "API, bulk", "mode": "together", "workers": 2}

Row = Mapping[str, Any]
Results = Mapping[str, Any]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write both pages; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed_tables", description="Write the speed tables.")
    parser.add_argument("--results", type=Path, default=ROOT / "benchmarks" / "results" / "pipeline.json")
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "performance.md")
    parser.add_argument("--readme", type=Path, default=ROOT / "README.md")
    told = parser.parse_args(arguments)
    results = json.loads(told.results.read_text(encoding="utf-8"))
    for file, name, block in ((told.page, "speed", page(results)), (told.readme, "ratios", ratios(results))):
        if not put_blocks(file, {name: block}):
            return 1
    return 0


def page(results: Results) -> str:
    """Return every table that there are results for."""
    tables: dict[str, Callable[[Sequence[Row]], str]] = {
        "throughput": throughput,
        "naive": naive,
        "latency": latency,
        "stages": stages,
        "growth": growth,
    }
    blocks = [
        f"### {name.capitalize()}\n\n{machine_line(results[name])}\n\n{table(results[name]['rows'])}"
        for name, table in tables.items()
        if name in results
    ]
    return "\n\n".join(blocks)


def ratios(results: Results) -> str:
    """Return the README's sentence: the headline, and how many times as fast as the naive pipeline we are."""
    rows = [row for row in results.get("throughput", {}).get("rows", []) if HEADLINE.items() <= row.items()]
    said = []
    if rows:
        said.append(f"{_spread(_values(rows, 'ranked_per_second'))} emails a second from the API to the ranked inbox")
    times = _times_as_fast(results.get("naive", {}).get("rows", []), "naive")
    if times:
        said.append(
            f"and from a program's own intake {_spread(times, digits=1)} times as many as one Celery task, "
            "scikit-learn and one ORM row per email"
        )
    machine = results[next(iter(results))]["machine"]
    return f"{', '.join(said)} ({machine['cores']} cores; [docs/performance.md](docs/performance.md))." if said else "–"


def machine_line(found: Row) -> str:
    """Say what was measured where."""
    machine = found["machine"]
    versions = ", ".join(
        f"{label} {machine[name]}"
        for name, label in (
            ("python", "Python"),
            ("postgresql", "PostgreSQL"),
            ("sqlite", "SQLite"),
            ("redis", "Redis"),
        )
        if machine[name]
    )
    busy = [row["others"] for row in found["rows"] if "others" in row]
    others = f" Other programs kept {median(busy):.1f} cores busy meanwhile." if busy else ""
    return (
        f"{machine['cores']} cores of {machine['cpu']}, {machine['memory_gib']} GiB, {versions}; model "
        f"{machine['model']}, commit {machine['commit']}, seed {found['seed']}, {found['at']}.{others}"
    )


def throughput(rows: Sequence[Row]) -> str:
    """Return emails a second and CPU time by way in."""
    table = [["database", "workers", "way in", "reading", "emails/s", "accepted/s", "CPU µs per email", "of it"]]
    for key, own in _grouped(rows, "database", "workers", "way", "mode"):
        database, workers, way, mode = key
        totals = [sum(row["cpu_us"].values()) for row in own]
        cells = [database, str(workers), way, "meanwhile" if mode == "together" else "alone, later"]
        cells += [_spread(_values(own, "ranked_per_second")), _spread(_values(own, "accepted_per_second"))]
        table.append([*cells, f"{median(totals):,.0f}", _by_process(own)])
    memory = [["database", "workers", "process", "resident MiB", "its own MiB"]]
    for (database, workers), own in _grouped(rows, "database", "workers"):
        for name, sizes in own[-1]["memory_mib"].items():
            memory.append([database, str(workers), name, f"{sizes['rss']:.0f}", f"{sizes['uss']:.0f}"])
    return f"{markdown(table)}\n\n{markdown(memory)}"


def naive(rows: Sequence[Row]) -> str:
    """Return ours beside the naive pipeline on the same mail."""
    table = [["contender", "emails/s", "times as fast", "CPU µs per email", "times the CPU", "of it"]]
    ours = {row["repetition"]: row for row in rows if row["contender"] == "Triage"}
    for (contender,), own in _grouped(rows, "contender"):
        times = _times_as_fast(rows, contender)
        cpu = [_cpu(row) / _cpu(ours[row["repetition"]]) for row in own]
        cells = [contender, _spread(_values(own, "ranked_per_second"))]
        cells += ["1" if contender == "Triage" else f"ours is {_spread(times, digits=1)} times as fast"]
        table.append([*cells, f"{median(map(_cpu, own)):,.0f}", _spread(cpu, digits=1), _by_process(own)])
    return markdown(table)


def latency(rows: Sequence[Row]) -> str:
    """Return percentiles of waiting, in milliseconds."""
    table = [["database", "arrivals", "emails/s", "from accepted to ranked: p50", "p95", "p99"]]
    table[0] += ["from due to accepted: p50", "p99", "mails"]
    for (database, way), own in _grouped(rows, "database", "way"):
        rate = f"{median(_values(own, 'rate')):.0f}" if "rate" in own[0] else "one at a time"
        cells = [database, way, rate]
        cells += [_spread([row["accepted_to_ranked_ms"][name] for row in own], 1) for name in ("p50", "p95", "p99")]
        cells += [_spread([row["due_to_accepted_ms"][name] for row in own], 1) for name in ("p50", "p99")]
        table.append([*cells, f"{sum(row['mails'] for row in own):,}"])
    return markdown(table)


def stages(rows: Sequence[Row]) -> str:
    """Return CPU time by stage; what no stage accounts for is the rest of a process."""
    blocks = []
    for row in rows:
        table = [["process", "stage", "CPU µs per email", "share of all"]]
        total = _cpu(row)
        for process, spent in sorted(row["cpu_us"].items(), key=lambda item: -item[1]):
            own = row["stages_us"].get(process, {})
            table.append([f"**{process}**", "all", f"**{spent:.0f}**", f"**{100 * spent / total:.0f} %**"])
            rest = {"the rest (HTTP, event loop, task, log)": spent - sum(own.values())} if own else {}
            for stage, cost in sorted((own | rest).items(), key=lambda item: -item[1]):
                table.append(["", stage, f"{cost:.0f}", f"{100 * cost / total:.0f} %"])
        pressing = row["bands"].get("high", 0) + row["bands"].get("critical", 0)
        said = (
            f"{row['database']}, {row['way']}, {row['mails']:,} mails, one worker: {total:,.0f} µs of CPU per "
            f"email. {100 * row['asked_deep']:.1f} % of the mails went to the deep stage; {100 * pressing:.0f} % were "
            "pressing, and had their reasons worked out."
        )
        blocks.append(f"{said}\n\n{markdown(table)}")
    return "\n\n".join(blocks)


def growth(rows: Sequence[Row]) -> str:
    """Return what questions cost by size, and how the slow ones are answered."""
    sizes = sorted({row["size"] for row in rows})
    table = [["database", "question", *(f"{size:,} emails" for size in sizes)]]
    for (database, question, named, number), own in _grouped(rows, "database", "question", "filter", "page"):
        by_size = {row["size"]: grown(row) for row in own}
        label = f"{question}: {named}, page {number:,}" if named else str(question)
        table.append([database, label, *(by_size.get(size, "–") for size in sizes)])
    said = (
        "Milliseconds are p50 / p99 of requests to the API, one after the other, 50 emails a page, and the CPU "
        "time that API and database spent on one."
    )
    plans = [
        f"{row['database']}, {row['filter']}, page {row['page']:,}, p99 {row['ms']['p99']:.0f} ms:\n\n"
        + "\n".join(f"    {line}" for line in row["plan"])
        for row in rows
        if "plan" in row and row["size"] == sizes[-1]
    ]
    slow = "\n\n".join(["What is above 10 ms at the largest size, and its plan:", *plans]) if plans else ""
    return "\n\n".join(filter(None, [said, markdown(table), slow]))


def grown(row: Row) -> str:
    """Return what was found at one size, in a few words."""
    if "ms" in row:
        cpu_ms = (_cpu(row) - row["cpu_us"].get("client", 0.0)) / 1e3
        return f"{row['ms']['p50']:.1f} / {row['ms']['p99']:.1f} ms, {cpu_ms:.1f} ms CPU"
    if "bytes" in row:
        return f"{row['bytes'] / 1e6:,.0f} MB"
    return f"{row['accepted_per_second']:,.0f}/s, {_cpu(row):,.0f} µs CPU"


def _times_as_fast(rows: Sequence[Row], contender: str) -> list[float]:
    """Return how many times as fast ours was, by repetition."""
    speeds = {(row["contender"], row["repetition"]): row["ranked_per_second"] for row in rows}
    return [
        speeds["Triage", repetition] / speed
        for (name, repetition), speed in speeds.items()
        if name == contender and ("Triage", repetition) in speeds
    ]


def _grouped(rows: Iterable[Row], *keys: str) -> Iterable[tuple[tuple[Any, ...], list[Row]]]:
    """Gather rows that agree in these keys, in the order of their first."""
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row.get(key) for key in keys), []).append(row)
    return groups.items()


def _by_process(rows: Sequence[Row]) -> str:
    names = sorted(rows[0]["cpu_us"], key=lambda name: -median(row["cpu_us"][name] for row in rows))
    return ", ".join(f"{name} {median(row['cpu_us'][name] for row in rows):,.0f}" for name in names)


def _cpu(row: Row) -> float:
    return float(sum(row["cpu_us"].values()))


def _values(rows: Iterable[Row], name: str) -> list[float]:
    return [row[name] for row in rows]


def _spread(values: Sequence[float], digits: int = 0) -> str:
    """Write the median, with lowest and highest where there are several."""
    middle = f"{median(values):,.{digits}f}"
    return f"{middle} ({min(values):,.{digits}f}–{max(values):,.{digits}f})" if len(values) > 1 else middle


if __name__ == "__main__":
    sys.exit(main())
