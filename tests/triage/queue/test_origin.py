"""Where mail came from travels with its id, and is not taken on trust."""

from datetime import timedelta

import pytest

from triage.origin import NOWHERE, Origin, coming_from
from triage.queue import WorkStream
from triage.queue.names import MAIL_STREAM

TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
LONG = timedelta(seconds=10)


def test_the_request_that_brought_mail_comes_out_with_it(redis):
    """Two requests and none: each id comes out with its own, and still does when a batch is split."""
    stream = WorkStream(redis, consumer="desk")
    for number, request_id in enumerate(("desk-1", "desk-2"), 1):
        with coming_from(Origin(request_id)):
            stream.add([number])
    stream.add([3])

    (batch,) = stream.batches(LONG)

    assert [one.request_id for one in batch.origins] == ["desk-1", "desk-2", ""]
    singles = list(batch.one_by_one(order=[3, 2, 1]))
    assert [(one.ids, one.origins) for one in singles] == [
        ((3,), (NOWHERE,)),
        ((2,), (Origin("desk-2"),)),
        ((1,), (Origin("desk-1"),)),
    ]


def test_entries_of_an_earlier_release_say_nothing_of_where_they_came_from(redis):
    """An entry that has the id alone is read as ever."""
    stream = WorkStream(redis, consumer="desk")
    redis.xadd(MAIL_STREAM, {"email": 7})

    (batch,) = stream.batches(LONG)

    assert (batch.ids, batch.origins) == ((7,), (NOWHERE,))


def test_an_entry_takes_no_more_room_than_its_id_needs(redis):
    """Without a request the entry holds the id of the mail alone; with one, that and the id of the request."""
    stream = WorkStream(redis)
    stream.add([1])
    with coming_from(Origin("desk-1", TRACEPARENT)):
        stream.add([2])

    assert [fields for _, fields in redis.xrange(MAIL_STREAM)] == [
        {b"email": b"1"},
        {b"email": b"2", b"request_id": b"desk-1"},
    ]


@pytest.mark.parametrize("told", ["jo@example.org", "two words", "x" * 129, b"\xff\xfe"])
def test_what_cannot_be_an_id_is_not_taken_from_redis(told):
    """Whatever stands in Redis, nothing but an id gets into the log from there."""
    assert Origin.told({b"request_id": told if isinstance(told, bytes) else told.encode()}) == NOWHERE
    assert Origin.told({"traceparent": told, "request_id": "desk-1"}) == Origin("desk-1")
