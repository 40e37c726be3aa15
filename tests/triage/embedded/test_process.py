import os
import subprocess
import sys

import psutil
import pytest

from triage.embedded.process import Child, Process

START_AND_WAIT = """
import sys, threading, time
from pathlib import Path
from triage.embedded.process import Child, Process
folder = Path(sys.argv[1])
def start():
    script = f"sleep 300 & echo $! > {folder}/grandchild; echo $$ > {folder}/child; wait"
    Process(Child("family", ["sh", "-c", script]), folder / "family.log")
starter = threading.Thread(target=start)
starter.start()
starter.join()
print("started", flush=True)
time.sleep(300)
"""


@pytest.fixture
def log(tmp_path):
    return tmp_path / "child.log"


def test_a_killed_parent_takes_its_children_with_it(tmp_path, pids_in, eventually, is_gone):
    """After kill -9 of the parent neither the program nor what it started goes on."""
    with subprocess.Popen([sys.executable, "-c", START_AND_WAIT, tmp_path], stdout=subprocess.PIPE) as parent:
        parent.stdout.readline()
        [child], [grandchild] = pids_in(tmp_path / "child"), pids_in(tmp_path / "grandchild")
        parent.kill()

    eventually(lambda: is_gone(child) and is_gone(grandchild))


def test_a_program_outlives_the_thread_that_started_it(tmp_path, pids_in, is_gone):
    """Only the end of our process ends it, not that of one thread."""
    with subprocess.Popen([sys.executable, "-c", START_AND_WAIT, tmp_path], stdout=subprocess.PIPE) as parent:
        parent.stdout.readline()  # the thread has ended by then
        [child] = pids_in(tmp_path / "child")

        assert not is_gone(child)
        parent.kill()


def test_ctrl_c_does_not_reach_the_program(log):
    """The program has a session of its own, so that the terminal's signals go to us alone."""
    process = Process(Child("steady", ["sleep", "300"]), log)

    assert os.getsid(process.pid) == process.pid != os.getsid(0)
    process.kill()


def test_the_program_is_a_child_of_ours_without_children(log, eventually):
    """Under the pid that we know runs the program itself, and what watches over it is not its child."""
    process = Process(Child("steady", ["sleep", "300"]), log)
    program = psutil.Process(process.pid)

    eventually(lambda: program.cmdline() == ["sleep", "300"])
    assert program.children() == []
    process.kill()


def test_arguments_and_environment_arrive_as_they_are(log):
    """Quotes, spaces and dollar signs of an argument reach the program, and its environment has ours and more."""
    code = "import os, sys; print(sys.argv[1:], os.environ['EXTRA'], 'PATH' in os.environ, sys.stdin.read())"
    process = Process(Child("echo", [sys.executable, "-c", code, "a b", "$HOME 'q' \"Q\"", ""], {"EXTRA": "ä"}), log)

    assert process.wait(60)
    process.kill()
    assert process.exit_code == 0
    assert log.read_text() == str(["a b", "$HOME 'q' \"Q\"", ""]) + " ä True \n"


def test_what_a_program_leaves_behind_is_killed(tmp_path, log, pids_in, eventually, is_gone):
    """A program that has ended may have left others running; killing it once more ends those too."""
    process = Process(Child("careless", ["sh", "-c", f"sleep 300 & echo $! > {tmp_path}/left"]), log)
    [left] = pids_in(tmp_path / "left")
    assert process.wait(60)
    assert not is_gone(left)

    process.kill()
    process.kill()

    eventually(lambda: is_gone(left))


def test_all_of_a_group_is_killed_though_its_watcher_is_gone(tmp_path, log, pids_in, eventually, is_gone):
    """The shell on the leash is the second way to end a group, not the only one."""
    process = Process(Child("family", ["sh", "-c", f"sleep 300 & echo $! > {tmp_path}/child; wait"]), log)
    [child] = pids_in(tmp_path / "child")
    commands = {other: " ".join(other.info["cmdline"] or ()) for other in psutil.process_iter(["cmdline"])}
    [watcher] = [other for other, command in commands.items() if "kill -9 0" in command and str(tmp_path) in command]
    watcher.kill()
    eventually(lambda: is_gone(watcher.pid))

    process.kill()

    eventually(lambda: is_gone(child))


def test_a_program_that_is_missing_says_so_in_its_log(log):
    """What does not exist ends at once, and its log has the reason."""
    process = Process(Child("nothing", ["/no/such/program"]), log)

    assert process.wait(60)
    process.kill()
    assert process.exit_code == 127
    assert "/no/such/program" in str(process.failed_start())


def test_no_descriptor_is_left_open(log):
    """Starting and ending programs over and over does not use up our file descriptors."""
    before = psutil.Process().num_fds()
    for _ in range(3):
        Process(Child("brief", ["true"]), log).kill()

    assert psutil.Process().num_fds() == before


def test_no_descriptor_is_left_open_by_a_failed_start(tmp_path):
    """Nor does a start that fails."""
    before = psutil.Process().num_fds()
    with pytest.raises(FileNotFoundError):
        Process(Child("brief", ["true"]), tmp_path / "missing" / "brief.log")

    assert psutil.Process().num_fds() == before
