"""The log that TensorBoard reads."""

import json
from dataclasses import asdict

import numpy as np
import pytest
import tensorflow as tf

from tests.training.make import TINY, letter
from training import run
from training.heads import Labels
from training.journal import Journal
from training.run import main


def written(folder):
    """Return {run: {(figure, epoch): value}} of a folder, and check that TensorBoard takes each for a scalar."""
    runs = {}
    for file in sorted(folder.rglob("events.out.tfevents.*")):
        for record in tf.data.TFRecordDataset(str(file)).as_numpy_iterator():
            event = tf.compat.v1.Event.FromString(record)
            for value in event.summary.value:
                assert value.metadata.plugin_data.plugin_name == "scalars"
                runs.setdefault(file.parent.name, {})[value.tag, event.step] = float(tf.make_ndarray(value.tensor))
    return runs


def test_a_note_is_the_figures_of_one_epoch(tmp_path):
    """Heads without labels have no figure; half of two rightly read mails is seen at once."""
    heads = {"topic": ("order", "billing"), "sentiment": ("negative", "positive")}
    truth = Labels(heads, {"topic": np.array([0, 1], np.int32), "sentiment": np.array([-1, -1], np.int32)})
    right, wrong = np.eye(2, dtype=np.float32), np.array([[1, 0], [1, 0]], np.float32)
    journal = Journal(tmp_path / "log")

    journal.note("fold-1", 1, truth, {"topic": wrong, "sentiment": wrong})
    journal.note("fold-1", 2, truth, {"topic": right, "sentiment": wrong})

    assert written(tmp_path / "log")["fold-1"] == pytest.approx(
        {("topic_macro_f1", 1): 1 / 3, ("overall", 1): 1 / 3, ("topic_macro_f1", 2): 1.0, ("overall", 2): 1.0}, abs=1e-4
    )


@pytest.fixture
def command(tmp_path, monkeypatch):
    """`python -m training.run` with some mail of one's own, at a tiny size; returns the exit code."""
    monkeypatch.setattr(run, "RunConfig", lambda: TINY)
    mine = tmp_path / "mine.jsonl"
    mine.write_text("\n".join(json.dumps(asdict(letter(number))) for number in range(36)), encoding="utf-8")
    return lambda *arguments: main(
        ["--examples", str(mine), "--alone", "--output", str(tmp_path / "bundle"), *map(str, arguments)]
    )


def test_ones_own_mail_is_logged_as_held_out(command, tmp_path):
    """`--log-dir` holds one run, of the mails held out; `--strategy mirrored` is understood on one device too."""
    assert command("--log-dir", tmp_path / "log", "--strategy", "mirrored") == 0

    log = written(tmp_path / "log")
    assert list(log) == ["held-out"]
    assert {epoch for _, epoch in log["held-out"]} == {1, 2, 3}


def test_a_log_inside_the_bundle_is_refused(command, tmp_path, capsys):
    """The bundle would take its place in the end; a file cannot be a log either."""
    assert command("--log-dir", tmp_path / "bundle" / "log") == 1
    assert "name another --log-dir" in capsys.readouterr().err
    assert not (tmp_path / "bundle").exists()

    assert command("--log-dir", tmp_path / "mine.jsonl") == 1
    assert "mine.jsonl cannot be used (File exists)" in capsys.readouterr().err
