"""What the tests of `triage accounts` stand on: a user of a real Dovecot, and the command on an instance."""

import json
import uuid

import pytest

from triage.storage import accounts as stored

PASSWORD = "Gehéim-7c1f 9d"


@pytest.fixture
def user(dovecot):
    return dovecot.user(f"cli-{uuid.uuid4().hex}", PASSWORD)


@pytest.fixture
def server(dovecot, user):
    """The options that lead to the user's mail."""
    return ["--host", dovecot.host, "--port", dovecot.port, "--security", "none", "--user", user.name]


@pytest.fixture
def accounts(run, data):
    """Run `triage accounts …` on the instance."""

    def runs(*arguments, **given):
        return run("accounts", *arguments, "--data", data, **given)

    return runs


@pytest.fixture
def added(accounts, server):
    """An account that was added."""
    done = accounts("add", "support", *server, "--password-stdin", stdin=PASSWORD + "\n")
    assert done.returncode == 0, done.stderr
    return done


def listed(accounts):
    return json.loads(accounts("list", "--json").stdout)


def names(database):
    with database.reading() as session:
        return [row.account.name for row in stored.all_accounts(session)]
