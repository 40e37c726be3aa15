"""Random inboxes, their orders, and the readings they are ranked by."""

import json
import math

import numpy as np
import pytest

from benchmarks import inbox
from benchmarks.inbox import Inbox, critical_place, judged, ndcg, readings
from training.corpus import triage_corpus
from training.foldout import write_foldout
from training.heads import MAIL_HEADS, labels_of
from training.splits import Fold, folds_by_domain
from triage.labels import Language, Topic, Urgency

GAINS = np.array([3, 0, 0, 1, 2, 0, 3, 0, 1, 0, 0, 0])


def test_ndcg_is_the_hand_computed_value():
    """Gains 0, 3, 1 have 0/1 + 3/log2(3) + 1/2 = 2.393 of the ideal 3/1 + 1/log2(3) = 3.631."""
    assert ndcg(np.array([0, 3, 1])) == pytest.approx(0.6590, abs=1e-4)


def test_ndcg_looks_no_further_than_its_depth():
    """Critical mail in the eleventh place gains nothing, in the tenth 1/log2(11)."""
    assert ndcg(np.array([0] * 10 + [3])) == 0.0
    assert ndcg(np.array([0] * 9 + [3, 0])) == pytest.approx(1 / math.log2(11))


def test_critical_mail_is_placed_from_one():
    """Critical mail in the second and fourth place stands in the third on average."""
    assert critical_place(np.array([0, 3, 2, 3])) == 3.0


def test_a_perfect_ranking_is_ideal():
    """Scores that follow urgency reach an NDCG of 1, with all critical mail on top."""
    figures = judged(Inbox("all", 12, 2), GAINS, GAINS / 3, draws=20, seed=7)
    orders = {order["order"]: order for order in figures["orders"]}

    assert figures["critical"] == 2.0
    assert orders["Triage"]["ndcg_at_10"] == orders["ideal"]["ndcg_at_10"] == 1.0
    assert orders["Triage"]["critical_place"] == 1.5
    assert orders["arrival"]["ndcg_at_10"] < 1.0
    assert orders["random"]["critical_place_spread"] > 0.0


def test_a_seed_draws_the_same_again():
    """Figures are reproducible, and another seed has others."""
    kind = Inbox("some", 6, None)

    once, again, other = (judged(kind, GAINS, -GAINS / 3, draws=20, seed=seed) for seed in (7, 7, 8))

    assert once == again != other


def test_readings_come_back_from_their_file(tmp_path):
    """What the folds read is found again by mail and head, the folds one after the other."""
    folds = [Fold(train=np.array([1]), test=np.array([0, 2])), Fold(train=np.array([0, 2]), test=np.array([1]))]
    read = [
        {head: np.eye(len(names), dtype=np.float32)[[0] * len(fold.test)] for head, names in MAIL_HEADS.items()}
        for fold in folds
    ]
    read[1]["urgency"] = np.array([[0.0, 0.1, 0.2, 0.7]])

    write_foldout(tmp_path / "made" / "foldout.npz", folds, read)
    with np.load(tmp_path / "made" / "foldout.npz") as file:
        mail, found = file["mail"].tolist(), readings(file)

    assert mail == [0, 2, 1]
    assert found[0].topic[Topic.TECHNICAL] == 1.0
    assert found[0].action_required == 0.0
    assert found[0].language == Language.ENGLISH
    assert found[2].urgency[Urgency.CRITICAL] == pytest.approx(0.7)


def test_true_readings_rank_the_corpus_better_than_arrival(tmp_path):
    """From a file of readings to a file of figures, on the corpus."""
    examples = triage_corpus()
    folds, labels = folds_by_domain(examples, 4), labels_of(examples)
    read = [{head: np.eye(len(names))[labels[head][fold.test]] for head, names in MAIL_HEADS.items()} for fold in folds]
    write_foldout(tmp_path / "foldout.npz", folds, read)

    inbox.main(["--read", f"{tmp_path}/foldout.npz", "--draws", "5", "--output", f"{tmp_path}/inbox.json"])

    figures = json.loads((tmp_path / "inbox.json").read_text())
    assert figures["mails"] == len(examples)
    for kind in figures["inboxes"]:
        orders = {order["order"]: order for order in kind["orders"]}
        assert orders["arrival"]["ndcg_at_10"] < orders["Triage"]["ndcg_at_10"] <= orders["ideal"]["ndcg_at_10"] == 1.0
        assert orders["Triage"]["critical_place"] < orders["arrival"]["critical_place"]


def test_readings_of_another_corpus_are_refused(tmp_path, capsys):
    """A file that lacks a mail of the corpus stops the run before any figure is written."""
    fold = Fold(train=np.array([1]), test=np.array([0]))
    write_foldout(tmp_path / "foldout.npz", [fold], [{head: np.eye(len(MAIL_HEADS[head]))[:1] for head in MAIL_HEADS}])

    with pytest.raises(SystemExit):
        inbox.main(["--read", f"{tmp_path}/foldout.npz", "--output", f"{tmp_path}/inbox.json"])

    assert "cross-validate anew" in capsys.readouterr().err
    assert not (tmp_path / "inbox.json").exists()
