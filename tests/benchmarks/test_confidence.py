"""What thresholds lead to, as a table."""

import json

import numpy as np
import pytest

from benchmarks import confidence
from training.corpus import triage_corpus
from training.foldout import write_foldout
from training.heads import MAIL_HEADS, labels_of
from training.splits import Fold


def test_true_readings_are_right_at_every_threshold(tmp_path, capsys):
    """Readings that are the labels, nine in ten sure: all applied up to 0.9, none above."""
    labels, mails = labels_of(triage_corpus()), np.arange(len(triage_corpus()))
    read = {}
    for head, names in MAIL_HEADS.items():
        read[head] = np.full((len(mails), len(names)), 0.1 / (len(names) - 1))
        read[head][mails, labels[head]] = 0.9
    write_foldout(tmp_path / "read.npz", [Fold(train=mails[:0], test=mails)], [read])

    code = confidence.main(
        [f"--read={tmp_path / 'read.npz'}", f"--real={tmp_path / 'none'}", f"--output={tmp_path / 'out.json'}"]
    )

    topic = json.loads((tmp_path / "out.json").read_text())["written"]["topic"]
    assert (code, topic["mails"], topic["ece"]) == (0, len(mails), pytest.approx(0.1))
    assert "| 0.90 | 100.0 % | 100 % |" in capsys.readouterr().out
    assert topic["applied"][-1] == {"threshold": 0.95, "precision": None, "coverage": 0.0}


def test_without_readings_it_says_what_makes_them(tmp_path, capsys):
    """A sentence, and the exit code of wrong usage."""
    with pytest.raises(SystemExit) as stopped:
        confidence.main([f"--read={tmp_path / 'none'}"])

    assert stopped.value.code == 2
    assert "make train" in capsys.readouterr().err
