"""Whoever has signs in their name, or in their password, that a command has a use for is let in all the same."""

import ssl

import pytest

from tests.triage.imap.conftest import mail
from tests.triage.imap.make import imap_account
from triage.errors import MailServerUnavailable
from triage.imap.account import Password, Security
from triage.imap.connection import connect


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("jo", "secret"),
        ("jo@example.com", 'se"cr\\et'),
        ("Jo Doe", "secret"),
        ('j"o', "secret"),
        ("jo (work)", "two words"),
        ("x) LOGOUT", "secret"),
        ("jo", "geheim\n"),
        ("jürgen", "müde"),
    ],
)
@pytest.mark.parametrize("knows_plain", [True, False])
def test_name_and_password_arrive_as_they_are(strange, username, password, knows_plain):
    """What is no atom is quoted, or said by PLAIN; nothing in a name is taken for more than a name."""
    if not knows_plain:
        strange.quirks.capabilities.discard("AUTH=PLAIN")
    account = imap_account(host=strange.host, port=strange.port, security=Security.NONE, username=username)

    connect(account, Password(password), answer_seconds=20).close()

    assert strange.quirks.logins == [(username, password)]


def test_name_in_the_network_is_connected_to(strange):
    """A host with the dot of the root is the same host."""
    account = imap_account(host="localhost.", port=strange.port, security=Security.NONE)

    connect(account, Password("secret"), answer_seconds=20).close()

    assert strange.connections == 1


def test_host_that_cannot_be_is_said(strange):
    """What was stored before hosts were looked at closely is a sentence, no traceback."""
    with pytest.raises(MailServerUnavailable, match="is its name right"):
        connect(imap_account(host="mail..example.com"), Password("secret"))


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_all_goes_on_over_tls(dovecot, mail_user, security):
    """Over either kind of TLS mail is read and news is awaited as it is without, and never over an untrusted one."""
    port = dovecot.tls_port if security is Security.TLS else dovecot.port
    account = imap_account(host=dovecot.host, port=port, security=security, username=mail_user.name)
    password = Password(mail_user.password)
    mail_user.deliver(mail(1))

    with pytest.raises(MailServerUnavailable, match="not to be trusted"):
        connect(account, password, answer_seconds=20)
    server = connect(
        account, password, context=ssl.create_default_context(cafile=dovecot.certificate), answer_seconds=20
    )
    server.open("INBOX")
    raw = [one.raw for one in server.messages([1])]
    server.begin_idle()
    mail_user.deliver(mail(2))
    has_news = server.idle(20)
    server.end_idle()
    server.close()

    assert raw == [mail(1)]
    assert has_news
