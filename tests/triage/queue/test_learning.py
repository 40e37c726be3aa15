"""The call to learn: at most one waits, each label is heard, and without Redis nothing fails."""

import pytest

from tests.make import url_of
from triage.errors import QueueUnavailable
from triage.queue import LearningCall, celery_app, connect
from triage.queue.names import LEARNING, TEXT_QUEUE


@pytest.fixture
def call(redis):
    return LearningCall(redis, celery_app(url_of(redis)))


def test_of_many_labels_one_call_waits(redis, call):
    """It expires by itself, should the worker that took it die before it came to hush it."""
    for _ in range(3):
        call.make()

    assert redis.llen(TEXT_QUEUE) == 1
    assert 0 < redis.pttl(LEARNING) <= 5000


def test_a_label_that_comes_while_a_worker_learns_calls_again(redis, call):
    """The worker hushes the call before it looks."""
    call.make()
    call.hush()
    call.make()

    assert redis.llen(TEXT_QUEUE) == 2


def test_without_redis_nobody_is_called_and_nothing_fails(tmp_path):
    """Who labels is told nothing of it; a worker that cannot hush tries again."""
    url = f"unix://{tmp_path}/none.sock"
    call = LearningCall(connect(url), celery_app(url))

    call.make()
    with pytest.raises(QueueUnavailable):
        call.hush()
