"""Labelled mail to learn from and to be judged on."""

from training.corpus.example import Example, digest_of, examples_in, parse_example, read_examples
from training.corpus.written import TRIAGE_CORPUS, WIDE_CORPUS, corpus_files, triage_corpus, wide_corpus

__all__ = [
    "TRIAGE_CORPUS",
    "WIDE_CORPUS",
    "Example",
    "corpus_files",
    "digest_of",
    "examples_in",
    "parse_example",
    "read_examples",
    "triage_corpus",
    "wide_corpus",
]
