"""The mail stream on a real Redis."""

from datetime import timedelta
from time import sleep

import pytest

from triage.embedded import PrivateRedis
from triage.errors import QueueUnavailable
from triage.queue import WorkStream, connect
from triage.queue.names import MAIL_STREAM

LONG, AT_ONCE = timedelta(seconds=5), timedelta(milliseconds=1)


def drained(stream, up_to=LONG):
    """All ids that a reader gets and acknowledges."""
    got = []
    for batch in stream.batches(up_to):
        got += batch.ids
        batch.acknowledge()
    return got


def test_emails_come_out_once_and_in_order(redis):
    """What is added is delivered in order and then is gone."""
    stream = WorkStream(redis, consumer="a", batch_size=3)
    stream.add(range(1, 8))

    assert drained(stream) == [1, 2, 3, 4, 5, 6, 7]
    assert drained(stream) == []
    assert stream.length() == 0


def test_two_readers_share_the_mail(redis):
    """No email goes to both of two readers."""
    one, two = (WorkStream(redis, consumer=name, batch_size=2) for name in "ab")
    one.add(range(10))

    first = next(one.batches(LONG))
    rest = drained(two)

    assert sorted([*first.ids, *rest]) == list(range(10))


def test_mail_of_a_dead_reader_is_claimed_by_another(redis):
    """Entries that were delivered and never acknowledged come to the next reader, marked as such."""
    dead = WorkStream(redis, consumer="dead")
    dead.add([1, 2, 3])
    next(dead.batches(LONG))
    sleep(0.01)

    batch = next(WorkStream(redis, consumer="alive", claim_after=AT_ONCE).batches(LONG))

    assert batch.redelivered
    assert batch.ids == (1, 2, 3)


def test_mail_of_a_reader_that_is_only_slow_is_left_to_it(redis):
    """Before its time is over, nobody takes a reader's mail."""
    slow = WorkStream(redis, consumer="slow")
    slow.add([1])
    next(slow.batches(LONG))

    assert drained(WorkStream(redis, consumer="eager", claim_after=timedelta(minutes=1))) == []


def test_reader_goes_on_after_redis_lost_everything(redis):
    """After FLUSHALL the group is made again, and mail added before the first read is delivered."""
    stream = WorkStream(redis, consumer="a")
    stream.add([1])
    drained(stream)
    redis.flushall()

    stream.add([2])

    assert drained(stream) == [2]


def test_entry_that_was_deleted_while_pending_is_passed_over(redis):
    """A claim that finds a deleted entry goes on with the others (Redis 6.2 reports it as nothing)."""
    dead = WorkStream(redis, consumer="dead")
    dead.add([1, 2])
    batch = next(dead.batches(LONG))
    redis.xdel(MAIL_STREAM, batch.entry_ids[0])
    sleep(0.01)

    assert drained(WorkStream(redis, consumer="alive", claim_after=AT_ONCE)) == [2]


def test_time_slice_ends_reading_after_the_batch_at_hand(redis):
    """A reader with no time left gives back control, and what it did not take stays."""
    stream = WorkStream(redis, consumer="a", batch_size=2)
    stream.add(range(6))

    assert drained(stream, timedelta(0)) == [0, 1]
    assert stream.length() == 4


def test_batch_splits_into_ones_that_acknowledge_alone(redis):
    """A split batch keeps the order asked for, and acknowledging one leaves the others pending."""
    stream = WorkStream(redis, consumer="a")
    stream.add([1, 2, 3])
    batch = next(stream.batches(LONG))

    singles = list(batch.one_by_one(order=[3, 1]))
    singles[0].acknowledge()

    assert [single.ids for single in singles] == [(2,), (3,), (1,)]
    assert stream.length() == 2


def test_oldest_entry_tells_its_age(redis):
    """The head's time is that of its adding; an empty stream has none."""
    stream = WorkStream(redis)
    assert stream.oldest_entry_at() is None

    stream.add([1])
    first = stream.oldest_entry_at()
    sleep(0.005)
    stream.add([2])

    assert stream.oldest_entry_at() == first


def test_redis_that_is_away_is_said_in_our_words(tmp_path):
    """Without Redis every command raises QueueUnavailable."""
    stream = WorkStream(connect(f"unix://{tmp_path}/none.sock"))

    with pytest.raises(QueueUnavailable, match="Redis does not answer"):
        stream.add([1])
    with pytest.raises(QueueUnavailable):
        drained(stream)


def test_redis_that_is_full_says_so(tmp_path):
    """A Redis at its memory limit refuses with QueueUnavailable."""
    with PrivateRedis(tmp_path, config={"maxmemory": "1mb"}) as server:
        stream = WorkStream(connect(server.url))

        with pytest.raises(QueueUnavailable, match="takes no more work"):
            stream.add(range(100_000))
