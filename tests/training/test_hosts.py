"""Training on two hosts, which here are two processes on loopback."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import asdict
from datetime import timedelta
from time import sleep

import pytest

from tests.ports import free_port
from tests.training.make import letter
from training.hosts import Fleet, fleet, several_hosts
from training.run import main
from triage.errors import CannotStart

LONGEST_SECONDS = 500  # on a loaded machine; a quiet one takes twenty
PROGRAM = [sys.executable, "-m", "tests.training.two_hosts"]
WAITED_FOR = "import sys; from training.hosts import several_hosts; from datetime import timedelta; "
WAITED_FOR += "several_hosts(timedelta(seconds=int(sys.argv[1])))"


def config(place, ports, kind="worker"):
    """Return TF_CONFIG of the host at a place."""
    cluster = {"worker": [f"127.0.0.1:{port}" for port in ports]}
    return json.dumps({"cluster": cluster, "task": {"type": kind, "index": place}})


def started(command, place, ports):
    """Start a program as the host at a place."""
    return subprocess.Popen(
        command,
        env=os.environ | {"TF_CONFIG": config(place, ports)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def mine(tmp_path):
    """Some labelled mail."""
    file = tmp_path / "mine.jsonl"
    file.write_text("\n".join(json.dumps(asdict(letter(number))) for number in range(36)), encoding="utf-8")
    return file


@pytest.fixture
def hosts(tmp_path, mine):
    """Starts `two_hosts.py` twice with some arguments; each is to write into a folder of its own."""
    running, ports = [], [free_port(), free_port()]

    def both(*arguments, seeds=(7, 7)):
        for place, seed in enumerate(seeds):
            told = [*map(str, arguments), "--examples", str(mine), "--seed", str(seed)]
            running.append(started([*PROGRAM, *told, "--output", str(tmp_path / f"bundle-{place}")], place, ports))
        return running

    yield both
    for process in running:
        process.kill()
        process.communicate()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_two_hosts_learn_what_one_learns(hosts, tmp_path):
    """Both have the same weights to the last bit, those of one host on whole batches, and the first alone writes."""
    chief, other = hosts(2, "compared")

    told, also_told = (process.communicate(timeout=LONGEST_SECONDS)[0].splitlines() for process in (chief, other))

    assert (chief.returncode, other.returncode) == (0, 0)
    said, also_said = json.loads(told[0]), json.loads(also_told[0])
    assert said["digests"] == also_said["digests"]
    assert said["apart"] == pytest.approx([0.0, 0.0], abs=1e-4)
    assert told[1:] == also_told[1:]
    assert (tmp_path / "bundle-0" / "manifest.json").is_file()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bundle-0", "mine.jsonl"]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_host_that_is_killed_ends_the_other(hosts, tmp_path):
    """It does not wait for ever: it ends with a sentence, and writes nothing."""
    chief, other = hosts(1_000_000)
    for line in chief.stderr:
        if line.startswith("training: 2/"):
            break
    other.kill()

    error = chief.communicate(timeout=LONGEST_SECONDS)[1]

    assert chief.returncode == 1
    assert error.splitlines()[-1].startswith("triage: another host of this training ended or does not answer any more;")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.jsonl"]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_hosts_with_different_seeds_are_refused(hosts, tmp_path):
    """Their copies would drift apart without a word."""
    both = hosts(2, seeds=(7, 8))

    errors = [process.communicate(timeout=LONGEST_SECONDS)[1].splitlines()[-1] for process in both]

    assert (
        errors
        == ["triage: the hosts were given different examples or settings; give each the same files and the same seed"]
        * 2
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.jsonl"]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_host_that_never_comes_is_not_waited_for_for_ever():
    """After its patience a host that is alone ends, and names whom it waited for."""
    ports = [free_port(), free_port()]

    alone = started([sys.executable, "-c", WAITED_FOR, "3"], 0, ports)

    error = alone.communicate(timeout=LONGEST_SECONDS)[1]
    assert alone.returncode == 1
    said = f"training: waiting for 127.0.0.1:{ports[1]}; ends after 0:00:03 if not all have come,"
    assert error.splitlines()[-1].startswith(said)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_host_that_waits_hears_ctrl_c():
    """TensorFlow would not let it."""
    alone = started([sys.executable, "-c", WAITED_FOR, "600"], 0, [free_port(), free_port()])
    assert next(line for line in alone.stderr if line.startswith("training: waiting for "))
    sleep(1)  # until it is TensorFlow that waits

    alone.send_signal(signal.SIGINT)

    alone.communicate(timeout=60)
    assert alone.returncode == -signal.SIGINT


def test_the_first_worker_is_the_chief(monkeypatch):
    """Places are those of TF_CONFIG."""
    monkeypatch.setenv("TF_CONFIG", config(1, [1, 2]))

    assert fleet() == Fleet(("127.0.0.1:1", "127.0.0.1:2"), 1)
    assert not fleet().is_chief
    assert Fleet(("a:1", "b:1"), 0).is_chief


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ("", "training on several hosts needs TF_CONFIG"),
        ("{", "TF_CONFIG cannot be read"),
        ('{"cluster": {"worker": ["a:1"]}}', "TF_CONFIG cannot be read"),
        (config(0, [1, 2], kind="chief"), "make all of them workers"),
        (config(2, [1, 2]), "names 2 workers, and this one is number 2"),
        (config(0, [1, 1]), "each needs its own place"),
    ],
)
def test_a_wrong_tf_config_is_told(told, sentence, monkeypatch, mine, tmp_path, capsys):
    """In one sentence, before anything begins."""
    monkeypatch.setenv("TF_CONFIG", told)

    code = main(
        ["--examples", str(mine), "--alone", "--strategy", "multi-worker", "--output", str(tmp_path / "bundle")]
    )

    assert code == 1
    assert sentence in capsys.readouterr().err
    with pytest.raises(CannotStart):
        several_hosts(timedelta(seconds=1))
