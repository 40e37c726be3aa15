"""Where a command takes a secret from: standard input, a variable, a file, or a person who types it unseen.

Never from its arguments, which every user of the machine can read and shells keep.
"""

import os
import sys
from pathlib import Path

import typer

PASSWORD, CLIENT_SECRET = "TRIAGE_ACCOUNT_PASSWORD", "TRIAGE_ACCOUNT_CLIENT_SECRET"
STDIN = 0


def password(*, from_stdin: bool) -> str:
    """Return the password of an account.

    Raises:
        BadParameter: None is given.
    """
    given = _given(PASSWORD, from_stdin=from_stdin)
    if given is None and sys.stdin.isatty():
        given = typer.prompt("password", hide_input=True, err=True)
    if not given or not given.isprintable():
        raise typer.BadParameter(f"give the password with --password-stdin, or in {PASSWORD} or {PASSWORD}_FILE")
    return given


def client_secret(*, from_stdin: bool, is_needed: bool) -> str:
    """Return the secret of our client at an identity provider; empty for a client that has none.

    Raises:
        BadParameter: None is given, and it is needed.
    """
    given = _given(CLIENT_SECRET, from_stdin=from_stdin)
    if given is None and is_needed and sys.stdin.isatty():
        given = typer.prompt("client secret", hide_input=True, err=True)
    if not given and is_needed:
        raise typer.BadParameter(
            f"give the client's secret with --client-secret-stdin, or in {CLIENT_SECRET} or {CLIENT_SECRET}_FILE"
        )
    return given or ""


def stdin_line() -> str:
    """Return the next line of standard input, empty at its end; what follows the line is left to others."""
    line = bytearray()
    while (byte := os.read(STDIN, 1)) not in (b"", b"\n"):
        line += byte
    return line.decode(errors="replace").rstrip("\r")


def _given(variable: str, *, from_stdin: bool) -> str | None:
    if from_stdin:
        return stdin_line()
    if file := os.environ.get(f"{variable}_FILE"):
        return Path(file).read_text(encoding="utf-8").rstrip("\r\n")
    return os.environ.get(variable)
