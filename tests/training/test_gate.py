"""Both models read the same held-out labels, and differences have intervals."""

from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from tests.training.make import letter
from training.gate import compare
from training.metrics import macro_f1, quadratic_kappa
from triage.labels import Language, Sentiment, Topic, Urgency
from triage.ranking import Reading
from triage.trainings.decision import comparison_from

HEADS = {"sentiment": tuple(Sentiment), "urgency": tuple(Urgency), "action_required": ("no", "yes")}


@dataclass
class Manifest:
    labels: dict


@dataclass
class Told:
    """A model that says of each mail what it was told to, with 80 %."""

    version: str
    topics: list
    urgencies: list
    names: tuple = field(default=tuple(map(str, Topic)))

    @property
    def manifest(self):
        return Manifest({"topic": self.names, **HEADS})

    def read(self, texts):
        return [
            Reading(
                topic=spread(self.names, topic),
                sentiment=spread(HEADS["sentiment"], Sentiment.NEUTRAL),
                urgency=spread(HEADS["urgency"], urgency),
                action_required=0.8,
                language=Language.ENGLISH,
            )
            for topic, urgency in zip(self.topics, self.urgencies, strict=True)
        ]


def spread(names, likely):
    return {name: 0.8 if name == likely else 0.2 / (len(names) - 1) for name in names}


def examples(topics, urgencies):
    return [
        replace(letter(number), topic=topic, urgency=urgency, group=f"g{number}")
        for number, (topic, urgency) in enumerate(zip(topics, urgencies, strict=True))
    ]


def drawn(seed, size=60):
    draw = np.random.default_rng(seed)
    return list(draw.choice(["order", "billing", "account"], size)), list(draw.choice(list(Urgency), size))


def figures(comparison):
    return {figure.name: figure for figure in comparison_from(comparison).figures}


def test_figures_are_those_of_the_metrics():
    """Macro-F1, quadratic kappa and recall of critical mail, of either model, over all that was held out."""
    truth, active, candidate = drawn(1), drawn(2), drawn(3)

    found = figures(compare(Told("a", *active), Told("b", *candidate), examples(*truth), seed=1))

    steps = list(Urgency)
    for told, of_model in ((active, "active"), (candidate, "candidate")):
        topic = [[sorted(set(truth[0])).index(name) for name in names] for names in (truth[0], told[0])]
        urgency = [[steps.index(name) for name in names] for names in (truth[1], told[1])]
        critical = np.array(urgency[0]) == 3
        assert getattr(found["topic_macro_f1"], of_model) == pytest.approx(macro_f1(*map(np.array, topic), 3), abs=1e-4)
        assert getattr(found["urgency_kappa"], of_model) == pytest.approx(
            quadratic_kappa(*map(np.array, urgency), 4), abs=1e-4
        )
        assert getattr(found["urgency_critical_recall"], of_model) == pytest.approx(
            np.mean(np.array(urgency[1])[critical] == 3), abs=1e-4
        )
        assert found["urgency_critical_recall"].mails == critical.sum()


def test_equal_models_differ_by_nothing():
    """The draws are paired: the interval has no width."""
    truth, told = drawn(1), drawn(2)

    found = figures(compare(Told("a", *told), Told("b", *told), examples(*truth), seed=1))

    assert all(figure.within == figure.surely == (0.0, 0.0) for figure in found.values())


def test_mails_of_a_conversation_count_as_little_as_one():
    """Sixty mails of six conversations say less than sixty of sixty: the interval is wider."""
    truth, active = drawn(1), drawn(2)
    apart = examples(*truth)
    together = [replace(example, group=f"g{number % 6}") for number, example in enumerate(apart)]
    # Right in every mail of the first three conversations.
    both = zip(truth[0], active[0], strict=True)
    candidate = [right if number % 6 < 3 else wrong for number, (right, wrong) in enumerate(both)]
    models = Told("a", *active), Told("b", candidate, active[1])

    narrow, wide = (figures(compare(*models, held, seed=1))["topic_macro_f1"].within for held in (apart, together))

    assert wide[1] - wide[0] > 1.3 * (narrow[1] - narrow[0])


def test_a_topic_that_only_the_candidate_knows_is_new():
    """The active model can only read it wrongly."""
    topics, urgencies = ["boats"] * 5 + ["order"] * 25, [Urgency.NORMAL] * 30
    active = Told("a", ["order"] * 30, urgencies)
    candidate = Told("b", topics, urgencies, ("boats", "order"))

    found = comparison_from(compare(active, candidate, examples(topics, urgencies), seed=1))

    assert [(one.name, one.mails, one.active, one.candidate, one.is_new) for one in found.topics] == [
        ("boats", 5, 0.0, 1.0, True),
        ("order", 25, pytest.approx(50 / 55, abs=1e-4), 1.0, False),
    ]
