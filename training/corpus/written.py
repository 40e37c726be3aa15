"""The mail written for this project: what a model is judged on, and what it learns from besides."""

from pathlib import Path

from training.corpus.example import Example, read_examples

TRIAGE_CORPUS = Path(__file__).parent / "triage"
WIDE_CORPUS = Path(__file__).parent / "wide"


def triage_corpus() -> list[Example]:
    """Return the corpus this repository carries, in order of file name and line."""
    return [example for path in corpus_files() for example in read_examples(path)]


def wide_corpus() -> list[Example]:
    """Return shorter mails to many more kinds of organisation; models learn from it and are never judged on it."""
    return [example for path in corpus_files(WIDE_CORPUS) for example in read_examples(path)]


def corpus_files(corpus: Path = TRIAGE_CORPUS) -> list[Path]:
    """Return the files of a corpus, sorted by name."""
    return sorted(corpus.glob("*.jsonl"))
