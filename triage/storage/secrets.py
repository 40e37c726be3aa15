"""Passwords and tokens, encrypted before they are stored.

A key is any text of at least 32 characters; HKDF (RFC 5869) makes one for Fernet of it. Of several keys the first
encrypts and each decrypts: to replace a key, set the new one before the old one, encrypt every secret anew, and then
drop the old one.

An embedded instance makes a key for itself, once, and keeps it beside its database. It is written whole under another
name and then given its own by link(2), which fails where that name is taken: of two processes that do so at once one
wins and both read the same, and one that is killed meanwhile leaves no half a key behind.
"""

import base64
import json
import os
import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from triage.errors import NoSecretKey, SecretUnreadable
from triage.storage.durable import sync_folder

SHORTEST_KEY = 32

# What is encrypted together: a password, or the tokens of a login by OAuth.
Secret = Mapping[str, str]


class Vault:
    """Encrypts and decrypts; looks for its keys only when it is first asked to.

    Args:
        keys: Those that were set, the one that encrypts first.
        file: Where an embedded instance keeps its own key; `None` where keys must be set.
    """

    def __init__(self, keys: tuple[str, ...] = (), file: Path | None = None) -> None:
        self._keys = keys
        self._file = file

    def encrypt(self, secret: Secret) -> bytes:
        """Return a secret as it may be stored.

        Raises:
            NoSecretKey: None is set, and none can be made.
        """
        if not self._keys and self._file is not None:
            make_key(self._file)
        return self._fernet().encrypt(json.dumps(dict(secret)).encode())

    def decrypt(self, stored: bytes) -> dict[str, str]:
        """Return a secret.

        Raises:
            SecretUnreadable: It was encrypted with a key that we do not have.
            NoSecretKey: None is set.
        """
        try:
            secret: dict[str, str] = json.loads(self._fernet().decrypt(stored))
        except InvalidToken as error:
            raise SecretUnreadable(_other_key(self._file)) from error
        return secret

    def encrypt_anew(self, stored: bytes) -> bytes:
        """Return a stored secret encrypted with the first key.

        Raises:
            SecretUnreadable: It was encrypted with a key that we do not have.
            NoSecretKey: None is set.
        """
        try:
            return self._fernet().rotate(stored)
        except InvalidToken as error:
            raise SecretUnreadable(_other_key(self._file)) from error

    def __repr__(self) -> str:
        """Keep the keys out of logs and tracebacks."""
        return "Vault(…)"

    def _fernet(self) -> MultiFernet:
        own = () if self._file is None else _own_key(self._file)
        keys = (*self._keys, *own)
        if not keys and self._file is not None:
            raise SecretUnreadable(_other_key(self._file))
        if not keys:
            raise NoSecretKey(
                f"no key for the passwords of accounts is set; set TRIAGE_SECRET_KEY to {SHORTEST_KEY} or more"
                " characters, the same for every process (`openssl rand -base64 32` makes some)"
            )
        return MultiFernet([_fernet_of(key) for key in keys])


def make_key(file: Path) -> None:
    """Make a key and keep it in a file that its owner alone may read, unless there is one already.

    Raises:
        OSError: The folder cannot be written to.
    """
    if file.exists():
        return
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Made with O_EXCL and mode 0600.
    handle, name = tempfile.mkstemp(prefix=f"{file.name}.", dir=file.parent)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as opened:
            opened.write(secrets.token_urlsafe(SHORTEST_KEY) + "\n")
            opened.flush()
            os.fsync(opened.fileno())
        os.link(name, file)
        sync_folder(file.parent)
    except FileExistsError:
        return  # another process was faster; its key is ours too
    finally:
        Path(name).unlink()


def _own_key(file: Path) -> tuple[str, ...]:
    try:
        key = file.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ()
    if len(key) < SHORTEST_KEY:
        raise SecretUnreadable(
            f"{file} holds no key; restore it from a backup, or remove it and give every secret anew"
        )
    return (key,)


def _fernet_of(key: str) -> Fernet:
    derived = HKDF(SHA256(), length=32, salt=None, info=b"triage: secrets of accounts").derive(key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))


def _other_key(file: Path | None) -> str:
    where = "TRIAGE_SECRET_KEY" if file is None else f"{file} or TRIAGE_SECRET_KEY"
    return (
        f"a stored secret was encrypted with another key than we have; put the old key back ({where}), or give the"
        " password or the consent anew with `triage accounts`"
    )
