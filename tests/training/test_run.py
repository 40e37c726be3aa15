"""The whole recipe, on a few invented mails and at full meaning."""

import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from tests.training.make import TINY
from tests.training.test_journal import written
from training.config import DeepConfig, RunConfig
from training.corpus import Example, triage_corpus
from training.journal import Journal
from training.run import train_bundle
from triage.labels import Language, Sentiment, Topic, Urgency
from triage.mail import MailText
from triage.serving.manifest import read_manifest
from triage.serving.text import load_text_model

FIRE = ("Fire", "There is smoke in hall {n}, people are in danger, come now.")
PRAISE = ("Thanks", "Thank you for the lovely visit on day {n}, everybody was kind.")
RECHNUNG = ("Rechnung", "Die Rechnung Nummer {n} ist falsch, bitte prüfen Sie den Betrag.")

READ_IN_A_NEW_PROCESS = """
import json, sys
from pathlib import Path
from triage.mail import MailText
from triage.serving.text import load_text_model
model = load_text_model(Path(sys.argv[1]))
mails = [MailText(*pair) for pair in json.loads(sys.argv[2])]
print(json.dumps([dict(reading.topic) for reading in model.read(mails)]))
"""


def invented(number: int) -> Example:
    """Return one of thirty-six invented mails, over four domains."""
    kind = number % 3
    subject, body = (FIRE, PRAISE, RECHNUNG)[kind]
    domain = "abcd"[number % 4]
    return Example(
        id=f"m{number}",
        subject=subject,
        body=body.format(n=number),
        topic=(Topic.TECHNICAL, Topic.FEEDBACK, Topic.BILLING)[kind],
        sentiment=(Sentiment.NEGATIVE, Sentiment.POSITIVE, None)[kind],
        urgency=(Urgency.CRITICAL, Urgency.LOW, Urgency.NORMAL)[kind],
        action_required=(True, False, None)[kind],
        language=(Language.ENGLISH, Language.ENGLISH, Language.GERMAN)[kind],
        group=domain,
        domain=domain,
    )


MAILS = [invented(number) for number in range(36)]
LOGGED = {"overall", "topic_macro_f1", "sentiment_macro_f1", "urgency_macro_f1"}


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    """A bundle of thirty-six invented mails."""
    output = tmp_path_factory.mktemp("training") / "bundle"
    train_bundle(MAILS, [], TINY, output)
    return output


def test_the_recipe_learns_invented_mail(bundle):
    """A new mail of each kind is read as its kind."""
    readings = load_text_model(bundle).read(
        [MailText(subject, body.format(n=99)) for subject, body in (FIRE, PRAISE, RECHNUNG)]
    )

    assert [max(reading.topic, key=reading.topic.__getitem__) for reading in readings] == [
        "technical",
        "feedback",
        "billing",
    ]


def test_a_new_process_reads_as_the_one_that_trained(bundle):
    """Strings go in, and the very same numbers come out."""
    pairs = [[subject, body.format(n=7)] for subject, body in (FIRE, PRAISE, RECHNUNG)]
    here = [dict(reading.topic) for reading in load_text_model(bundle).read([MailText(*pair) for pair in pairs])]

    command = [sys.executable, "-c", READ_IN_A_NEW_PROCESS, str(bundle), json.dumps(pairs)]
    there = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])

    assert [list(map(float, belief.values())) for belief in there] == pytest.approx(
        np.array([list(belief.values()) for belief in here]), abs=1e-6
    )


def test_the_manifest_says_what_was_run(bundle):
    """Config, split, number of mails and seed stand beside the figures."""
    manifest = read_manifest(bundle)

    assert manifest.config["seed"] == TINY.seed
    assert (manifest.figures["mails"], manifest.figures["split"]) == (36, "by domain, 2 folds")
    assert manifest.version in (bundle / "model-card.md").read_text()


def test_the_manifest_and_its_card_say_what_confidence_is_worth(bundle):
    """Precision and coverage of thresholds, and the calibration error of every head (A-22)."""
    manifest, card = read_manifest(bundle), (bundle / "model-card.md").read_text()
    applied = manifest.figures["confidence"]["applied"]

    assert [one["coverage"] for one in applied] == sorted((one["coverage"] for one in applied), reverse=True)
    assert "| topics from confidence | are right | share of all mails |" in card
    for head in ("topic", "sentiment", "urgency", "action_required"):
        assert f"{head}_ece" in manifest.figures["model"]
        assert f"| {head}_ece |" in card


def test_the_same_seed_gives_the_same_figures_also_with_a_log(bundle, tmp_path):
    """Figures, temperatures and version repeat; the log has two folds of three epochs, and there is none unasked."""
    told = train_bundle(MAILS, [], TINY, tmp_path / "told", journal=Journal(tmp_path / "log"))

    first, log = read_manifest(bundle), written(tmp_path / "log")
    assert (told.figures, told.temperatures, told.version) == (first.figures, first.temperatures, first.version)
    assert sorted(log) == ["fold-1", "fold-2"]
    for noted in log.values():
        assert {epoch for _, epoch in noted} == {1, 2, 3}
        assert {figure for figure, _ in noted} >= LOGGED
    assert sorted(place.name for place in tmp_path.iterdir()) == ["log", "told"]
    assert [place.name for place in bundle.parent.iterdir()] == ["bundle"]


def test_another_seed_gives_another_version(bundle, tmp_path):
    """The same mail, learned from in another order, is another model."""
    other = train_bundle(MAILS, [], replace(TINY, seed=8), tmp_path / "other")

    assert other.version != read_manifest(bundle).version


@pytest.mark.slow
def test_the_recipe_beats_rules_on_domains_it_never_saw(tmp_path):
    """On a third of the corpus, every head is above key words and above the commonest label."""
    examples = [
        example
        for example in triage_corpus()
        if example.domain in {"shop", "saas", "housing", "health", "finance", "transit"}
    ]

    figures = train_bundle(
        examples, [], RunConfig(folds=3, epochs=4, deep=DeepConfig(epochs=1)), tmp_path / "bundle"
    ).figures

    for name in ("topic_macro_f1", "sentiment_macro_f1", "urgency_kappa", "action_required_macro_f1"):
        assert figures["model"][name] > max(figures["keywords"][name], figures["majority"][name]), name
