"""The mail written for this project: what a model is judged on, and what it learns from besides."""

from dataclasses import replace
from pathlib import Path

from training.corpus.example import Example, read_examples
from training.corpus.kin import KIN

TRIAGE_CORPUS = Path(__file__).parent / "triage"
WIDE_CORPUS = Path(__file__).parent / "wide"


def triage_corpus() -> list[Example]:
    """Return the corpus this repository carries, in order of file name and line."""
    return [example for path in corpus_files() for example in read_examples(path)]


def wide_corpus() -> list[Example]:
    """Return shorter mails to many more kinds of organisation; models learn from it and are never judged on it.

    A kind that is next of kin to a domain of the triage corpus takes that domain's name, so that a model judged on
    `health` has not learned from mail to a dentist.
    """
    return [
        replace(example, domain=KIN.get(example.domain, example.domain))
        for path in corpus_files(WIDE_CORPUS)
        for example in read_examples(path)
    ]


def corpus_files(corpus: Path = TRIAGE_CORPUS) -> list[Path]:
    """Return the files of a corpus, sorted by name."""
    return sorted(corpus.glob("*.jsonl"))
