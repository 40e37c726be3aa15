from triage.embedded.logs import begin_log, keep_log_short, last_line


def test_a_new_log_keeps_the_one_before_it(tmp_path):
    """Beginning a log sets the former aside, and only that one."""
    log = tmp_path / "log" / "worker.log"
    for run in ("first", "second", "third"):
        begin_log(log)
        log.write_text(run)

    assert log.read_text() == "third"
    assert {path.name: path.read_text() for path in log.parent.iterdir()} == {
        "worker.log": "third",
        "worker.log.1": "second",
    }


def test_a_long_log_is_moved_aside_while_it_is_written(tmp_path):
    """A program that holds its log open goes on writing at the beginning of the emptied file."""
    log = tmp_path / "serve.log"
    with log.open("ab", buffering=0) as held_open:
        held_open.write(b"old\n" * 10)
        keep_log_short(log, most_bytes=39)
        held_open.write(b"new\n")

    assert log.read_text() == "new\n"
    assert (tmp_path / "serve.log.1").read_text() == "old\n" * 10


def test_a_short_log_is_left_alone(tmp_path):
    """A log within its bound stays as it is."""
    log = tmp_path / "serve.log"
    log.write_text("old\n" * 10)

    keep_log_short(log, most_bytes=40)

    assert log.read_text() == "old\n" * 10
    assert not (tmp_path / "serve.log.1").exists()


def test_the_reason_is_the_last_line_that_says_something(tmp_path):
    """Blank lines after it and whatever stood before it are passed over, however long the log is."""
    log = tmp_path / "worker.log"
    log.write_text("noise\n" * 5000 + "ValueError: no such bundle\n \n\n")

    assert last_line(log) == "ValueError: no such bundle"


def test_what_redis_writes_before_its_message_is_left_out(tmp_path):
    """Pid, role, date and level of a Redis log line are no part of the reason."""
    log = tmp_path / "redis.log"
    log.write_text("7549:M 21 Nov 2026 06:01:11.914 # Can't open the append-only file: Permission denied\n")

    assert last_line(log) == "Can't open the append-only file: Permission denied"


def test_a_log_without_words_gives_no_reason(tmp_path):
    """An empty log and a missing one have no last line."""
    (tmp_path / "empty.log").touch()

    assert last_line(tmp_path / "empty.log") == ""
    assert last_line(tmp_path / "missing.log") == ""
