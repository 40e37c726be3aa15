"""What is said of a Redis that may lose work."""

import pytest
import structlog
from structlog.testing import capture_logs

from triage.embedded import PrivateRedis
from triage.queue import connect, soundness


@pytest.fixture(autouse=True)
def own_log(monkeypatch):
    """A logger that has not been used before: a used one keeps the set-up of whoever used it first."""
    monkeypatch.setattr(soundness, "log", structlog.get_logger())


def test_start_of_a_process_logs_each_warning_once(tmp_path):
    """A Redis that evicts and keeps nothing gives two lines, each with what to do; a sound one gives none."""
    with PrivateRedis(tmp_path) as server:
        client = connect(server.url)
        with capture_logs() as of_sound:
            soundness.log_redis_warnings(client)
        client.config_set("maxmemory-policy", "allkeys-lru")
        client.config_set("appendonly", "no")
        with capture_logs() as of_unsound:
            soundness.log_redis_warnings(client)

    assert of_sound == []
    assert [line["log_level"] for line in of_unsound] == ["warning", "warning"]
    assert "set maxmemory-policy to noeviction" in of_unsound[0]["advice"]
    assert "set appendonly to yes" in of_unsound[1]["advice"]


def test_redis_that_is_away_at_start_is_said_and_stops_nothing(tmp_path):
    """A process starts without Redis, and says that it could not ask."""
    with capture_logs() as lines:
        soundness.log_redis_warnings(connect(f"unix://{tmp_path}/none.sock"))

    assert "does not answer" in lines[0]["error"]
