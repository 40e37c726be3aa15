"""Going round: a worker reads without being called while Redis is full, and only then."""

from datetime import timedelta

import pytest

from triage.embedded import PrivateRedis
from triage.errors import QueueUnavailable
from triage.queue import WorkStream, connect
from workers.rounds import go_round


def test_mail_in_a_full_redis_is_read_without_a_call(tmp_path):
    """With Redis full the stream is emptied; with room in it, mail is left to those who are called."""
    with PrivateRedis(tmp_path) as server:
        client = connect(server.url)
        stream = WorkStream(client)
        stream.add(range(300))

        def drain():
            for batch in stream.batches(timedelta(seconds=5)):
                batch.acknowledge()

        was_full = go_round(client, drain)
        left_alone = stream.length()
        client.config_set("maxmemory", 1)
        is_full = go_round(client, drain)

        assert (was_full, left_alone) == (False, 300)
        assert (is_full, stream.length()) == (True, 0)


def test_no_round_without_redis(tmp_path):
    """A Redis that is away is not taken for a full one."""
    with pytest.raises(QueueUnavailable):
        go_round(connect(f"unix://{tmp_path}/none.sock"), lambda: pytest.fail("nothing to read"))
