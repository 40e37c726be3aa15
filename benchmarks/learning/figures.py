"""How good guesses are, and how long a learner took."""

import os
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np
import psutil

from benchmarks.learners import Guess
from training.metrics import expected_calibration_error

Answer = TypeVar("Answer")


def f1_of_topics(truth: Sequence[str], guesses: Sequence[Guess], topics: Sequence[str]) -> dict[str, float]:
    """Return the F1 of each topic; 0 for one that is neither there nor guessed."""
    guessed = Counter(guess.topic for guess in guesses)
    right = Counter(topic for topic, guess in zip(truth, guesses, strict=True) if guess.topic == topic)
    there = Counter(truth)
    return {topic: 2 * right[topic] / max(there[topic] + guessed[topic], 1) for topic in topics}


def macro_f1(truth: Sequence[str], guesses: Sequence[Guess], topics: Sequence[str]) -> float:
    """Return the mean F1 over these topics, whether or not there is mail of each."""
    return float(np.mean(list(f1_of_topics(truth, guesses, topics).values())))


def confidence_figures(truth: Sequence[str], guesses: Sequence[Guess]) -> dict[str, Any]:
    """Return the calibration error, what share of the mail gets its topic applied, and how often that is right.

    The calibration error is that of the likeliest topic, over 15 equally wide bins of confidence.
    """
    right = np.array([guess.topic == topic for guess, topic in zip(guesses, truth, strict=True)])
    confidence = np.array([guess.confidence for guess in guesses])
    applied = np.array([guess.applied for guess in guesses])
    two_ways = np.stack([confidence, np.zeros_like(confidence)], axis=1)  # the likeliest topic, and no other
    return {
        "ece": expected_calibration_error(np.where(right, 0, 1), two_ways),
        "applied": float(applied.mean()),
        "applied_precision": float(right[applied].mean()) if applied.any() else None,
    }


def timed(work: Callable[[], Answer]) -> tuple[Answer, float]:
    """Return what work returns, and the CPU-seconds that we and our child processes took for it, all threads."""
    before = _spent()
    answer = work()
    return answer, _spent() - before


def _spent() -> float:
    ended = os.times()
    living = [child.cpu_times() for child in psutil.Process().children(recursive=True)]
    children = ended.children_user + ended.children_system + sum(times.user + times.system for times in living)
    return time.process_time() + children
