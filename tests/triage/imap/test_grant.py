"""Tokens as they are kept, and when they are renewed."""

from datetime import timedelta
from math import ceil

import pytest

from tests.make import NOW
from triage.imap.grant import first_grant, grant_of
from triage.imap.oauth import Tokens


@pytest.mark.parametrize("lifetime", [timedelta(seconds=10), timedelta(minutes=1), timedelta(hours=1), timedelta(90)])
def test_token_is_renewed_shortly_before_it_runs_out(lifetime):
    """Whatever its lifetime, 1,000 polls renew at most ceil(duration / lifetime) + 1 times (A-09)."""
    tokens, interval = Tokens("access", "refresh", lifetime), timedelta(seconds=1)
    grant = first_grant("secret", tokens, NOW)
    renewals = 0

    for poll in range(1000):
        now = NOW + poll * interval
        if not grant.is_fresh(now):
            grant = grant.renewed(tokens, now)
            renewals += 1
        assert now < grant.issued_at + lifetime

    assert renewals <= ceil(1000 * interval / lifetime) + 1


def test_grant_comes_back_as_it_was_and_shows_nothing():
    """What is encrypted is all of it; what is printed none of the secrets."""
    grant = first_grant("client secret", Tokens("access", "refresh", timedelta(hours=1)), NOW)

    assert grant_of(grant.as_secret()) == grant
    assert not any(secret in f"{grant} {grant!r}" for secret in ("client secret", "'access'", "'refresh'"))
