"""What a server means by its no: whether to wait and how long, or what a person must mend."""

import socket
import ssl
from datetime import timedelta

import pytest

from triage.errors import CommandRefused, LoginRefused, MailServerBusy, MailServerUnavailable
from triage.imap.answers import is_about_folder, is_about_login, network_error, refusal


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        ("[THROTTLED] Slow down", None),
        ("[UNAVAILABLE] Backend is away", None),
        ("[OVERQUOTA] Account exceeded command or bandwidth limits", None),
        ("Too many simultaneous connections", None),
        ("Request is throttled. Suggested Backoff Time: 92415 milliseconds", timedelta(seconds=92.415)),
        ("[LIMIT] Too many logins. Retry-After: 30", timedelta(seconds=30)),
        ("[LIMIT] Retry-After: 99999999999999999999", timedelta(hours=1)),
    ],
)
@pytest.mark.parametrize("at_login", [True, False])
def test_not_now_is_no_refusal(said, wait, at_login):
    """Whoever asks us to come back later is left alone for as long as was said, an hour at most."""
    error = refusal("mail.example.com", said, at_login=at_login)

    assert isinstance(error, MailServerBusy)
    assert error.retry_after == wait


def test_login_is_refused():
    """A no to a login is a person's to mend, and the sentence says what to look for."""
    error = refusal("mail.example.com", "b'[AUTHENTICATIONFAILED] Invalid credentials'", at_login=True)

    assert isinstance(error, LoginRefused)
    assert "(([" not in str(error)
    assert "([AUTHENTICATIONFAILED] Invalid credentials)" in str(error)


def test_command_is_refused():
    """Any other no is one command's alone."""
    assert isinstance(refusal("mail.example.com", "[NOPERM] Access denied"), CommandRefused)


def test_fault_of_the_server_is_one_message_s_or_the_whole_login_s():
    """Dovecot says SERVERBUG of a broken message each time anew; of a login it is a server that is in trouble."""
    assert isinstance(refusal("mail.example.com", "[SERVERBUG] Internal error occurred"), CommandRefused)
    assert isinstance(refusal("mail.example.com", "[SERVERBUG] Internal error", at_login=True), MailServerBusy)


def test_words_of_a_server_are_shown_on_one_line():
    """Nothing that a server says runs on, or moves the cursor of a terminal."""
    words = str(refusal("mail.example.com", "one\r\ntwo\x1b[2J" + "x" * 1000))

    assert words.isprintable()
    assert len(words) < 400


@pytest.mark.parametrize(
    ("said", "is_about"),
    [
        ("[NONEXISTENT] Unknown Mailbox", True),
        ("Mailbox doesn't exist: Archive", True),
        ("[TRYCREATE] Mailbox", True),
        ("[NOPERM] Access denied", False),
    ],
)
def test_folder_that_is_not_there(said, is_about):
    """By code or by words."""
    assert is_about_folder(said) is is_about


@pytest.mark.parametrize(("said", "is_about"), [("[AUTHENTICATIONFAILED] no", True), ("Idle for too long", False)])
def test_goodbye_for_the_login(said, is_about):
    """Some servers end the connection rather than say no."""
    assert is_about_login(said) is is_about


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (socket.gaierror(-2, "Name or service not known"), "is its name right"),
        (TimeoutError("timed out"), "in time"),
        (ConnectionRefusedError(111, "Connection refused"), "Connection refused"),
        (ssl.SSLError(1, "wrong version number"), "TLS"),
    ],
)
def test_silence_of_the_network_is_a_sentence(error, words):
    """What broke, on which host, and what to look at."""
    made = network_error("mail.example.com", error)

    assert type(made) is MailServerUnavailable
    assert "mail.example.com" in str(made)
    assert words in str(made)
