"""An account that logs in by OAuth, and the identity provider that it asks."""

from datetime import datetime

from tests.imap_servers.identity_provider import IdentityProvider
from tests.make import NOW
from tests.triage.imap.make import imap_account
from triage.imap.account import ImapAccount
from triage.imap.accounts import Accounts
from triage.imap.grant import first_grant
from triage.imap.oauth import Tokens
from triage.imap.providers import custom
from triage.storage.secrets import Vault

VAULT = Vault(("a key of more than thirty-two characters",))


class Clock:
    """A clock that stands until a test moves it."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now.timestamp()


def client_of(provider: IdentityProvider):
    """Who we are at a provider of our own."""
    return custom(
        provider.client_id, authorization_url=provider.authorization_url, token_url=provider.token_url, scope="mail"
    )


def consented_account(accounts: Accounts, provider: IdentityProvider, *, now: datetime = NOW, **values) -> ImapAccount:
    """Store an account whose user has consented at `now`."""
    account = imap_account(oauth=client_of(provider), **values)
    granted = provider.consents.grant(account.username)
    tokens = Tokens(granted.access_token, granted.refresh_token, provider.consents.lifetime)
    return accounts.add(account, first_grant(provider.client_secret, tokens, now).as_secret(), now, insecure=True)
