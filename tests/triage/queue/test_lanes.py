"""Mail and images go on lanes of their own."""

from tests.make import url_of
from triage.queue import Doorbell, Inlet, WorkStream, celery_app
from triage.queue.lanes import IMAGES, MAIL
from triage.queue.names import IMAGE_QUEUE, TEXT_QUEUE


def test_lanes_do_not_mix(redis):
    """What is put in on one lane comes out there alone, and calls its own kind of worker."""
    app = celery_app(url_of(redis))
    Inlet.of(IMAGES, redis, app).put([7])

    assert (WorkStream(redis, IMAGES).length(), WorkStream(redis, MAIL).length()) == (1, 0)
    assert (redis.llen(IMAGE_QUEUE), redis.llen(TEXT_QUEUE)) == (1, 0)


def test_calls_do_not_pile_up_while_no_image_worker_runs(redis):
    """However often it is rung, and after the key has expired, one call waits; once it is taken another may come."""
    bell = Doorbell(redis, celery_app(url_of(redis)), IMAGES)

    for _ in range(5):
        bell.ring()
        bell.hush()  # as if the key had expired
    piled_up = redis.llen(IMAGE_QUEUE)
    redis.delete(IMAGE_QUEUE)
    bell.ring()

    assert (piled_up, redis.llen(IMAGE_QUEUE)) == (1, 1)


def test_nothing_put_in_rings_nobody(redis):
    """Mail without images calls no image worker."""
    Inlet.of(IMAGES, redis, celery_app(url_of(redis))).put([])

    assert redis.llen(IMAGE_QUEUE) == 0
