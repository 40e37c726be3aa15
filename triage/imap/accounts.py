"""What a person does with accounts: add, look, test, give a secret anew, remove."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from triage.audit import note
from triage.imap.account import AccessToken, Credentials, ImapAccount, Password
from triage.imap.credentials import credentials_of
from triage.imap.grant import grant_of
from triage.imap.inspection import FolderSeen, inspect
from triage.imap.login import Shown
from triage.imap.rules import require_sensible
from triage.imap.state import AccountStatus, status_of
from triage.imap.stored import STRICT, account_by_name, account_of, add_account, stored_accounts
from triage.network import Guard
from triage.storage import accounts, renewals
from triage.storage.mailboxes import require_mailbox
from triage.storage.secrets import Secret, Vault
from triage.storage.session import Database


@dataclass(frozen=True, slots=True)
class Accounts:
    """The accounts of an instance, what encrypts their secrets, and what keeps those from elsewhere out of here."""

    database: Database
    vault: Vault
    guard: Guard = STRICT
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def add(self, account: ImapAccount, secret: Secret, now: datetime, *, insecure: bool = False) -> ImapAccount:
        """Store a new account; return it with its id.

        Raises:
            InvalidAccount: Its settings make no sense, or there is one of this name.
            NoSecretKey: Its secret cannot be encrypted.
        """
        require_sensible(account, insecure=insecure)
        encrypted = self.vault.encrypt(secret)
        with self.database.unit_of_work() as session:
            added = add_account(session, account, encrypted, now)
            mailbox_id = require_mailbox(session, account.mailbox)
            note(session, "account.added", f"account {account.name}", mailbox_id=mailbox_id, host=account.host)
        return added

    def require_new(self, account: ImapAccount, *, insecure: bool = False) -> None:
        """Return when `add` would take an account, before a person goes to the trouble of giving a secret.

        Raises:
            InvalidAccount: As in `add`.
        """
        require_sensible(account, insecure=insecure)
        with self.database.reading() as session:
            accounts.require_free(session, account.name)

    def by_name(self, name: str) -> ImapAccount:
        """Return an account.

        Raises:
            AccountNotFound: There is none of this name.
        """
        with self.database.reading() as session:
            return account_by_name(session, name, self.guard)

    def all(self) -> Sequence[ImapAccount]:
        """Return every account, in the order of names."""
        with self.database.reading() as session:
            return stored_accounts(session, self.guard)

    def with_generations(self) -> list[tuple[ImapAccount, int]]:
        """Return every account with how often a person gave it another secret; renewed tokens do not count."""
        with self.database.reading() as session:
            return [
                (account_of(row, self.guard), row.account.secret_generation) for row in accounts.all_accounts(session)
            ]

    def shown(self, account: ImapAccount) -> Shown:
        """Return what gives the server of an account its password or access token; see `credentials_of`."""
        return lambda anew: credentials_of(account, self.database, self.vault, self.clock(), renew=anew)

    def take_in_since(self, name: str, since: datetime) -> ImapAccount:
        """Let an account take in older mail too, of what was there when it was added; return it as it is now.

        Raises:
            AccountNotFound: There is none of this name.
        """
        with self.database.unit_of_work() as session:
            account = account_by_name(session, name, self.guard)
            if account.since is not None and since < account.since:
                accounts.change(session, account.id, since=since)
                note(session, "account.changed", f"account {name}", since=since.isoformat())
            return account_by_name(session, name, self.guard)

    def with_status(self, now: datetime) -> list[tuple[ImapAccount, AccountStatus]]:
        """Return every account and how it goes with it, in the order of names."""
        with self.database.reading() as session:
            return [(account_of(row, self.guard), status_of(row, now)) for row in accounts.all_accounts(session)]

    def one_with_status(self, name: str, now: datetime) -> tuple[ImapAccount, AccountStatus]:
        """Return an account and how it goes with it.

        Raises:
            AccountNotFound: There is none of this name.
        """
        with self.database.reading() as session:
            row = accounts.by_name(session, name)
            return account_of(row, self.guard), status_of(row, now)

    def test(self, name: str) -> Sequence[FolderSeen]:
        """Log in and look into each folder; nothing is read and nothing changed.

        Raises:
            AccountNotFound: There is none of this name.
            LoginRefused: The server, or the identity provider, does not let us in.
            FolderNotFound: A folder that is to be read is not there.
            MailServerUnavailable: The server, or the identity provider, cannot be reached.
            SecretUnreadable: The secret was encrypted with another key.
        """
        account = self.by_name(name)
        return inspect(account, self.shown(account))

    def change_secret(self, name: str, secret: Secret) -> None:
        """Replace the secret of an account; whatever was wrong with it counts as mended.

        Raises:
            AccountNotFound: There is none of this name.
            NoSecretKey: The secret cannot be encrypted.
        """
        account, encrypted = self.by_name(name), self.vault.encrypt(secret)
        with self.database.unit_of_work() as session:
            accounts.store_secret(session, account.id, encrypted)
            accounts.note_secret_given(session, account.id)
            renewals.note_renewed(session, account.id)
            accounts.end_problem(session, account.id)
            note(session, "account.secret_given", f"account {name}")

    def secret_of(self, name: str) -> Secret:
        """Return the secret of an account.

        Raises:
            AccountNotFound: There is none of this name.
            SecretUnreadable: It was encrypted with another key.
        """
        with self.database.reading() as session:
            return self.vault.decrypt(accounts.by_name(session, name).account.secret)

    def remove(self, name: str) -> None:
        """Forget an account; the emails that it brought stay.

        Raises:
            AccountNotFound: There is none of this name.
        """
        with self.database.unit_of_work() as session:
            accounts.remove(session, accounts.by_name(session, name).account.id)
            note(session, "account.removed", f"account {name}")

    def encrypt_anew(self) -> int:
        """Encrypt every secret with the first key, all or none; return how many.

        Raises:
            SecretUnreadable: One was encrypted with a key that we do not have.
        """
        with self.database.unit_of_work() as session:
            ids = [row.account.id for row in accounts.all_accounts(session)]
            for account_id in ids:
                secret = accounts.secret_of(session, account_id, to_change=True)
                if secret is not None:
                    accounts.store_secret(session, account_id, self.vault.encrypt_anew(secret))
        return len(ids)


def first_shown(account: ImapAccount, secret: Secret) -> Shown:
    """Return what gives the server of an account that is not stored yet its password or access token."""
    first: Credentials
    first = Password(secret["password"]) if account.oauth is None else AccessToken(grant_of(secret).access_token)
    return lambda _: first
