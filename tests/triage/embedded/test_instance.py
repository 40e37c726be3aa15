import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ports import free_port
from triage.embedded import claim, database_path, log_folder, redis_folder, require_free_port
from triage.errors import CannotStart

CLAIM_AND_WAIT = """
import sys, time
from pathlib import Path
from triage.embedded import claim
with claim(Path(sys.argv[1])):
    print("claimed", flush=True)
    time.sleep(300)
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that has claimed the folder."""
    with subprocess.Popen([sys.executable, "-c", CLAIM_AND_WAIT, tmp_path], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "claimed\n"
        yield other
        other.kill()


def test_a_missing_folder_is_made_for_its_owner_alone(tmp_path):
    """Nobody else can look into a folder that will hold mail."""
    with claim(tmp_path / "new" / "data") as folder:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_what_is_kept_lies_within_the_folder(tmp_path, monkeypatch):
    """Every path is absolute and inside, also for a folder named relative to where we stand."""
    monkeypatch.chdir(tmp_path)

    paths = [database_path(Path(".data")), log_folder(Path(".data")), redis_folder(Path(".data"))]

    assert [path.parent for path in paths] == [tmp_path.resolve() / ".data"] * 3


def test_a_second_claim_names_the_folder_and_the_first(tmp_path, holder):
    """The sentence says which folder is taken, and by which process."""
    with pytest.raises(CannotStart, match=f"pid {holder.pid};") as refusal, claim(tmp_path):
        pass

    assert str(tmp_path) in str(refusal.value)


def test_what_a_killed_process_leaves_is_no_obstacle(tmp_path, holder):
    """The claim of a process ends with it, even by kill -9."""
    holder.send_signal(signal.SIGKILL)
    holder.wait()

    with claim(tmp_path) as folder:
        assert (folder / "triage.lock").read_text() == str(os.getpid())


def test_a_claim_ends_with_its_block(tmp_path):
    """A folder can be claimed again by the same process once it is given back."""
    with claim(tmp_path):
        pass
    with claim(tmp_path), pytest.raises(CannotStart, match="already in use"), claim(tmp_path):
        pass


def test_a_started_program_does_not_hold_the_claim(tmp_path):
    """The folder is free when we are gone, though a program that we started lives on."""
    with claim(tmp_path):
        outliving = subprocess.Popen(["sleep", "300"], close_fds=False)
    try:
        with claim(tmp_path):
            pass
    finally:
        outliving.kill()
        outliving.wait()


@pytest.mark.parametrize("below", [".", "data"])
def test_a_file_is_no_folder(tmp_path, below):
    """A file where the folder should be, or on the way to it, is told in one sentence."""
    (tmp_path / "file").write_text("")

    refused = pytest.raises(CannotStart, match="is not a folder; choose another place with --data")
    with refused, claim(tmp_path / "file" / below):
        pass


def test_a_folder_we_may_not_write_to_is_told(tmp_path):
    """A folder without the right to write is refused in one sentence, root or not."""
    closed = tmp_path
    closed.chmod(0o500)
    if os.geteuid() == 0:
        closed = Path("/proc")  # the one place where Linux refuses even root
        if not closed.exists():
            pytest.skip("root may write everywhere on this system")

    refused = pytest.raises(CannotStart, match=r"cannot be written to .* choose another folder with --data")
    with refused, claim(closed / "data"):
        pass


def test_a_busy_port_is_told_with_a_way_out():
    """The sentence names port and host, and how to choose another."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        with pytest.raises(CannotStart, match=f"port {port} on 127.0.0.1 is already in use; .* --port"):
            require_free_port(port)


def test_a_port_given_back_is_free():
    """A port is free as soon as its server is gone, though the kernel remembers the connections it had."""
    port = free_port()
    with socket.create_server(("127.0.0.1", port)) as server, socket.create_connection(("127.0.0.1", port)):
        accepted, _ = server.accept()
        accepted.close()

    require_free_port(port)


def test_a_host_that_is_not_ours_is_told():
    """An address of no interface of this machine (RFC 5737) is refused in one sentence."""
    with pytest.raises(CannotStart, match=r"port 8025 on 192\.0\.2\.1 cannot be used"):
        require_free_port(8025, "192.0.2.1")
