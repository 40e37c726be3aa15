"""What is shown to a mail server: a password, or an access token that is renewed in time and not more often."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from math import ceil

import pytest

from tests.imap_servers.identity_provider import HANG, IdentityProvider
from tests.make import NOW
from tests.postgres import refuse_connections
from tests.triage.imap.make import imap_account
from tests.triage.imap.oauth import VAULT, Clock, consented_account
from triage.errors import AccountNotFound, ConsentGone, MailServerBusy, MailServerUnavailable, SecretUnreadable
from triage.imap import credentials, oauth
from triage.imap.account import AccessToken, Password
from triage.imap.accounts import Accounts
from triage.imap.credentials import ASK_AGAIN_AFTER, CLAIM, credentials_of
from triage.imap.grant import grant_of
from triage.storage import renewals, schema
from triage.storage.secrets import Vault
from triage.storage.session import Database

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def provider(clock):
    with IdentityProvider(clock) as running:
        yield running


@pytest.fixture
def accounts(database):
    return Accounts(database, VAULT)


@pytest.fixture
def account(accounts, provider):
    return consented_account(accounts, provider)


@pytest.fixture
def token(database, account):
    """Return the access token for the account at a moment."""

    def at(now, **asked):
        shown = credentials_of(account, database, VAULT, now, **asked)
        assert isinstance(shown, AccessToken)
        return shown.text

    return at


def stored(accounts):
    return grant_of(accounts.secret_of("support"))


def test_password_comes_back_from_the_vault(accounts, database):
    """An account without OAuth shows its password, which no text of it contains."""
    account = accounts.add(imap_account(), {"password": "gehéim"}, NOW)

    shown = credentials_of(account, database, VAULT, NOW)

    assert shown == Password("gehéim")
    assert "gehéim" not in f"{shown} {shown!r}"
    with pytest.raises(SecretUnreadable, match="another key"):
        credentials_of(account, database, Vault(("another key of more than thirty-two characters",)), NOW)
    accounts.remove("support")
    with pytest.raises(AccountNotFound):
        credentials_of(account, database, VAULT, NOW)


def test_thousand_polls_renew_no_more_than_tokens_run_out(provider, clock, account, token):
    """1,000 polls a minute apart cause at most ceil(duration / lifetime) + 1 renewals, and no token is stale (A-09)."""
    for poll in range(1000):
        clock.now = NOW + poll * MINUTE
        assert provider.consents.user_of(token(clock.now)) == account.username

    assert provider.consents.refreshes <= ceil(1000 * MINUTE / HOUR) + 1


def test_new_refresh_token_is_stored_before_the_access_token_is_used(provider, accounts, account, token):
    """A provider that takes each refresh token once is shown the newest, by whoever reads the database (A-09)."""
    first = stored(accounts).refresh_token

    shown = token(NOW + HOUR)
    second = stored(accounts)
    token(NOW + 2 * HOUR)

    assert (second.access_token, second.refresh_token != first) == (shown, True)
    assert stored(accounts).refresh_token not in (first, second.refresh_token)
    assert provider.consents.refreshes == 2


def test_provider_that_gives_no_new_refresh_token_is_shown_the_same(provider, accounts, account, token):
    """Google's stay good; what is kept is then not overwritten by nothing."""
    provider.consents.rotates = False
    first = stored(accounts).refresh_token

    token(NOW + HOUR)
    token(NOW + 2 * HOUR)

    assert stored(accounts).refresh_token == first


def test_two_that_renew_at_once_ask_once(provider, accounts, token):
    """Of eight that find the token stale one asks, and the others take what it stored."""
    with ThreadPoolExecutor(8) as pool:
        shown = set(pool.map(lambda _: token(NOW + HOUR), range(8)))

    assert shown == {stored(accounts).access_token}
    assert provider.asked_for == ["refresh_token"]


def test_claim_of_a_process_that_died_runs_out(provider, database, account, token, monkeypatch):
    """Nobody is asked while another renews, and somebody is once that one has been silent for long (kill -9)."""
    monkeypatch.setattr(credentials, "PAUSE_SECONDS", 0.01)
    with database.unit_of_work() as session:
        renewals.begin_renewal(session, account.id, NOW + HOUR, CLAIM)
    with monkeypatch.context() as hurried:
        hurried.setattr(credentials, "CLAIM", timedelta(seconds=0.05))
        hurried.setattr(renewals, "begin_renewal", lambda *_: False)
        with pytest.raises(MailServerUnavailable, match="another process"):
            token(NOW + HOUR)
    assert provider.asked_for == []

    token(NOW + HOUR + CLAIM)

    assert provider.asked_for == ["refresh_token"]


def test_token_that_the_server_refused_is_renewed_before_its_time(provider, accounts, token):
    """Whoever was refused asks for another one; it is then kept."""
    first = token(NOW)

    anew = token(NOW, renew=True)

    assert first != anew == token(NOW)
    assert provider.consents.refreshes == 1


def test_token_from_the_future_is_renewed(provider, account, token):
    """When the clock was set back, nobody knows how long a token is still good."""
    token(NOW - HOUR)

    assert provider.consents.refreshes == 1


def test_consent_that_is_gone_is_told_at_once_and_asked_for_now_and_then(provider, accounts, account, token):
    """The sentence names the account and the command; a hundred polls ask the provider once, and later again (A-09)."""
    provider.consents.revoke(account.username)

    for poll in range(100):
        with pytest.raises(ConsentGone, match=r"account support.*`triage accounts consent support`"):
            token(NOW + HOUR + poll * timedelta(seconds=30))
    assert provider.asked_for == ["refresh_token"]

    with pytest.raises(ConsentGone):
        token(NOW + HOUR + ASK_AGAIN_AFTER)
    assert provider.asked_for == ["refresh_token"] * 2


def test_consent_given_anew_is_used_at_once(provider, accounts, account, token):
    """The new tokens take the place of the old ones, and nothing is held against the account any more."""
    provider.consents.revoke(account.username)
    with pytest.raises(ConsentGone):
        token(NOW + HOUR)

    granted = provider.consents.grant(account.username)
    secret = stored(accounts).renewed(oauth.Tokens(granted.access_token, granted.refresh_token, HOUR), NOW + HOUR)
    accounts.change_secret("support", secret.as_secret())

    assert token(NOW + HOUR) == granted.access_token
    token(NOW + 2 * HOUR)


@pytest.mark.parametrize("status", [500, 502, 503])
def test_provider_out_of_order_loses_nothing(provider, accounts, account, token, status):
    """A failure on their side is one that time may cure: the tokens stay, and the next try passes."""
    before = stored(accounts)
    provider.fail(status)

    with pytest.raises(MailServerUnavailable, match="asked again later"):
        token(NOW + HOUR)

    assert stored(accounts) == before
    token(NOW + HOUR)


def test_new_tokens_survive_a_database_that_is_away(provider, postgres_url, monkeypatch):
    """What the provider gave in place of the old is stored once the database is back (A-09)."""
    database = Database(postgres_url)
    schema.migrate(database.engine)
    accounts = Accounts(database, VAULT)
    account = consented_account(accounts, provider)
    back = threading.Timer(1, refuse_connections, (postgres_url,), {"refuse": False})
    really = oauth.renewed

    def meanwhile(*asked, **named):
        tokens = really(*asked, **named)
        refuse_connections(postgres_url)
        back.start()
        return tokens

    monkeypatch.setattr(oauth, "renewed", meanwhile)

    shown = credentials_of(account, database, VAULT, NOW + HOUR)

    back.join()
    assert stored(accounts).access_token == shown.text
    assert provider.consents.refreshes == 1
    database.close()


@pytest.mark.parametrize("status", [429, 503])
def test_provider_that_asks_us_to_wait_is_heard(provider, account, token, status):
    """Retry-After is handed on, up to an hour (A-29)."""
    provider.fail(status, retry_after_seconds=17)
    provider.fail(status, retry_after_seconds=1_000_000)

    for wait in (timedelta(seconds=17), HOUR):
        with pytest.raises(MailServerBusy) as told:
            token(NOW + HOUR)
        assert told.value.retry_after == wait


def test_provider_that_hangs_holds_nobody_for_long(provider, account, token, monkeypatch):
    """No answer is an error like another, and nothing stays claimed."""
    monkeypatch.setattr(oauth, "PATIENCE", (1.0, 0.2))
    provider.fail(HANG)

    with pytest.raises(MailServerUnavailable, match="does not answer"):
        token(NOW + HOUR)

    monkeypatch.undo()
    token(NOW + HOUR)


def test_consent_given_while_tokens_are_renewed_is_kept(provider, accounts, account, database, monkeypatch):
    """A renewal that ends after somebody consented anew does not overwrite the newer tokens."""
    really = oauth.renewed

    def meanwhile(*asked, **named):
        tokens = really(*asked, **named)
        newer = oauth.Tokens("newer access", "newer refresh", HOUR)
        accounts.change_secret("support", stored(accounts).renewed(newer, NOW + HOUR).as_secret())
        return tokens

    monkeypatch.setattr(oauth, "renewed", meanwhile)

    shown = credentials_of(account, database, VAULT, NOW + HOUR)

    assert shown.text == "newer access"
    assert stored(accounts).refresh_token == "newer refresh"
