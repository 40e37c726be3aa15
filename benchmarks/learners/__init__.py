"""Who learns from a few labels: ours, and what a user would pick instead."""

from benchmarks.learners.learner import Guess, Learner, as_text

__all__ = ["Guess", "Learner", "as_text"]
