"""What identity providers say, and what we make of it."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from triage.errors import ConsentGone, InvalidAccount, LoginRefused, MailServerUnavailable
from triage.imap import oauth
from triage.imap.providers import custom, google, microsoft


@contextmanager
def provider_that_says(status, body, headers=()):
    """Answer every request for tokens with the same."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/token"
    finally:
        server.shutdown()
        server.server_close()


def asked(token_url):
    client = custom("id", authorization_url="https://id.example/authorize", token_url=token_url, scope="mail")
    return oauth.renewed(client, "secret of the client", "refresh token of the user", account="support")


@pytest.mark.parametrize(
    ("status", "body", "error", "words"),
    [
        (400, {"error": "invalid_grant"}, ConsentGone, "triage accounts consent support"),
        (400, {"error": "interaction_required"}, ConsentGone, "triage accounts consent support"),
        (401, {"error": "invalid_client"}, LoginRefused, "does not know the client of account support"),
        (400, {"error": "invalid_scope"}, LoginRefused, "gives no access to account support"),
        (400, {"error": "temporarily_unavailable"}, MailServerUnavailable, "out of order"),
        (500, {}, MailServerUnavailable, "HTTP 500"),
        (503, {}, MailServerUnavailable, "HTTP 503"),
        (404, "<html>", MailServerUnavailable, "asked again later"),
        (200, "<html>", MailServerUnavailable, "does not answer as an identity provider does"),
        (200, [], MailServerUnavailable, "does not answer as an identity provider does"),
        (200, {"token_type": "Bearer"}, MailServerUnavailable, "does not answer as an identity provider does"),
        (200, {"access_token": 7}, MailServerUnavailable, "does not answer as an identity provider does"),
    ],
)
def test_no_is_understood(status, body, error, words):
    """Each answer becomes one sentence of the right kind, in which no secret and nothing of their text stands."""
    if isinstance(body, dict) and "error" in body:
        body["error_description"] = "AADSTS50173: the grant of support@example.com was revoked"
    text = body if isinstance(body, str) else json.dumps(body)

    with provider_that_says(status, text.encode()) as url, pytest.raises(error, match=words) as told:
        asked(url)

    assert type(told.value) is error
    assert not any(secret in str(told.value) for secret in ("secret of", "refresh token", "AADSTS", "@"))
    assert told.value.__cause__ is None


def test_secret_is_sent_to_no_other_address():
    """A redirect is not followed: what was set is where secrets go."""
    with (
        provider_that_says(200, b'{"access_token": "stolen"}') as elsewhere,
        provider_that_says(307, b"", [("Location", elsewhere)]) as url,
        pytest.raises(MailServerUnavailable),
    ):
        asked(url)


def test_nobody_listens():
    """A provider that cannot be reached is asked again later."""
    with provider_that_says(200, b"") as url:
        pass

    with pytest.raises(MailServerUnavailable, match=r"127\.0\.0\.1 does not answer"):
        asked(url)


@pytest.mark.parametrize(
    ("expires_in", "seconds"), [("null", 3600), ('"1800"', 1800), ("90", 90), ("1e99", 31_622_400)]
)
def test_lifetime_is_read_as_providers_write_it(expires_in, seconds):
    """As a number, in quotes, or not at all: then it is the usual hour."""
    body = f'{{"access_token": "a", "token_type": "Bearer", "expires_in": {expires_in}}}'

    with provider_that_says(200, body.encode()) as url:
        tokens = asked(url)

    assert tokens.lifetime.total_seconds() == seconds
    assert (tokens.access_token, tokens.refresh_token) == ("a", "refresh token of the user")


def test_known_providers():
    """Their addresses and scopes are those that they document."""
    ours = microsoft("id", "contoso.example")

    assert google("id").scope == "https://mail.google.com/"
    assert ours.token_url == "https://login.microsoftonline.com/contoso.example/oauth2/v2.0/token"
    assert "IMAP.AccessAsUser.All" in ours.scope
    with pytest.raises(InvalidAccount, match="no tenant"):
        microsoft("id", "a/b")


@pytest.mark.parametrize("url", ["http://id.example/token", "ftp://id.example", "id.example/token", "https://"])
def test_secrets_are_not_sent_in_the_clear(url):
    """An address of a provider begins with https, unless it is on this machine."""
    with pytest.raises(InvalidAccount, match="https://"):
        custom("id", authorization_url="https://id.example/authorize", token_url=url, scope="mail")
