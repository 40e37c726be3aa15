"""What is shown to the server of an account: its password, or an access token that is renewed when it runs out.

A provider may give a new refresh token with each access token and take the old one back, and one that is shown an old
one may take everything back (RFC 9700 §4.14.2). So the new one is committed before the access token that came with it
is used, and only one process at a time renews: it claims the renewal in the database, the others wait for what it
stores. A claim of a process that died runs out.
"""

import time
from datetime import datetime, timedelta

import structlog

from triage.errors import AccountNotFound, ConsentGone, MailServerUnavailable, StorageUnavailable
from triage.imap import oauth
from triage.imap.account import AccessToken, Credentials, ImapAccount, OAuthClient, Password
from triage.imap.grant import Grant, grant_of
from triage.storage import accounts, renewals
from triage.storage.secrets import Vault
from triage.storage.session import Database
from triage.storage.tables import Account

log = structlog.get_logger(__name__)

# Longer than asking a provider takes.
CLAIM = timedelta(minutes=1)
PAUSE_SECONDS = 0.2
# So long new tokens wait for a database that is away: the old ones may be void, and nobody else has these.
KEPT_FOR = timedelta(minutes=5)
# A provider that said no is asked again only so often: it may have been wrong, and every poll would ask.
ASK_AGAIN_AFTER = timedelta(hours=1)


def credentials_of(
    account: ImapAccount, database: Database, vault: Vault, now: datetime, *, renew: bool = False
) -> Credentials:
    """Return what the server of an account wants to see.

    Args:
        account: As it is stored.
        database: Where its secret is, and where a new one is stored.
        vault: Decrypts it.
        now: The time on the clock of this process.
        renew: Do not return the access token that is kept; the server refused it.

    Raises:
        AccountNotFound: The account was removed.
        ConsentGone: Whoever gave consent took it back, or it ran out.
        LoginRefused: The identity provider does not know us.
        MailServerBusy: It asks us to come back later.
        MailServerUnavailable: It does not answer.
        SecretUnreadable: The secret was encrypted with another key.
    """
    row = _row(account, database)
    secret = vault.decrypt(row.secret)
    if account.oauth is None:
        return Password(secret["password"])
    grant = grant_of(secret)
    if renew or not grant.is_fresh(now):
        _require_consent(row, now)
        grant = _Renewal(account, account.oauth, database, vault, now).after(grant)
    return AccessToken(grant.access_token)


class _Renewal:
    """One renewal of the tokens of an account."""

    def __init__(self, account: ImapAccount, client: OAuthClient, database: Database, vault: Vault, now: datetime):
        self._account, self._client = account, client
        self._database, self._vault = database, vault
        self._now = now

    def after(self, stale: Grant) -> Grant:
        """Return tokens that follow some: those that another process stored meanwhile, or new ones."""
        deadline = time.monotonic() + CLAIM.total_seconds()
        while (latest := self._claim(stale)) is None:
            if time.monotonic() > deadline:
                raise MailServerUnavailable(
                    f"another process has been renewing the access of account {self._account.name} for a minute;"
                    " it is tried again"
                )
            time.sleep(PAUSE_SECONDS)
        if latest.access_token != stale.access_token and latest.is_fresh(self._now):
            return latest
        return self._renewed(latest)

    def _claim(self, stale: Grant) -> Grant | None:
        """Return the tokens as they are stored now, and claim to renew them if need be; `None` while another does."""
        with self._database.unit_of_work() as session:
            latest = self._stored(accounts.secret_of(session, self._account.id, to_change=True))
            if latest.access_token != stale.access_token and latest.is_fresh(self._now):
                return latest
            return latest if renewals.begin_renewal(session, self._account.id, self._now, CLAIM) else None

    def _renewed(self, grant: Grant) -> Grant:
        name = self._account.name
        try:
            tokens = oauth.renewed(self._client, grant.client_secret, grant.refresh_token, account=name)
        except ConsentGone as error:
            with self._database.unit_of_work() as session:
                renewals.note_consent_gone(session, self._account.id, str(error), self._now)
            raise
        except BaseException:
            with self._database.unit_of_work() as session:
                renewals.end_renewal(session, self._account.id)
            raise
        return self._keep(grant, grant.renewed(tokens, self._now))

    def _keep(self, used: Grant, fresh: Grant) -> Grant:
        """Store new tokens, if need be when the database is back; return those that are stored in the end.

        Raises:
            StorageUnavailable: It was away for minutes; somebody may have to consent anew.
        """
        deadline = time.monotonic() + KEPT_FOR.total_seconds()
        while True:
            try:
                return self._keep_once(used, fresh)
            except StorageUnavailable:
                if time.monotonic() > deadline:
                    raise
                log.warning("new tokens wait for the database", account=self._account.name)
                time.sleep(PAUSE_SECONDS)

    def _keep_once(self, used: Grant, fresh: Grant) -> Grant:
        """Store new tokens, unless newer ones came meanwhile: by consent given anew, or after our claim ran out."""
        with self._database.unit_of_work() as session:
            latest = self._stored(accounts.secret_of(session, self._account.id, to_change=True))
            if latest.refresh_token != used.refresh_token and latest.issued_at >= fresh.issued_at:
                return latest
            accounts.store_secret(session, self._account.id, self._vault.encrypt(fresh.as_secret()))
            renewals.note_renewed(session, self._account.id)
        return fresh

    def _stored(self, secret: bytes | None) -> Grant:
        if secret is None:
            raise AccountNotFound(self._account.name)
        return grant_of(self._vault.decrypt(secret))


def _require_consent(row: Account, now: datetime) -> None:
    gone = renewals.consent_gone(row.oauth)
    if gone is not None and gone[0] <= now < gone[0] + ASK_AGAIN_AFTER:
        raise ConsentGone(gone[1])


def _row(account: ImapAccount, database: Database) -> Account:
    with database.reading() as session:
        found = accounts.by_id(session, account.id)
    if found is None:
        raise AccountNotFound(account.name)
    return found.account
