"""How well, how fast and at what cost Triage learns from labels, beside what a user would pick instead.

    python -m benchmarks.learning [QUESTION …] [--draws N] [--costly-draws N] [--seeds N] …     (make bench-learning)

    new-topic  a topic with 8 labels             benchmarks/learning/new_topic.py
    story      10 to 1,000 labels of a mailbox   benchmarks/learning/story.py
    gate       30 % of the labels exchanged      benchmarks/learning/shuffled.py
    retrain    10,000 labelled mails             benchmarks/learning/retrain.py
    seconds    from a label to a prediction      benchmarks/learning/seconds.py
    beside     triage while a training runs      benchmarks/learning/beside.py

Every contender learns from the same mail and is judged on the same. CPU time is of all threads and child processes,
with one thread for the mathematics; loading a model does not count. What is in the results already is not asked again
(`--again` asks it anew), so a run that was stopped goes on where it was. Results go to
`benchmarks/results/learning.json`; `python -m benchmarks.learning.tables` writes docs/learning.md from them.

Nothing about our learner is chosen on what is judged here: choices are made on 27 topics of banking77 that no draw
here has (`benchmarks/mailboxes.py`).
"""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.learning import beside, new_topic, retrain, seconds, shuffled, story
from benchmarks.learning.contenders import COSTLY, FROZEN, MAKERS, MEMORY, RETRAINED, SETFIT, TFIDF, missing
from benchmarks.learning.results import PATH, Results, Row
from benchmarks.retraining import FEWEST

QUESTIONS = ("new-topic", "story", "gate", "retrain", "seconds", "beside")


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask what was asked for and is not known yet."""
    told = _parser().parse_args(arguments)
    results = Results(told.output)
    for names in _questions(told):
        if (told.sets and names["set"] not in told.sets) or (results.has(names) and not told.again):
            continue
        if told.contenders and names.get("contender") not in told.contenders:
            continue
        if why := missing(names.get("contender", "")):
            print(f"{_title(names)}: not asked, {why}", file=sys.stderr)
            continue
        row = names | _answer(names)
        results.keep(row)
        print(f"{_title(names)}: {_summary(row)}", file=sys.stderr)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.learning", description="Compare learning from labels.")
    parser.add_argument("questions", nargs="*", choices=[[], *QUESTIONS], metavar="QUESTION", help=", ".join(QUESTIONS))
    parser.add_argument("--draws", type=int, default=16, help="mailboxes of each set that meet a new topic")
    parser.add_argument("--costly-draws", type=int, default=3, help="those that SetFit and MiniLM are asked of")
    parser.add_argument("--seeds", type=int, default=5, help="orders of the story's mail")
    parser.add_argument("--shuffles", type=int, default=20, help="candidates of shuffled labels")
    parser.add_argument("--trainings", type=int, default=1, help="full trainings")
    parser.add_argument("--retrain-mails", type=int, default=10_000, help="labelled mails of a full training")
    parser.add_argument("--runs", type=int, default=5, help="running systems that a label is timed in, each twice")
    parser.add_argument("--rounds", type=int, default=6, help="stretches of mail with a training beside, and without")
    parser.add_argument("--sets", nargs="+", default=[], help="sets to ask of, all unless told")
    parser.add_argument("--contenders", nargs="+", default=[], choices=MAKERS, help="whom to ask, all unless told")
    parser.add_argument("--again", action="store_true", help="ask what is known too")
    parser.add_argument("--output", type=Path, default=PATH)
    return parser


def _questions(told: argparse.Namespace) -> Iterator[Row]:
    asked = told.questions or QUESTIONS
    if "new-topic" in asked:
        yield from _of_new_topics(told)
    if "story" in asked:
        for names in story.questions(told.seeds):
            ours = (MEMORY, RETRAINED) if names["labels"] >= FEWEST else (MEMORY,)
            yield from (names | {"contender": contender} for contender in (*ours, TFIDF))
    if "gate" in asked:
        yield from shuffled.questions(told.shuffles)
    if "retrain" in asked:
        yield from retrain.questions(told.trainings, told.retrain_mails)
    if "seconds" in asked:
        yield from seconds.questions(told.runs)
    if "beside" in asked:
        yield from beside.questions(told.rounds)


def _of_new_topics(told: argparse.Namespace) -> Iterator[Row]:
    """Ask the costly ones in the first draws only, and SetFit not at all with 40 labels a topic."""
    for names in new_topic.questions(told.draws):
        for contender in (MEMORY, TFIDF, FROZEN, SETFIT):
            costly = contender in COSTLY and names["seed"] > told.costly_draws
            if not costly and (contender != SETFIT or names["known_labels"] == min(new_topic.KNOWN_LABELS)):
                yield names | {"contender": contender}


def _answer(names: Row) -> Row:
    if names["question"] in ALONE:
        return ALONE[names["question"]](names)
    learner = MAKERS[names["contender"]](names["seed"])
    try:
        if names["question"] == "story":
            return story.answered(learner, story.mailbox(names["seed"]), names["labels"])
        return new_topic.answered(learner, new_topic.drawn(names), before=names["contender"] != SETFIT)
    finally:
        learner.close()


# Questions about the product alone, which nobody else is asked.
ALONE = {
    "gate": shuffled.answered,
    "retrain": retrain.answered,
    "seconds": seconds.answered,
    "beside": beside.answered,
}


def _title(names: Row) -> str:
    return " ".join(str(value) for name, value in names.items() if name != "set") + f" ({names['set']})"


def _summary(row: Row) -> str:
    shown = ("f1", "macro_f1", "others_before", "others_after", "fit_cpu_s", "activated", "wall_s", "peak_mib")
    return ", ".join(f"{name} {row[name]:.3g}" for name in (*shown, "seconds", "ratio") if row.get(name) is not None)


if __name__ == "__main__":
    if os.environ.get("OMP_NUM_THREADS") != "1":
        raise SystemExit("start the benchmark by `make bench-learning`, or with OMP_NUM_THREADS=1: see its docstring")
    sys.exit(main())
