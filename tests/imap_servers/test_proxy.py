"""The proxy between a client and Dovecot."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from tests.make import raw_message

LONG_MAIL = raw_message("Long", "A long line of a long mail.\r\n" * 5_000)


def test_commands_are_recorded(proxy, mail_user):
    """Every command is recorded by name and arguments, and no answer to a question is taken for one."""
    with logged_in(proxy, mail_user) as client:
        client.select_folder("INBOX", readonly=True)
        client.idle()
        client.idle_done()
        client.search(["SUBJECT", "Tür"], charset="UTF-8")

    assert [name for name in proxy.record.names if name != "CAPABILITY"] == [
        "LOGIN",
        "EXAMINE",
        "IDLE",
        "DONE",
        "UID SEARCH",
        "LOGOUT",
    ]
    assert proxy.record.named("EXAMINE")[0].arguments.strip('"') == "INBOX"
    assert proxy.connections == 1


def test_bytes_are_counted_and_arrive(proxy, mail_user):
    """A large mail comes through unchanged and is counted."""
    mail_user.deliver(LONG_MAIL)

    with logged_in(proxy, mail_user) as client:
        client.select_folder("INBOX", readonly=True)
        fetched = client.fetch([1], ["BODY.PEEK[]"])[1][b"BODY[]"]

    assert fetched == LONG_MAIL
    assert len(LONG_MAIL) < proxy.record.bytes_from_server < len(LONG_MAIL) + 5_000
    assert 0 < proxy.record.bytes_from_client < 1_000


def test_black_hole_swallows_at_once(proxy, mail_user):
    """In a black hole an open connection gets no answer, a new one no greeting, and healing is for new ones."""
    with logged_in(proxy, mail_user, timeout=0.3) as client:
        proxy.faults.black_hole()

        with pytest.raises(TimeoutError):
            client.noop()
        with pytest.raises(TimeoutError):
            IMAPClient(proxy.host, proxy.port, ssl=False, timeout=0.3)

        proxy.faults.heal()
        with logged_in(proxy, mail_user) as other:
            other.noop()
        with pytest.raises((TimeoutError, OSError)):
            client.noop()


def test_black_hole_begins_with_idle(proxy, mail_user):
    """A client whose IDLE was accepted hears of no mail, and its DONE is not answered."""
    proxy.faults.black_hole(after="IDLE")

    with logged_in(proxy, mail_user, timeout=3) as client:
        client.select_folder("INBOX", readonly=True)
        client.idle()
        mail_user.deliver(raw_message())

        assert client.idle_check(timeout=2) == []
        with pytest.raises(TimeoutError):
            client.idle_done()
    assert "DONE" in proxy.record.names


def test_cut_within_a_literal(proxy, mail_user):
    """The connection ends within the mail once, and the next one is whole."""
    mail_user.deliver(LONG_MAIL)
    proxy.faults.cut_literal(after_bytes=1_000)

    with logged_in(proxy, mail_user) as client:
        client.select_folder("INBOX", readonly=True)
        with pytest.raises((IMAPClientAbortError, OSError)):
            client.fetch([1], ["BODY.PEEK[]"])

    assert 1_000 < proxy.record.bytes_from_server < 5_000
    with logged_in(proxy, mail_user) as client:
        client.select_folder("INBOX", readonly=True)
        assert client.fetch([1], ["BODY.PEEK[]"])[1][b"BODY[]"] == LONG_MAIL


def test_answers_in_the_place_of_the_server(proxy, mail_user):
    """Commands are refused as often as asked for, with the words asked for, and then pass."""
    proxy.faults.answer("UID SEARCH", "NO [THROTTLED] slow down", times=2)

    with logged_in(proxy, mail_user) as client:
        client.select_folder("INBOX", readonly=True)
        for _ in range(2):
            with pytest.raises(IMAPClientError, match=r"\[THROTTLED\] slow down"):
                client.search()

        assert client.search() == []


def test_login_is_refused_and_bye_closes(proxy, mail_user):
    """A login is refused with the words asked for; after BYE the connection is closed."""
    proxy.faults.answer("LOGIN", "NO [UNAVAILABLE] try later")
    proxy.faults.answer("NOOP", "* BYE shutting down")

    with pytest.raises(LoginError, match="UNAVAILABLE"), logged_in(proxy, mail_user):
        pass
    with logged_in(proxy, mail_user) as client, pytest.raises(IMAPClientAbortError, match="EOF"):
        client.noop()


def test_connections_are_refused_and_dropped(proxy, mail_user):
    """While it refuses, new connections fail and open ones stay; dropped ones end; then all is as before."""
    with logged_in(proxy, mail_user) as client:
        proxy.refuse()
        with pytest.raises(ConnectionRefusedError):
            IMAPClient(proxy.host, proxy.port, ssl=False)
        client.noop()
        proxy.drop()
        with pytest.raises((IMAPClientAbortError, OSError)):
            client.noop()

    proxy.accept()
    with logged_in(proxy, mail_user) as client:
        client.noop()


def test_lines_are_delayed(proxy, mail_user):
    """Each line of the server comes later by the delay."""
    with logged_in(proxy, mail_user) as client:
        proxy.faults.delay_seconds = 0.2
        begins = time.monotonic()
        client.noop()

    assert time.monotonic() - begins >= 0.2


@contextmanager
def logged_in(proxy, mail_user, *, timeout: float = 10) -> Iterator[IMAPClient]:
    """A client that has logged in through the proxy, and whose connection is closed at the end, however it is."""
    client = IMAPClient(proxy.host, proxy.port, ssl=False, timeout=timeout)
    try:
        client.login(mail_user.name, mail_user.password)
        yield client
    finally:
        with suppress(OSError, IMAPClientError):
            client.logout()
        client.socket().close()
