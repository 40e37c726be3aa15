"""Accounts against a real Dovecot: the login is tried, and what is wrong is one sentence."""

from datetime import timedelta

import pytest

from tests.make import NOW
from tests.triage.imap.make import imap_account
from tests.triage.imap.oauth import VAULT, client_of
from triage.errors import (
    AccountNotFound,
    FolderNotFound,
    InvalidAccount,
    LoginRefused,
    MailServerUnavailable,
    SecretUnreadable,
)
from triage.imap.account import Security
from triage.imap.accounts import Accounts
from triage.imap.grant import first_grant
from triage.imap.inspection import FolderSeen
from triage.imap.oauth import Tokens
from triage.storage.secrets import Vault


@pytest.fixture
def accounts(database):
    return Accounts(database, VAULT, clock=lambda: NOW)


@pytest.fixture
def add(accounts, dovecot, mail_user):
    """Add an account for the user of a Dovecot, with what a test wants otherwise."""

    def adds(password=None, **values):
        given = {
            "host": dovecot.host,
            "port": dovecot.port,
            "security": Security.NONE,
            "username": mail_user.name,
        } | values
        return accounts.add(imap_account(**given), {"password": password or mail_user.password}, NOW)

    return adds


def test_test_lists_folders_and_changes_nothing(accounts, add, mail_user):
    """Folders that are read come first, with counts; no flag is set and nothing stored (A-26)."""
    for number in range(3):
        mail_user.deliver(b"Subject: %d\r\n\r\nhello\r\n" % number)
    mail_user.deliver(b"Subject: x\r\n\r\nhello\r\n", "Kunden/Müller")
    add(folders=("Kunden/Müller", "inbox"))

    seen = accounts.test("support")

    assert seen[:2] == [FolderSeen("Kunden/Müller", 1, is_read=True), FolderSeen("INBOX", 3, is_read=True)]
    assert not any(folder.is_read for folder in seen[2:])
    assert mail_user.flags("INBOX", 1) == frozenset()


def test_missing_folder_is_told_with_those_that_are_there(accounts, add, mail_user):
    """Whoever mistyped it sees what to type."""
    mail_user.deliver(b"Subject: x\r\n\r\nhello\r\n", "Kunden")
    add(folders=("INBOX", "Kundne"))

    with pytest.raises(FolderNotFound, match=r"no folder Kundne; it has INBOX, Kunden$"):
        accounts.test("support")


def test_wrong_password_is_told_with_what_large_providers_want(accounts, add):
    """The sentence neither has the password nor the user."""
    add(password="a wrong one")

    with pytest.raises(LoginRefused, match="app password or OAuth") as told:
        accounts.test("support")

    assert "wrong one" not in str(told.value)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"host": "no-such-host.invalid", "security": Security.TLS}, "no host no-such-host.invalid"),
        ({"port": 1}, "cannot be reached"),
        ({"security": Security.TLS}, "does not speak TLS"),
        ({"security": Security.STARTTLS}, "certificate of 127.0.0.1 is not to be trusted"),
    ],
)
def test_server_that_cannot_be_reached_is_told(accounts, add, values, words):
    """Each cause has its own sentence."""
    add(**values)

    with pytest.raises(MailServerUnavailable, match=words):
        accounts.test("support")


def test_oauth_login_is_tried_with_a_new_token_when_the_kept_one_was_taken_back(
    accounts, dovecot, mail_user, identity_provider
):
    """A token that the server refuses is renewed once, and the new one kept."""
    account = imap_account(
        host=dovecot.host,
        port=dovecot.port,
        security=Security.NONE,
        username=mail_user.name,
        oauth=client_of(identity_provider),
    )
    tokens = Tokens("taken back", identity_provider.consents.grant(mail_user.name).refresh_token, timedelta(hours=1))
    accounts.add(account, first_grant(identity_provider.client_secret, tokens, NOW).as_secret(), NOW)

    assert accounts.test("support")[0].name == "INBOX"
    assert accounts.secret_of("support")["access_token"] != "taken back"


def test_what_makes_no_sense_is_not_stored(accounts, add):
    """Neither are two accounts of one name."""
    add()
    with pytest.raises(InvalidAccount, match="already an account"):
        add()
    with pytest.raises(InvalidAccount, match="already an account"):
        accounts.require_new(imap_account())
    with pytest.raises(InvalidAccount, match="in the clear"):
        add(name="other", host="mail.example.com")

    assert [account.name for account, _ in accounts.with_status(NOW)] == ["support"]


def test_secrets_are_encrypted_anew_all_or_none(database, accounts, add):
    """After it the old key may be dropped; a secret that nobody can read leaves all as they were."""
    add()
    new = "a new key of more than thirty-two characters"
    rotating = Accounts(database, Vault((new, "a key of more than thirty-two characters")))

    assert rotating.encrypt_anew() == 1

    assert Accounts(database, Vault((new,))).secret_of("support") == {"password": "secret"}
    add(name="other")
    with pytest.raises(SecretUnreadable):
        Accounts(database, Vault((new,))).encrypt_anew()
    assert accounts.secret_of("other") == {"password": "secret"}


def test_removed_account_is_gone(accounts, add):
    """Removing it twice says so."""
    add()

    accounts.remove("support")

    with pytest.raises(AccountNotFound, match="triage accounts list"):
        accounts.remove("support")
