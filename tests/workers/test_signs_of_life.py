"""A worker's liveness and readiness can be asked without Python, and tell what they should (A-17, A-31)."""

import os
import resource
import signal
import subprocess

import pytest

from tests.system.conftest import until
from triage.queue.heartbeat import State

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def is_fresh(data, kind, seconds=30):
    """What docs/operations.md tells containers to run."""
    check = f"test -n \"$(find '{data}/run/worker-text.{kind}' -newermt '-{seconds} seconds')\""
    return subprocess.run(["/bin/sh", "-c", check], capture_output=True, check=False).returncode == 0


def grow_old(data, kind):
    """Let the file look as if it had been touched a minute ago."""
    path = data / "run" / f"worker-text.{kind}"
    os.utime(path, (path.stat().st_atime, path.stat().st_mtime - 60))


def test_starting_worker_is_alive_and_not_ready(start_worker, data):
    """A slow start looks alive from the first moment, so nobody restarts it; ready it is once its model is loaded."""
    worker = start_worker()
    worker.await_state(State.STARTING)

    assert is_fresh(data, "heartbeat")
    assert not is_fresh(data, "ready")
    worker.await_state(State.READY)
    until(lambda: is_fresh(data, "ready"), 30)


def test_worker_without_redis_is_alive_and_not_ready(start_worker, data):
    """A restart would not bring the broker back."""
    worker = start_worker(TRIAGE_REDIS_URL="unix:///nowhere/redis.sock")
    worker.await_log("Trying again in")
    grow_old(data, "heartbeat")

    until(lambda: is_fresh(data, "heartbeat"), 30)
    assert not is_fresh(data, "ready")


def test_worker_whose_redis_hangs_is_alive_and_not_ready(start_worker, data, redis_server):
    """The beats do not sit through one time-out after the other."""
    worker = start_worker()
    worker.await_state(State.READY)
    os.kill(redis_server.pid, signal.SIGSTOP)
    try:
        worker.await_log("no sign of life given")
        grow_old(data, "heartbeat")
        grow_old(data, "ready")
        until(lambda: is_fresh(data, "heartbeat"), 30)
        assert not is_fresh(data, "ready")
    finally:
        os.kill(redis_server.pid, signal.SIGCONT)
    until(lambda: is_fresh(data, "ready"), 60)


def test_worker_without_model_is_alive_and_not_ready(start_worker, data, tmp_path):
    """It says what is amiss; mail waits."""
    worker = start_worker(TRIAGE_BUNDLE=str(tmp_path / "nowhere"))

    told = worker.await_state(State.WITHOUT_MODEL)

    assert "name a folder that training wrote" in told.problem
    assert is_fresh(data, "heartbeat")
    assert not is_fresh(data, "ready")


def test_stopped_process_stops_looking_alive(start_worker, data):
    """A worker that is frozen touches nothing any more."""
    worker = start_worker()
    worker.await_state(State.READY)
    worker.signal(signal.SIGSTOP)

    grow_old(data, "heartbeat")

    assert not is_fresh(data, "heartbeat")


def test_the_check_costs_next_to_nothing(data, record_property):
    """It starts a shell and `find`."""
    (data / "run").mkdir()
    (data / "run" / "worker-text.heartbeat").touch()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert all(is_fresh(data, "heartbeat") for _ in range(20))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)

    milliseconds = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / 20 * 1000
    record_property("figure", f"A-31: a liveness check costs {milliseconds:.1f} ms of processor time")
