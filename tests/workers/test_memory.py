"""A worker's memory stays flat, however much it reads and however often its model is replaced (A-18)."""

import subprocess
import sys
from itertools import combinations
from statistics import median

import pytest

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(1800)]

READINGS = """
import random
import psutil
from training.corpus import triage_corpus
from training.text import mail_text
from triage.mail import MailText
from workers import boot

chance = random.Random(7)
texts = [mail_text(example) for example in triage_corpus()]
model = boot._load(boot.bundle())  # as a worker does, its settings of TensorFlow included
everything = chr(10).join(text.body for text in texts)

def mail():
    "Some passage of the corpus, of 1 to 4,000 characters, short ones as often as long ones."
    length, begin = int(4000 ** chance.random()), chance.randrange(len(everything) - 4000)
    return MailText(chance.choice(texts).subject, everything[begin : begin + length])

read = 0
while read < 100_000:
    batch = [mail() for _ in range(chance.randint(1, 128))]
    model.read(batch)
    if read // 1000 < (read + len(batch)) // 1000:
        print(read + len(batch), psutil.Process().memory_info().rss, flush=True)
    read += len(batch)
"""


def slope(points):
    """Median of the slopes between any two (x, y) pairs (Theil, Sen); what a batch takes for a moment counts little."""
    return median((y - v) / (x - u) for (u, v), (x, y) in combinations(points, 2))


def test_memory_is_flat_over_a_hundred_thousand_readings(figure):
    """Batches of 1 to 128 mails of mixed length: after warm-up less than 1 MiB more per 10,000 readings."""
    done = subprocess.run([sys.executable, "-c", READINGS], capture_output=True, text=True, timeout=1700, check=True)

    samples = [tuple(map(int, line.split())) for line in done.stdout.splitlines()]
    kib_per_10_000 = slope([sample for sample in samples if sample[0] >= 20_000]) * 10_000 / 1024
    figure(f"A-18: {kib_per_10_000:+.0f} KiB per 10,000 readings, {samples[-1][1] / 2**20:.0f} MiB at the end")
    assert samples[-1][0] >= 100_000
    assert kib_per_10_000 < 1024, samples
