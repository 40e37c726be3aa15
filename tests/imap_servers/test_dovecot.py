"""The Dovecot that the tests of IMAP stand on."""

import ssl
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import LoginError

from tests.make import raw_message

IDLE_SECONDS = 20


def test_mail_is_read_as_it_was_delivered(mail_user):
    """A message delivered with a date and flags is fetched with them, byte for byte."""
    raw, then = raw_message("Delivered"), datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

    mail_user.deliver(raw, internal_date=then, flags=["\\Seen", "\\Flagged"])

    assert mail_user.messages() == [raw]
    assert mail_user.flags("INBOX", 1) == {"\\Seen", "\\Flagged"}
    with mail_user.connection() as client:
        client.normalise_times = False
        client.select_folder("INBOX", readonly=True)
        assert client.fetch([1], ["INTERNALDATE"])[1][b"INTERNALDATE"] == then


def test_idle_notices_a_delivery(mail_user):
    """A client in IDLE is told of mail that arrives."""
    with mail_user.connection() as client:
        client.select_folder("INBOX", readonly=True)
        client.idle()
        mail_user.deliver(raw_message("Wake up"))

        said = client.idle_check(timeout=IDLE_SECONDS)
        client.idle_done()

    assert (1, b"EXISTS") in said


def test_mail_is_numbered_as_it_was_delivered(mail_user):
    """Of mail delivered all at once, into `new` and `cur` in turn, the later has the higher UID."""
    sent = [raw_message(f"Number {number}") for number in range(200)]
    for number, raw in enumerate(sent):
        mail_user.deliver(raw, flags=["\\Seen"] if number % 2 else [])

    assert mail_user.messages() == sent


def test_bump_numbers_mail_anew(mail_user):
    """After a bump the mail is all there, numbered from 1 under a higher UIDVALIDITY."""
    sent = [raw_message(f"Number {number}") for number in range(3)]
    for raw in sent:
        mail_user.deliver(raw)
    mail_user.expunge("INBOX", mail_user.uids()[0])
    before = mail_user.uidvalidity()

    mail_user.bump_uidvalidity()

    assert mail_user.uidvalidity() > before
    assert mail_user.uids() == [1, 2]
    assert mail_user.messages() == sent[1:]


def test_folders_of_any_name(mail_user):
    """Mail is delivered to a folder inside a folder, and moved to one whose name has letters beyond ASCII."""
    mail_user.deliver(raw_message("Moved"), folder="Kunden/Müller")

    mail_user.move("Kunden/Müller", 1, to="Entwürfe & Notizen")

    assert mail_user.folders() == ["Entwürfe & Notizen", "INBOX", "Kunden", "Kunden/Müller"]
    assert mail_user.uids("Kunden/Müller") == []
    assert mail_user.messages("Entwürfe & Notizen") == [raw_message("Moved")]


@pytest.mark.parametrize("implicit", [True, False], ids=["from the first byte", "STARTTLS"])
def test_tls_is_verified(dovecot, mail_user, implicit):
    """Both kinds of TLS pass verification with the server's certificate, and not without it."""
    _log_in_over_tls(dovecot, mail_user, implicit, ssl.create_default_context(cafile=dovecot.certificate))

    with pytest.raises(ssl.SSLCertVerificationError):
        _log_in_over_tls(dovecot, mail_user, implicit, ssl.create_default_context())


def test_wrong_password_is_refused(dovecot, mail_user):
    """Neither a wrong password nor an unknown user gets in."""
    with IMAPClient(dovecot.host, dovecot.port, ssl=False) as client:
        with pytest.raises(LoginError, match="AUTHENTICATIONFAILED"):
            client.login(mail_user.name, "wrong")
        with pytest.raises(LoginError, match="AUTHENTICATIONFAILED"):
            client.login("nobody-of-that-name", mail_user.password)


def test_mail_outlives_a_restart(dovecot, mail_user):
    """Stopped and started, the server has the same ports, the same mail and the same UIDVALIDITY."""
    mail_user.deliver(raw_message("Still here"))
    before = mail_user.uidvalidity()

    dovecot.stop()
    with pytest.raises(ConnectionRefusedError):
        IMAPClient(dovecot.host, dovecot.port, ssl=False)
    dovecot.start()

    assert mail_user.uidvalidity() == before
    assert mail_user.messages() == [raw_message("Still here")]


def _log_in_over_tls(dovecot, mail_user, implicit, context):
    port = dovecot.tls_port if implicit else dovecot.port
    client = IMAPClient(dovecot.host, port, ssl=implicit, ssl_context=context if implicit else None)
    try:
        if not implicit:
            client.starttls(context)
        client.login(mail_user.name, mail_user.password)
    finally:
        # After a failed handshake the library has let go of the socket already, and fails to shut it.
        with suppress(OSError):
            client.shutdown()
