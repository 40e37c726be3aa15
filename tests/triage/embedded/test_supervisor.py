import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import timedelta

import psutil
import pytest

from triage.embedded import Child, Supervisor, What
from triage.embedded.backoff import Backoff
from triage.errors import CannotStart

QUICK = Backoff(first=timedelta(seconds=0.01), longest=timedelta(seconds=0.04))
SUPERVISE = """
import json, sys
from datetime import timedelta
from pathlib import Path
from triage.embedded import Child, Supervisor
folder, grace_seconds, ready, scripts = json.loads(sys.argv[1])
ended_by = Supervisor(
    [Child(name, ["sh", "-c", script], is_ready=lambda: ready) for name, script in scripts.items()],
    log_folder=Path(folder),
    on_event=lambda event: print(event.child, event.what, event.pid, flush=True),
    on_ready=lambda: print("all are ready", flush=True),
    grace=timedelta(seconds=grace_seconds),
).run()
print("ended by", ended_by.name, flush=True)
"""


@contextmanager
def supervising(folder, scripts, *, grace_seconds=60.0, ready=True, under=(), until="all are ready"):
    """Run a supervisor as a process of its own, and enter when it has said something that contains `until`."""
    arguments = json.dumps([str(folder), grace_seconds, ready, scripts])
    command = [*under, sys.executable, "-c", SUPERVISE, arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as parent:
        try:
            while until not in (line := parent.stdout.readline()):
                assert line, "the supervisor ended early"
            yield parent
        finally:
            parent.kill()


class Story(list):
    """The events so far, and what is asked of them."""

    def count(self, what):
        return sum(event.what == what for event in self)

    def told(self):
        return [f"{event.child} {event.what}" for event in self]


@pytest.fixture
def story():
    return Story()


@pytest.fixture
def supervise(tmp_path, story):
    """Run these children under a supervisor until the condition holds."""

    def run(*children, until, on_event=story.append, **options):
        return Supervisor(children, log_folder=tmp_path, on_event=on_event, backoff=QUICK, **options).run(until=until)

    return run


def sh(name, script, **options):
    return Child(name, ["sh", "-c", script], **options)


def test_children_start_in_order_each_after_the_one_before_is_ready(supervise, story):
    """A child that is not ready yet holds back those after it."""
    answers = iter([False, False, True])
    first = sh("first", "exec sleep 300", is_ready=lambda: next(answers))

    supervise(first, sh("second", "exec sleep 300"), until=lambda: story.count(What.READY) >= 2)

    assert story.told()[:4] == ["first started", "first ready", "second started", "second ready"]


def test_children_stop_in_reverse_order(supervise, story, tmp_path, is_gone):
    """A child is asked to end only when those started after it have ended."""
    order = tmp_path / "order"
    scripts = {
        name: f"trap 'sleep 0.1; echo {name} >> {order}; exit 0' TERM; touch {tmp_path}/{name}; sleep 300 & wait"
        for name in ("redis", "serve", "worker")
    }
    children = [sh(name, script, is_ready=(tmp_path / name).exists) for name, script in scripts.items()]

    supervise(*children, until=lambda: story.count(What.READY) >= 3)

    assert order.read_text().split() == ["worker", "serve", "redis"]
    assert story.told()[-3:] == ["worker stopped", "serve stopped", "redis stopped"]
    assert all(is_gone(event.pid) for event in story)


def test_a_killed_child_starts_again(supervise, story):
    """After kill -9 of a child another process takes its place, and a person is told why."""

    def kill_the_first(event):
        story.append(event)
        if event.what == What.READY:
            os.kill(event.pid, signal.SIGKILL)

    supervise(sh("worker", "exec sleep 300"), until=lambda: story.count(What.STARTED) >= 2, on_event=kill_the_first)

    ended = next(event for event in story if event.what == What.ENDED)
    assert ended.sentence.startswith("worker was ended by signal 9 (Killed")
    assert len({event.pid for event in story if event.what == What.STARTED}) == 2


def test_a_child_that_dies_at_once_waits_longer_each_time(supervise, story, tmp_path):
    """Each death in a row doubles the wait, up to the longest."""
    supervise(sh("worker", "echo out of luck; exit 3"), until=lambda: story.count(What.ENDED) >= 4)

    told = [event.sentence for event in story if event.what == What.ENDED]
    assert [sentence.split("; ")[1].split(",")[0] for sentence in told[:4]] == [
        f"it starts again in {wait} s" for wait in ("0.01", "0.02", "0.04", "0.04")
    ]
    assert told[0].startswith("worker ended with exit code 3")
    assert (tmp_path / "worker.log").read_text().splitlines()[:4] == ["out of luck"] * 4


def test_the_other_children_go_on_when_one_dies(supervise, story):
    """A child that dies again and again does not disturb its neighbour."""
    supervise(sh("steady", "exec sleep 300"), sh("frail", "exit 1"), until=lambda: story.count(What.ENDED) >= 3)

    assert {event.child for event in story if event.what == What.ENDED} == {"frail"}
    assert story.told().count("steady started") == 1


def test_what_a_dead_child_had_started_does_not_go_on(supervise, tmp_path, is_gone):
    """Grandchildren do not pile up while their parent starts again and again."""
    left = tmp_path / "left"
    left.touch()

    def only_the_first_is_gone():
        pids = [int(pid) for pid in left.read_text().split("\n")[:-1]]
        return len(pids) >= 2 and is_gone(pids[0]) and not is_gone(pids[-1])

    supervise(
        sh("careless", f"sleep 300 & echo $! >> {left}; [ -e {left}.2 ] && exec sleep 300; touch {left}.2"),
        until=only_the_first_is_gone,
    )


def test_a_child_that_will_not_end_is_killed_with_all_it_started(
    supervise, story, tmp_path, pids_in, eventually, is_gone
):
    """Past the grace period neither a stubborn child nor what it started goes on."""
    started = tmp_path / "started"
    stubborn = sh("stubborn", f"trap '' TERM; sleep 300 & echo $$ > {started}; echo $! >> {started}; wait; wait")

    supervise(
        stubborn, until=lambda: started.exists() and started.read_text().count("\n") == 2, grace=timedelta(seconds=0.2)
    )

    assert story.told()[-2:] == ["stubborn killed", "stubborn stopped"]
    child, grandchild = pids_in(started)
    eventually(lambda: is_gone(child) and is_gone(grandchild))


def test_a_child_that_ends_before_it_is_ready_stops_the_start(supervise, story, is_gone):
    """The error has the reason from the child's log and the way out, and those before it are stopped again."""
    broken = sh("redis", "echo the disk is full; exit 1", is_ready=lambda: False, remedy="make some room")

    with pytest.raises(CannotStart) as refusal:
        supervise(sh("steady", "exec sleep 300"), broken, sh("never", "exit"), until=lambda: False)

    assert str(refusal.value) == "redis ended before it was ready (the disk is full); make some room"
    assert story.told() == ["steady started", "steady ready", "redis started", "redis stopped", "steady stopped"]
    assert all(is_gone(event.pid) for event in story)


def test_a_folder_that_cannot_hold_logs_stops_the_start(tmp_path):
    """A log that cannot be written is told in a sentence."""
    (tmp_path / "log").write_text("a file")

    with pytest.raises(CannotStart, match="steady cannot be started"):
        Supervisor([sh("steady", "exec sleep 300")], log_folder=tmp_path / "log").run()


def test_a_listener_that_cannot_speak_does_not_keep_children_alive(supervise, story, is_gone):
    """All are stopped though the terminal that should be told is gone."""

    def mute(event):
        story.append(event)
        raise BrokenPipeError

    supervise(
        sh("one", "exec sleep 300"),
        sh("two", "exec sleep 300"),
        until=lambda: story.count(What.READY) >= 2,
        on_event=mute,
    )

    assert story.told()[-2:] == ["two stopped", "one stopped"]
    assert all(is_gone(event.pid) for event in story)


def test_an_error_of_the_caller_stops_all_children(supervise, story, is_gone):
    """What `on_ready` raises comes out of `run`, after everything has been stopped."""

    def fail():
        raise LookupError("no address to print")

    with pytest.raises(LookupError):
        supervise(sh("steady", "exec sleep 300"), until=lambda: False, on_ready=fail)

    assert all(is_gone(event.pid) for event in story)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_all_in_good_order(tmp_path, number):
    """Ctrl-C, kill and a closed terminal each stop every child and then us, without an error."""
    with supervising(tmp_path, {"one": "exec sleep 300", "two": "exec sleep 300"}) as parent:
        parent.send_signal(number)
        said = parent.stdout.read()

    assert parent.returncode == 0
    assert [line.rsplit(" ", 1)[0] for line in said.splitlines()[:2]] == ["two stopped", "one stopped"]
    assert said.endswith(f"ended by {number.name}\n")


def test_a_signal_during_the_start_ends_it(tmp_path):
    """A child that is never ready does not keep us from ending."""
    with supervising(tmp_path, {"slow": "exec sleep 300", "next": "exit"}, ready=False, until="started") as parent:
        parent.send_signal(signal.SIGTERM)
        said = parent.stdout.read()

    assert said.startswith("slow stopped")
    assert said.endswith("ended by SIGTERM\n")


def test_a_second_ctrl_c_ends_the_patience(tmp_path, eventually):
    """Stubborn children are killed at once when a person insists."""
    asked = tmp_path / "asked"
    script = f"trap 'echo >> {asked}' TERM; echo; while :; do sleep 300 & wait; done"
    with supervising(tmp_path, {"stubborn": script}, grace_seconds=3600) as parent:
        eventually((tmp_path / "stubborn.log").read_text)  # the trap is set
        parent.send_signal(signal.SIGINT)
        eventually(asked.exists)
        parent.send_signal(signal.SIGINT)
        said = parent.stdout.read()

    assert [line.split()[1] for line in said.splitlines()] == ["killed", "stopped", "by"]


def test_under_nohup_a_closed_terminal_is_no_reason_to_end(tmp_path):
    """A SIGHUP that we were told to ignore does not end us; the SIGTERM after it does."""
    with supervising(tmp_path, {"steady": "exec sleep 300"}, under=["nohup"]) as parent:
        parent.send_signal(signal.SIGHUP)
        # What the supervisor says of this death tells us that it has passed over the SIGHUP before.
        psutil.Process(parent.pid).children()[0].kill()
        assert parent.stdout.readline().startswith("steady ended")
        parent.send_signal(signal.SIGTERM)
        said = parent.stdout.read()

    assert said.endswith("ended by SIGTERM\n")


def test_a_killed_supervisor_takes_its_children_with_it(tmp_path, pids_in, eventually, is_gone):
    """After kill -9 nothing goes on: neither children nor what they started."""
    started = tmp_path / "started"
    script = f"trap '' TERM; sleep 300 & echo $$ > {started}; echo $! >> {started}; wait"
    with supervising(tmp_path, {"family": script}) as parent:
        eventually(lambda: started.exists() and started.read_text().count("\n") == 2)
        parent.kill()

    eventually(lambda: all(is_gone(pid) for pid in pids_in(started)))


def test_waiting_costs_nothing(tmp_path):
    """While nothing happens, the supervisor sleeps."""
    with supervising(tmp_path, {"one": "exec sleep 300", "two": "exec sleep 300"}) as parent:
        process = psutil.Process(parent.pid)
        before = process.num_ctx_switches().voluntary
        time.sleep(1)

        assert process.num_ctx_switches().voluntary - before <= 5


def test_the_log_of_the_run_before_is_kept(supervise, story, tmp_path):
    """Each run begins a fresh log, and one older is still there."""
    for word in ("first", "second"):
        log = tmp_path / "worker.log"
        supervise(
            sh("worker", f"echo {word} run; exec sleep 300"),
            until=lambda log=log, word=word: log.exists() and word in log.read_text(),
        )

    assert (tmp_path / "worker.log.1").read_text() == "first run\n"
    assert (tmp_path / "worker.log").read_text() == "second run\n"


def test_a_log_does_not_grow_without_bound(supervise, tmp_path, monkeypatch):
    """The log of a child that runs for weeks is moved aside whenever it has grown too long."""
    monkeypatch.setattr("triage.embedded.supervisor._LOG_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr("triage.embedded.supervisor.LONGEST_LOG_BYTES", 10)

    supervise(sh("serve", "echo one long line; exec sleep 300"), until=(tmp_path / "serve.log.1").exists)

    assert (tmp_path / "serve.log").read_text() == ""
    assert (tmp_path / "serve.log.1").read_text() == "one long line\n"
