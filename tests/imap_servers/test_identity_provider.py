"""The identity provider that the tests of OAuth stand on."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from imapclient import IMAPClient
from imapclient.exceptions import LoginError

from tests.imap_servers.consents import challenge_of
from tests.imap_servers.identity_provider import HANG, IdentityProvider


@pytest.fixture
def provider() -> Iterator[IdentityProvider]:
    """An identity provider of a test's own."""
    with IdentityProvider() as started:
        yield started


CALLBACK = "http://127.0.0.1:9/callback"
VERIFIER = "a-verifier-of-at-least-forty-three-characters-in-length"
SECONDS = 10


def test_token_opens_the_mailbox(dovecot, identity_provider, mail_user):
    """Dovecot lets in who has a token that the provider gave out for this user, by XOAUTH2 and by OAUTHBEARER."""
    token = identity_provider.consents.grant(mail_user.name).access_token

    for log_in in (IMAPClient.oauth2_login, IMAPClient.oauthbearer_login):
        with IMAPClient(dovecot.host, dovecot.port, ssl=False) as client:
            log_in(client, mail_user.name, token)
            client.select_folder("INBOX")


@pytest.mark.parametrize("wrong", ["invented", "another user's", "taken back"])
def test_wrong_token_is_refused(dovecot, identity_provider, mail_user, wrong):
    """Dovecot refuses a token that was invented, given out for somebody else, or taken back."""
    token = {
        "invented": "invented",
        "another user's": identity_provider.consents.grant("somebody-else").access_token,
        "taken back": identity_provider.consents.grant(mail_user.name).access_token,
    }[wrong]
    if wrong == "taken back":
        identity_provider.consents.revoke(mail_user.name)

    with IMAPClient(dovecot.host, dovecot.port, ssl=False) as client, pytest.raises(LoginError):
        client.oauth2_login(mail_user.name, token)


def test_code_is_worth_tokens_once(provider):
    """A browser comes back with a code and its state; the code is worth tokens once, to who has the verifier."""
    code = consented(provider)

    assert redeemed(provider, consented(provider), verifier="another verifier").json()["error"] == "invalid_grant"
    first, second = redeemed(provider, code), redeemed(provider, code)

    assert (first.status_code, second.status_code) == (200, 400)
    assert provider.consents.user_of(first.json()["access_token"]) == "jo"


def test_refresh_replaces_the_refresh_token(provider):
    """A refresh token is replaced by its use, and the old one is refused."""
    old = provider.consents.grant("jo").refresh_token

    new = refreshed(provider, old).json()["refresh_token"]

    assert refreshed(provider, old).json()["error"] == "invalid_grant"
    assert refreshed(provider, new).status_code == 200
    assert provider.consents.refreshes == 2
    assert provider.asked_for == ["refresh_token"] * 3


def test_consent_taken_back_is_an_invalid_grant(provider):
    """After a user took their consent back, their refresh token is refused."""
    token = provider.consents.grant("jo").refresh_token

    provider.consents.revoke("jo")

    answer = refreshed(provider, token)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_access_token_has_an_end():
    """An access token is worth something until its lifetime is over by the given clock."""
    now = [1_000.0]
    with IdentityProvider(lambda: now[0]) as provider:
        provider.consents.lifetime = timedelta(seconds=60)
        token = provider.consents.grant("jo").access_token

        now[0] = 1_059
        before = requests.post(provider.introspection_url, {"token": token}, timeout=SECONDS).json()
        now[0] = 1_060
        after = requests.post(provider.introspection_url, {"token": token}, timeout=SECONDS).json()

    assert before == {"active": True, "username": "jo"}
    assert after == {"active": False}


def test_token_endpoint_fails_as_asked(provider):
    """It answers with a status and Retry-After, does not answer at all, and then is well again."""
    token = provider.consents.grant("jo").refresh_token
    provider.fail(429, retry_after_seconds=7)
    provider.fail(500)
    provider.fail(HANG)

    busy = refreshed(provider, token)
    assert (busy.status_code, busy.headers["Retry-After"]) == (429, "7")
    assert refreshed(provider, token).status_code == 500
    with pytest.raises(requests.ReadTimeout):
        refreshed(provider, token, timeout=0.3)

    assert refreshed(provider, token).status_code == 200
    assert provider.consents.refreshes == 1


def test_unknown_client_is_refused(provider):
    """A client with another secret gets nothing."""
    token = provider.consents.grant("jo").refresh_token

    assert refreshed(provider, token, secret="another").json() == {"error": "invalid_client"}
    assert refreshed(provider, token).status_code == 200


def consented(provider):
    """Send a browser to the provider, and return the code that it comes back with."""
    provider.user = "jo"
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": CALLBACK,
        "state": "a state",
        "code_challenge": challenge_of(VERIFIER),
        "code_challenge_method": "S256",
    }
    answer = requests.get(provider.authorization_url, asked, allow_redirects=False, timeout=SECONDS)
    said = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert said["state"] == ["a state"]
    return said["code"][0]


def redeemed(provider, code, *, verifier=VERIFIER):
    """Exchange a code as a client does that names itself in the body."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "code_verifier": verifier}
    named = {"client_id": provider.client_id, "client_secret": provider.client_secret}
    return requests.post(provider.token_url, form | named, timeout=SECONDS)


def refreshed(provider, token, *, timeout=SECONDS, secret=None):
    """Refresh as a client does that names itself by HTTP Basic."""
    form = {"grant_type": "refresh_token", "refresh_token": token}
    named = (provider.client_id, secret or provider.client_secret)
    return requests.post(provider.token_url, form, auth=named, timeout=timeout)
