"""Write all sample mail: `python -m training.sample_mail [--corpus DIR] [--output DIR]`."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from training.sample_mail.compose import compose
from training.sample_mail.envelope import envelopes
from training.sample_mail.plan import Letter, read_plan

_ROOT = Path(__file__).parents[2]
_LABELS = ("language", "topic", "sentiment", "urgency", "action_required")


def write_sample_mail(corpus: Path, output: Path, seed: int) -> int:
    """Write one `.eml` for each letter of the plan, and `index.jsonl` with their labels; return how many.

    Files of an earlier run that the plan no longer names are removed.
    """
    output.mkdir(parents=True, exist_ok=True)
    for stale in output.glob("[0-9][0-9][0-9][0-9]-*.eml"):
        stale.unlink()
    letters = read_plan(corpus)
    for envelope in envelopes(letters, seed):
        (output / file_name(envelope.letter)).write_bytes(compose(envelope))
    index = "".join(f"{json.dumps(_index_entry(letter), ensure_ascii=False)}\n" for letter in letters)
    (output / "index.jsonl").write_text(index, encoding="utf-8", newline="\n")
    return len(letters)


def file_name(letter: Letter) -> str:
    """Return the name of a letter's file, such as `0001-gas-smell.eml`; names sort in order of arrival."""
    return f"{letter.number:04d}-{letter.slug}.eml"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the tool."""
    parser = argparse.ArgumentParser(prog="python -m training.sample_mail", description=__doc__)
    parser.add_argument("--corpus", type=Path, default=_ROOT / "training/corpus/triage", help="folder of JSON Lines")
    parser.add_argument("--output", type=Path, default=_ROOT / "triage/demo/mail", help="folder to write into")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    count = write_sample_mail(options.corpus, options.output, options.seed)
    print(f"{count} messages written to {options.output}")  # noqa: T201 - the tool's result


def _index_entry(letter: Letter) -> dict[str, object]:
    labels = {label: letter.row[label] for label in _LABELS}
    return {"file": file_name(letter), "row": letter.row["id"], **labels}


if __name__ == "__main__":
    main()
