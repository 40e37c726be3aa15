"""Somebody new follows one page, with a mail server of their own house, and sees their mail ranked.

The commands are those of docs/your-mailbox.md, in its order, typed into terminals; only the names of the server and the
port of the inbox are others.
"""

import os
import sys
import time
from pathlib import Path

import pytest

from tests.docs.commands import commands
from tests.docs.terminal import Terminal
from tests.make import raw_message
from tests.ports import free_port

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

PAGE = "docs/your-mailbox.md"
USER, PASSWORD = "support@example.com", "correct horse"
PUBLIC_AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"
PATIENCE_SECONDS = 300  # on a loaded machine
CALM = raw_message("Thank you", "The new timetable reads well. Have a nice weekend!")
PRESSING = raw_message(
    "Gas smell in the stairwell",
    "It smells strongly of gas on every floor of 12 Orchard Row. Send somebody now, people are still inside!",
)


class Page:
    """The commands of the page, each of which is typed; `typed` keeps count."""

    def __init__(self, dovecot, port: int) -> None:
        self.left = [command.plain for command in commands(PAGE)]
        self._port = port
        self._stands_for = {
            "mail.example.com:993": f"localhost:{dovecot.tls_port}",
            "--host mail.example.com": f"--host localhost --port {dovecot.tls_port}",
            # Sample mail of a test comes from a day in March.
            "--since 2026-11-01": "--since 2026-01-01",
        }

    def next(self, beginning: str) -> str:
        """Take the next command of the page that begins so."""
        found = next(command for command in self.left if command.startswith(beginning))
        self.left.remove(found)
        for name, meant in self._stands_for.items():
            found = found.replace(name, meant)
        return found + (f" --port {self._port}" if found.startswith("triage up") else "")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The home of somebody who has the repository, with what `make setup` makes of it."""
    (tmp_path / "clone").mkdir()
    (tmp_path / "clone" / ".venv").symlink_to(sys.prefix)
    return tmp_path


@pytest.fixture
def terminal(home: Path):
    """Open terminals in the repository; they are closed at the end."""
    own = ("TRIAGE_", "SSL_CERT_", "XDG_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    opened: list[Terminal] = []

    def opens() -> Terminal:
        opened.append(Terminal(home / "clone", kept | {"HOME": str(home)}))
        return opened[-1].__enter__()

    yield opens
    for one in opened:
        one.__exit__()


def test_mail_of_their_server_stands_ranked_in_the_inbox(dovecot, home, terminal):
    """The password is asked for unseen, a foreign certificate is told and mended, and the pressing mail is first."""
    user = dovecot.user(USER, PASSWORD)
    user.deliver(CALM)
    user.deliver(PRESSING)
    page, first, second = Page(dovecot, free_port()), terminal(), terminal()
    assert page.next("make setup")  # installs TensorFlow anew, which takes minutes: CI's own first step is this

    assert first.run(page.next(". .venv/bin/activate"))[0] == 0
    assert second.run(page.next(". .venv/bin/activate"))[0] == 0
    add, up = page.next("triage accounts add"), page.next("triage up")

    # Nothing runs yet, and the certificate is one that nobody knows.
    first.type(up)
    first.wait_for("Stop it with Ctrl-C", PATIENCE_SECONDS)
    code, shown = second.run(add, typed={"password:": PASSWORD})
    assert code != 0
    assert "certificate" in shown
    assert PASSWORD not in shown

    # The page says what to do: in both terminals, before both commands.
    for one in ("openssl s_client", "openssl x509", "cat "):
        code, shown = second.run(page.next(one))
        assert code == 0, shown
    trust = page.next("export SSL_CERT_FILE")
    assert second.run(trust)[0] == 0
    first.press_ctrl_c()
    first.wait_for("nothing is left running", PATIENCE_SECONDS)
    assert first.run(trust)[0] == 0
    first.type(up)
    first.wait_for("Stop it with Ctrl-C", PATIENCE_SECONDS)

    code, shown = second.run(add, typed={"password:": PASSWORD})
    assert code == 0, shown
    assert "INBOX" in shown

    listing, inbox = page.next("triage accounts list"), page.next("triage inbox")
    end = time.monotonic() + PATIENCE_SECONDS
    while "polled" not in (listed := second.run(listing)[1]) or "never" in listed or "○" in listed:
        assert time.monotonic() < end, listed
    while "unknown" in (shown := second.run(inbox)[1]) or "Gas smell" not in shown:
        assert time.monotonic() < end, shown
    rows = [line for line in shown.splitlines() if "Jo Doe" in line]
    assert [("Gas smell" in row, "Thank you" in row) for row in rows] == [(True, False), (False, True)]

    code, shown = second.run(page.next("triage show"))
    assert code == 0, shown
    assert "because" in shown

    assert second.run(page.next("triage accounts remove"))[0] == 0
    first.press_ctrl_c()
    first.wait_for("nothing is left running", PATIENCE_SECONDS)
    assert second.run(page.next("rm -rf"))[0] == 0
    assert not (home / "triage").exists()
    assert not page.left
    assert len(user.uids()) == 2
    assert all("\\Seen" not in user.flags("INBOX", uid) for uid in user.uids())
