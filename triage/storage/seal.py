"""Sealing what travels through Redis, so that who reads Redis, its files or the logs of a worker reads no mail.

The key lies in the database, which has the mail anyway and which API and workers share. It is fetched once: after that
texts are sealed and opened while the database is away.
"""

import secrets

from sqlalchemy import select

from triage.storage import tables
from triage.storage.dialect import insert_rows
from triage.storage.secrets import SHORTEST_KEY, Vault
from triage.storage.session import Database

_ONLY = 1


class Seal:
    """Seals words and opens them again; safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._vault: Vault | None = None

    def closed(self, words: str) -> str:
        """Return words as nobody reads them who does not read the database.

        Raises:
            StorageUnavailable: The database did not answer when first asked for the key.
        """
        return self._with_key().encrypt({"words": words}).decode()

    def opened(self, sealed: str) -> str:
        """Return words that were sealed.

        Raises:
            SecretUnreadable: They were sealed with another key than the database has.
            StorageUnavailable: The database did not answer when first asked for the key.
        """
        return self._with_key().decrypt(sealed.encode())["words"]

    def _with_key(self) -> Vault:
        if self._vault is None:
            self._vault = Vault((self._key(),))
        return self._vault

    def _key(self) -> str:
        own = select(tables.Seal.key).where(tables.Seal.id == _ONLY)
        with self._database.reading() as session:
            key = session.scalar(own)
        if key is None:
            with self._database.unit_of_work() as session:
                made = {"id": _ONLY, "key": secrets.token_urlsafe(SHORTEST_KEY)}
                insert_rows(session, tables.Seal, [made], unless_there=["id"])
            # Of two processes that made one at once, both take that of the first.
            with self._database.reading() as session:
                key = session.scalars(own).one()
        return key
