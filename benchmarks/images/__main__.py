"""How well, how fast and at what cost Triage recognises images, beside a random forest on pixels and colours.

    python -m benchmarks.images [SET …] [--contenders …] [--cascade] [--minutes M] [--threads N] …

Sets: mnist, cifar10, cucumber9 (each of four batches is judged once), trashnet. Every contender learns from the same
images and is judged on the same, as they are and as they come in use (`benchmarks/images/deployment.py`). Nothing is
chosen on what is judged: stopping and calibration use images held out of what is learned from.

What is in the results already is not asked again (`--again` asks it anew), so a run that was stopped goes on where it
was. Results go to `benchmarks/results/images.json`; `python -m benchmarks.images.tables` writes docs/images.md.
"""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.images.contenders import CASCADE, CONTENDERS, missing
from benchmarks.images.results import PATH, Results, Row
from benchmarks.images.sets import SETS, is_here
from triage.serving.quiet import stderr_silenced

SEED = 7
CASCADED = ("cucumber9", "cifar10")


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask what was asked for and is not known yet."""
    told = _parser().parse_args(arguments)
    _limit_threads(told.threads)
    results = Results(told.output)
    for names in _questions(told):
        title = f"{names['question']} {names['set']} ({names['variant']}), {names['contender']}"
        if results.has(names) and not told.again:
            continue
        if why := missing(names["contender"]) or ("" if is_here(names["set"]) else "the set is not here"):
            print(f"{title}: not asked, {why}", file=sys.stderr)
            continue
        row = names | _answer(names, told)
        results.keep(row)
        shown = ("accuracy", "macro_f1", "ece", "deployed_accuracy", "images_per_second", "fit_s", "answered_by_gate")
        print(f"{title}: " + ", ".join(f"{name} {row[name]:.4g}" for name in shown if name in row), file=sys.stderr)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.images", description="Compare recognising images.")
    parser.add_argument("sets", nargs="*", choices=[[], *SETS], metavar="SET", help=", ".join(SETS))
    parser.add_argument("--contenders", nargs="+", default=list(CONTENDERS), choices=CONTENDERS)
    parser.add_argument("--parts", nargs="+", default=[], help="parts of a set to judge, all unless told")
    parser.add_argument("--cascade", action="store_true", help="ask the cascades, and nothing else")
    parser.add_argument("--minutes", type=float, default=12.0, help="of learning, for each contender of ours")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--seeds", nargs="+", type=int, default=[SEED])
    parser.add_argument("--most", type=int, help="images on either side, to try a path; keep its results elsewhere")
    parser.add_argument("--again", action="store_true", help="ask what is known too")
    parser.add_argument("--output", type=Path, default=PATH)
    return parser


def _questions(told: argparse.Namespace) -> Iterator[Row]:
    for name in told.sets or SETS:
        if told.cascade and name not in CASCADED:
            continue
        for part in told.parts or SETS[name].parts:
            for seed in told.seeds:
                for contender in [CASCADE] if told.cascade else told.contenders:
                    question = "cascade" if told.cascade else "recognise"
                    yield {"question": question, "set": name, "variant": part, "seed": seed, "contender": contender}


def _answer(names: Row, told: argparse.Namespace) -> Row:
    if names["question"] == "cascade":
        from benchmarks.images import cascades

        return cascades.answered(names, told.minutes, told.threads, told.most)
    from benchmarks.images import answers

    return answers.answered(names, told.minutes, told.threads, told.most)


def _limit_threads(threads: int) -> None:
    """Let all that computes use so many threads, and say nothing of it."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with stderr_silenced():
        from triage.serving.threads import limit_threads

        limit_threads(threads)


if __name__ == "__main__":
    sys.exit(main())
