"""A Dovecot server for tests: real, private, gone afterwards."""

import grp
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Self

from imapclient import IMAPClient

from tests.imap_servers.certificate import write_certificate
from tests.imap_servers.dovecot_config import write_configuration
from tests.imap_servers.mail_user import MailUser
from tests.imap_servers.maildir import Maildir
from tests.ports import free_port
from triage.embedded.process import Child, Process

_VERSION = "2.3."
_NOBODY_THERE = "http://127.0.0.1:9/"
_START_SECONDS = 30.0
_GRACE_SECONDS = 10.0
_PAUSE_SECONDS = 0.02


class DovecotNotInstalled(Exception):
    """There is no Dovecot to start."""


class DovecotServer:
    """A Dovecot that runs as a user without rights: as ourselves, or as `nobody` when we are root.

    A context manager that starts it; it may be stopped and started meanwhile, and keeps its ports and its mail.

    Attributes:
        host: Where it listens.
        port: Where it speaks plainly, and STARTTLS when asked.
        tls_port: Where it speaks TLS from the first byte.
        certificate: The file with the certificate to trust.

    Args:
        introspection_url: Where it asks what a token of XOAUTH2 is worth (RFC 7662); by default no token is.
    """

    host = "127.0.0.1"

    def __init__(self, *, introspection_url: str = _NOBODY_THERE) -> None:
        self._program = _program()
        self._owner = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        self.port, self.tls_port = free_port(), free_port()
        # Not in pytest's folder: that is closed to other users, and too deep for the names of sockets.
        self._folder = Path(tempfile.mkdtemp(prefix="triage-dovecot-"))
        self.certificate = self._folder / "certificate.pem"
        self._configuration = self._prepare(introspection_url)
        self._process: Process | None = None

    def user(self, name: str, password: str = "secret") -> MailUser:
        """Make a user with an empty INBOX."""
        home = self._folder / "users" / name
        home.mkdir(mode=0o700)
        (home / "password").write_text(f"{name}:{{PLAIN}}{password}\n")
        maildir = Maildir(home / "Maildir", (self._owner.pw_uid, self._owner.pw_gid))
        self._hand_over(home)
        return MailUser(name, password, maildir, connect=self._connect, restart=self.restart)

    def start(self) -> None:
        """Start it, and return when it answers."""
        argv = [str(self._program), "-F", "-c", str(self._configuration)]
        if os.geteuid() == 0:
            argv = [
                "setpriv",
                f"--reuid={self._owner.pw_uid}",
                f"--regid={self._owner.pw_gid}",
                "--clear-groups",
                *argv,
            ]
        self._process = Process(Child("dovecot", argv), self._folder / "dovecot.log")
        last_moment = time.monotonic() + _START_SECONDS
        while not self._answers():
            if self._process.wait(_PAUSE_SECONDS) or time.monotonic() > last_moment:
                self._process.kill()
                raise self._process.failed_start()

    def stop(self) -> None:
        """End it and every connection to it; its ports refuse."""
        assert self._process is not None
        self._process.terminate()
        self._process.wait(_GRACE_SECONDS)
        self._process.kill()

    def restart(self, *, meanwhile: Callable[[], None] = lambda: None) -> None:
        """Stop it, do something, and start it again."""
        self.stop()
        meanwhile()
        self.start()

    @property
    def log(self) -> str:
        """What it has logged so far."""
        return (self._folder / "dovecot.log").read_text(errors="replace")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self._folder)

    def _prepare(self, introspection_url: str) -> Path:
        (self._folder / "users").mkdir()
        write_certificate(self.certificate, self._folder / "key.pem")
        configuration = write_configuration(
            self._folder,
            user=self._owner.pw_name,
            group=grp.getgrgid(self._owner.pw_gid).gr_name,
            port=self.port,
            tls_port=self.tls_port,
            introspection_url=introspection_url,
        )
        for made in (self._folder, *self._folder.rglob("*")):
            self._hand_over(made)
        return configuration

    def _hand_over(self, path: Path) -> None:
        os.chown(path, self._owner.pw_uid, self._owner.pw_gid)

    def _connect(self) -> IMAPClient:
        return IMAPClient(self.host, self.port, ssl=False, timeout=30)

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection((self.host, self.port), timeout=5) as visitor:
            return visitor.recv(4) == b"* OK"
        return False


def _program() -> Path:
    """Return the installed server, whose configuration we know how to write."""
    found = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        raise DovecotNotInstalled("install Debian's dovecot-imapd")
    done = subprocess.run([found, "--version"], capture_output=True, text=True, check=True)
    if not done.stdout.startswith(_VERSION):
        raise DovecotNotInstalled(f"it is version {done.stdout.split()[0]}, and the tests configure {_VERSION}x")
    return Path(found)
