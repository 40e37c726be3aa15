"""The first label of a mailbox, with the model that we ship: mail that is unlike the labelled one keeps its topic."""

import numpy as np
import pytest

from tests.make import NOW
from triage.demo import sample_mail
from triage.labels import Topic
from triage.mail import MailText, parse_message
from triage.memory.memory import Lesson, Memory, learned_from
from triage.ranking import likeliest
from triage.serving.manifest import DEFAULT_BUNDLE
from triage.serving.text import load_text_model

SURE = 0.9


@pytest.fixture(scope="module")
def readings():
    """What the shipped model says of the sample mail."""
    messages = [parse_message(raw) for raw, _ in sample_mail(NOW)]
    return load_text_model(DEFAULT_BUNDLE, deep=False).read([MailText(one.subject, one.text) for one in messages])


def test_one_label_leaves_sure_readings_sure(readings, record_property):
    """Whichever mail is said to be about something else, at most a tenth of the others stop being sure of theirs."""
    sure = [one for one in readings if one.topic[likeliest(one.topic)] >= SURE]
    shares = []
    for taught in sure[::10]:
        wrong = next(topic for topic in Topic if topic != likeliest(taught.topic))
        memory = Memory(1, "v1", learned_from([Lesson(taught, {"topic": wrong})], list(Topic))[0])
        others = memory.recall([one for one in sure if one is not taught])
        shares.append(np.mean([one.topic[likeliest(one.topic)] < SURE for one in others]))

    told = f"one label made {np.mean(shares):.1%} of {len(sure)} sure topics unsure, {max(shares):.1%} at most"
    record_property("figure", told)
    assert np.mean(shares) < 0.05
    assert max(shares) < 0.2
