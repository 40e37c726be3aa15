"""`triage accounts` where consent takes the place of a password."""

import os
import re
import subprocess
import sys
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.imap_servers.fixtures import dovecot, identity_provider, mail_user
from tests.triage.cli.accounts import accounts, added, listed, names, server, user
from triage.storage import accounts as stored

__all__ = ["accounts", "added", "dovecot", "identity_provider", "mail_user", "server", "user"]


def oauth_options(provider):
    urls = ["--authorization-url", provider.authorization_url, "--token-url", provider.token_url, "--scope", "mail"]
    return ["--oauth", "custom", "--client-id", provider.client_id, *urls]


class Consenting:
    """`triage accounts …` while it waits for consent."""

    def __init__(self, arguments, secret):
        clean = {name: value for name, value in os.environ.items() if not name.startswith("TRIAGE_")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "triage", "accounts", *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=clean | {"TRIAGE_ACCOUNT_CLIENT_SECRET": secret, "COLUMNS": "300"},
        )
        self.url = next(line.strip() for line in self.process.stderr if line.startswith("http"))

    def ends(self, stdin=""):
        out, err = self.process.communicate(stdin, timeout=60)
        return subprocess.CompletedProcess([], self.process.returncode, out, err)


@pytest.mark.parametrize("way", ["browser here", "address pasted"])
def test_consent_is_given_in_a_browser(accounts, data, server, user, identity_provider, way):
    """The browser comes back to us by itself, or its address is pasted; then the account is tried and stored."""
    identity_provider.user = user.name
    options = [*server, *oauth_options(identity_provider), "--data", data]

    consenting = Consenting(["add", "support", *options], identity_provider.client_secret)
    if way == "browser here":
        (back,) = parse_qs(urlsplit(consenting.url).query)["redirect_uri"]
        assert requests.get(f"{back}/favicon.ico", timeout=10).status_code == 404
        assert requests.get(f"{back}/?code=forged&state=forged", timeout=10).status_code == 404
        answer = requests.get(consenting.url, timeout=10)
        assert (answer.status_code, "may be closed" in answer.text) == (200, True)
        done = consenting.ends()
    else:
        visited = requests.get(consenting.url, timeout=10, allow_redirects=False)
        done = consenting.ends(f"something else\n{visited.headers['Location']}\n")

    assert done.returncode == 0, done.stderr
    assert "account support is added" in done.stdout
    assert listed(accounts)[0]["oauth"] == {"provider": "custom", "client_id": identity_provider.client_id}
    assert accounts("test", "support").returncode == 0


def test_consent_that_is_gone_is_listed_and_given_anew(accounts, data, server, user, identity_provider, database):
    """`test` names the command, the list says since when, and the command mends it (A-09)."""
    identity_provider.user = user.name
    options = [*server, *oauth_options(identity_provider), "--data", data]
    consenting = Consenting(["add", "support", *options], identity_provider.client_secret)
    requests.get(consenting.url, timeout=10)
    assert consenting.ends().returncode == 0
    identity_provider.consents.revoke(user.name)

    refused = accounts("test", "support")
    with database.unit_of_work() as session:
        row = stored.by_name(session, "support").account
        stored.note_problem(session, row.id, refused.stderr.removeprefix("triage: ").strip(), row.created_at)
    words = accounts("list", COLUMNS="500").stdout
    consenting = Consenting(["consent", "support", "--data", data], "")
    requests.get(consenting.url, timeout=10)
    mended = consenting.ends()

    assert (refused.returncode, "`triage accounts consent support`" in refused.stderr) == (1, True)
    assert re.search(r"consent is gone for 1 minute: .*`triage accounts consent support`", words)
    assert (mended.returncode, mended.stdout) == (0, "account support may be read again\n"), mended.stderr
    assert listed(accounts)[0]["state"] == "not_polled"


def test_consent_that_is_refused_stores_nothing(data, server, identity_provider, database):
    """Whoever says no in the browser is believed."""
    identity_provider.user = ""
    options = [*server, *oauth_options(identity_provider), "--data", data]

    consenting = Consenting(["add", "support", *options], identity_provider.client_secret)
    requests.get(consenting.url, timeout=10)
    done = consenting.ends()

    assert (done.returncode, "was refused (access_denied)" in done.stderr) == (1, True)
    assert names(database) == []
