"""The model of a mailbox begins with the shipped one."""

import json
from dataclasses import replace

import numpy as np
import pytest

from tests.training.make import letter
from tests.training.test_own import TOPICS, own_letter
from training.features import features_of
from training.fit import Trainer
from training.gate import compare
from training.heads import MAIL_HEADS, labels_of
from training.inheritance import begin_with, inheritance_of
from training.mailbox import main, train_mailbox
from training.text import mail_text
from triage.labels import Topic
from triage.mail import MailText
from triage.ranking import likeliest
from triage.serving.manifest import DEFAULT_BUNDLE
from triage.serving.text import load_text_model
from triage.trainings.decision import comparison_from, decide

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def shipped():
    """The fast stage of the shipped model."""
    return load_text_model(DEFAULT_BUNDLE, deep=False)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A model of eighty mails of two topics of their own, beside the product's nine."""
    output = tmp_path_factory.mktemp("mailbox") / "bundle"
    train_mailbox(mails(80), [*map(str, Topic), *TOPICS], output)
    return output


def mails(count, start=0):
    return [replace(own_letter(number), group=f"g{number}") for number in range(start, start + count)]


def test_it_begins_where_the_shipped_model_ended(shipped):
    """Before anything is learned it reads as that does, whatever topics are added or masked."""
    examples = [letter(number) for number in range(20)]
    heads = {**MAIL_HEADS, "topic": ("boats", *[str(topic) for topic in Topic if topic is not Topic.BULK])}
    features, labels = features_of([mail_text(one) for one in examples]), labels_of(examples, heads)
    left = inheritance_of(DEFAULT_BUNDLE)
    begun = Trainer(
        features, labels, np.arange(20), left.config, begin=begin_with(left, heads, features, np.arange(20))
    )

    logits = begun.logits(np.arange(20))

    readings = shipped.read([mail_text(one) for one in examples])
    for head in ("sentiment", "urgency"):
        read = [list(heads[head]).index(likeliest(getattr(reading, head))) for reading in readings]
        assert logits[head].argmax(axis=1).tolist() == read
    assert not logits["topic"][:, 0].any()


def test_topics_of_a_mailbox_are_read_beside_those_that_it_keeps(trained):
    """Eighty labels teach two topics, and what the corpus teaches stays."""
    model = load_text_model(trained)

    own = model.read([MailText("", f"{text}. Thank you.") for text in TOPICS.values()])
    ours = model.read([MailText("Invoice", "The amount on the invoice is wrong, please send a new one.")])

    assert [likeliest(reading.topic) for reading in own] == list(TOPICS)
    assert likeliest(ours[0].topic) == Topic.BILLING


def test_the_same_labels_give_the_same_model(trained, tmp_path):
    """By the same seed: equal versions and equal readings."""
    train_mailbox(mails(80), [*map(str, Topic), *TOPICS], tmp_path / "again")
    texts = [mail_text(one) for one in mails(10, start=500)]

    one, other = load_text_model(trained), load_text_model(tmp_path / "again")

    assert one.version == other.version
    assert one.read(texts) == other.read(texts)


def test_the_same_labels_in_another_mailbox_have_a_version_of_their_own(tmp_path):
    """The registry would take them for one another's."""
    one, other = (
        train_mailbox(mails(40), [*map(str, Topic), *TOPICS], tmp_path / name, mailbox=name) for name in ("1", "2")
    )

    assert one.version != other.version
    assert one.corpus_digest == other.corpus_digest


def test_its_card_is_that_of_a_mailbox(trained):
    """It says what this model is, and nothing that holds of the shipped one alone."""
    card = (trained / "model-card.md").read_text(encoding="utf-8")

    assert "boats, roses" in card
    assert "80 labelled in the mailbox" in card
    assert "mean over folds" not in card
    assert "in the folds" not in card


def test_a_topic_that_the_mailbox_gave_up_is_masked(tmp_path):
    """No mail is read so any more, and the corpus does not teach it."""
    kept = [str(topic) for topic in Topic if topic is not Topic.BILLING]
    train_mailbox(mails(40), [*kept, *TOPICS], tmp_path / "bundle")

    reading = load_text_model(tmp_path / "bundle").read([MailText("Invoice", "The invoice is wrong.")])[0]

    assert set(reading.topic) == {*kept, *TOPICS}


def test_the_command_tells_of_its_candidate_in_figures_and_on_a_page(tmp_path):
    """Whatever the gate will say of it; ids are those of the examples, and no mail is quoted."""
    pytest.importorskip("matplotlib")
    for name, given in (("learned", mails(40)), ("held", mails(30, start=100))):
        lines = (json.dumps({"id": one.id, "body": one.body, "topic": one.topic, "group": one.group}) for one in given)
        (tmp_path / name).write_text("\n".join(lines))
    (tmp_path / "curve").write_text(json.dumps([{"labels": 12, "figures": {"topic_macro_f1": 0.4}}]))
    files = {"examples": "learned", "held-out": "held", "curve": "curve", "output": "bundle", "report": "report"}
    named = [f"--{option}={tmp_path / file}" for option, file in files.items()]

    code = main([*named, f"--page={tmp_path / 'page'}", "--fast"])

    told, page = json.loads((tmp_path / "report").read_text()), (tmp_path / "page").read_text()
    report = told["report"]
    assert code == 0
    assert report["version"] == told["version"] != report["active"]["version"]
    assert [point["labels"] for point in report["curve"]] == [0, 12, 40]
    assert np.sum(report["heads"]["topic"]["confusion"]) == 30
    assert told["figures"]["model"]["topic_ece"] >= 0
    assert told["version"] in page
    assert mails(1, start=100)[0].body not in page + json.dumps(told)
    card = (tmp_path / "bundle" / "model-card.md").read_text()
    assert "| topic_ece |" in card
    assert "fold" not in card


@pytest.mark.parametrize("seed", range(2))
def test_labels_of_which_a_third_is_shuffled_are_refused(trained, tmp_path, seed):
    """A-23: beside a model of good labels; twenty of twenty on public mail are in the benchmark."""
    draw = np.random.default_rng(seed)
    given = mails(80) + mails(60, start=200)
    chosen = np.flatnonzero(draw.random(len(given)) < 0.3)
    topics = [example.topic for example in given]
    for place, other in zip(chosen, draw.permutation(chosen), strict=True):
        given[place] = replace(given[place], topic=topics[other])

    train_mailbox(given[:80], [*map(str, Topic), *TOPICS], tmp_path / "bundle")
    compared = compare(load_text_model(trained), load_text_model(tmp_path / "bundle"), given[80:], seed=7)

    assert not decide(comparison_from(compared)).activates
