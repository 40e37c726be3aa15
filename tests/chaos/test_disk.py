"""A disk that is full: mail is refused, what was accepted is read when there is room again, and nobody has to help."""

import time
from contextlib import suppress

import pytest
from redis.exceptions import ResponseError

from tests.chaos.load import Sender
from tests.chaos.outcome import assert_each_read_once, settled
from tests.system.conftest import until
from triage.embedded import redis_url
from triage.queue import connect
from triage.settings import sqlite_url

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]

FULL_FOR_SECONDS = 20


def takes_no_more(redis) -> bool:
    """Write a page to Redis, and say whether it could not append it to its file."""
    with suppress(ResponseError):
        redis.set("ballast", b"x" * 4096)
    return redis.info("persistence")["aof_last_write_status"] == "err"


def test_full_it_refuses_mail_and_loses_none(start, small_disk, tmp_path, figure):
    """The data folder's disk fills up under load, database, Redis and logs alike, and is then enlarged (A-41)."""
    instance = start()

    with Sender(instance.http, size=50) as sender:
        with connect(redis_url(tmp_path / "data")) as redis:
            until(lambda: sender.refusals, 120)
            until(lambda: takes_no_more(redis), 60)
        time.sleep(FULL_FOR_SECONDS)
        small_disk.enlarge(megabytes=200)
        began, before = time.monotonic(), len(sender.accepted)
        until(lambda: len(sender.accepted) >= before + 200, 60)
        recovery = time.monotonic() - began
    settled(instance.status)
    seconds = time.monotonic() - began

    figure(
        f"A-41: disk full for {FULL_FOR_SECONDS} s: {sum(sender.refusals.values())} batches refused; 200 emails "
        f"accepted {recovery:.1f} s after there was room, all mail read {seconds:.1f} s after"
    )
    assert_each_read_once(sqlite_url(tmp_path / "data"), sender.accepted)
