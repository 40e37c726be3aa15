"""Asks the person at this terminal for consent to read mail, with their browser here or elsewhere."""

import os
import select
import time
from datetime import timedelta

import typer

from triage.cli.account_secrets import STDIN, stdin_line
from triage.errors import LoginRefused
from triage.imap.account import OAuthClient
from triage.imap.consent import Question, question
from triage.imap.loopback import Listener
from triage.imap.oauth import Tokens

PATIENCE = timedelta(minutes=15)
LOOK_SECONDS = 0.2


def ask_for_consent(account: str, client: OAuthClient, username: str, client_secret: str) -> Tokens:
    """Print the address where consent is given, wait for the answer, and return what it gives.

    Raises:
        LoginRefused: Consent was refused, or not given in time.
        MailServerUnavailable: The identity provider does not answer.
    """
    with Listener() as listener:
        asked = question(client, username, listener.port, account=account)
        listener.is_answer = asked.is_answered_by
        typer.echo(
            f"Open this address in a browser, log in as {username} and consent:\n\n{asked.url}\n\n"
            "This command then goes on by itself. If the browser runs on another machine, it ends at a page that\n"
            "cannot be shown: paste the address of that page here.",
            err=True,
        )
        answer = _answer(asked, listener)
    return asked.tokens(answer, client_secret)


def _answer(asked: Question, listener: Listener) -> str:
    deadline = time.monotonic() + PATIENCE.total_seconds()
    hears_stdin = _is_open(STDIN)
    while time.monotonic() < deadline:
        if (answer := listener.answer()) is not None:
            return answer
        if not hears_stdin:
            time.sleep(LOOK_SECONDS)
        elif select.select([STDIN], [], [], LOOK_SECONDS)[0]:
            line = stdin_line()
            if asked.is_answered_by(line):
                return line
            if line.strip():
                typer.echo("that is not the address that the browser ends at; paste all of it", err=True)
            hears_stdin = bool(line) or os.isatty(STDIN)
    minutes = round(PATIENCE.total_seconds() / 60)
    raise LoginRefused(f"no consent was given within {minutes} minutes; run the command again when somebody is there")


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True
