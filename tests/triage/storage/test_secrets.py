"""Passwords and tokens, encrypted before they are stored."""

import multiprocessing
import stat

import pytest
from pydantic import ValidationError

from triage.api.services import vault_of
from triage.errors import NoSecretKey, SecretUnreadable
from triage.settings import Settings
from triage.storage.secrets import Vault, make_key

OLD, NEW = "an old key of more than thirty-two characters", "a new key of more than thirty-two characters"
SECRET = {"password": "gehéim"}


def test_secret_comes_back_and_is_not_to_be_seen_meanwhile():
    """What is stored shows neither the secret nor the key, and neither does the vault."""
    vault = Vault((OLD,))

    stored = vault.encrypt(SECRET)

    assert vault.decrypt(stored) == SECRET
    assert b"geh" not in stored
    assert "old key" not in repr(vault)


def test_key_is_replaced_without_a_moment_at_which_a_secret_cannot_be_read():
    """The new key encrypts and both decrypt; encrypted anew, a secret no longer needs the old one."""
    stored = Vault((OLD,)).encrypt(SECRET)
    both = Vault((NEW, OLD))

    anew = both.encrypt_anew(stored)

    assert both.decrypt(stored) == both.decrypt(anew) == SECRET
    assert Vault((NEW,)).decrypt(anew) == SECRET
    with pytest.raises(SecretUnreadable, match="another key"):
        Vault((NEW,)).decrypt(stored)
    with pytest.raises(SecretUnreadable, match="another key"):
        Vault((NEW,)).encrypt_anew(stored)


def test_embedded_instance_makes_its_own_key_once(tmp_path):
    """Only its owner may read the file, a second vault reads the same, and a key that is set later goes before it."""
    file = tmp_path / "secret.key"

    stored = Vault(file=file).encrypt(SECRET)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]
    assert Vault(file=file).decrypt(stored) == Vault((NEW,), file).decrypt(stored) == SECRET
    assert Vault((NEW,)).decrypt(Vault((NEW,), file).encrypt(SECRET)) == SECRET


def test_two_that_make_a_key_at_once_have_the_same(tmp_path):
    """Sixteen tries from four processes leave one whole key and no other file."""
    file = tmp_path / "secret.key"

    with multiprocessing.get_context("spawn").Pool(4) as pool:
        pool.map(make_key, [file] * 16)

    assert list(tmp_path.iterdir()) == [file]
    assert len(file.read_text().strip()) >= 32


def test_lost_or_damaged_key_is_told_and_not_replaced(tmp_path):
    """Reading a secret never makes a key: a new one would hide that the old one is gone."""
    file = tmp_path / "secret.key"
    stored = Vault(file=file).encrypt(SECRET)

    file.write_text("")
    with pytest.raises(SecretUnreadable, match="holds no key"):
        Vault(file=file).decrypt(stored)
    file.unlink()
    with pytest.raises(SecretUnreadable, match="another key"):
        Vault(file=file).decrypt(stored)
    assert not file.exists()


def test_production_database_needs_a_key_that_somebody_set(tmp_path):
    """Nothing is encrypted with a key that other machines do not have."""
    vault = vault_of(Settings(data_dir=tmp_path, database_url="postgresql://db.example/triage"))

    with pytest.raises(NoSecretKey, match="set TRIAGE_SECRET_KEY"):
        vault.encrypt(SECRET)
    assert list(tmp_path.iterdir()) == []


def test_keys_are_settings_that_nothing_prints(tmp_path, monkeypatch):
    """Several stand between commas, in the variable or in a file; neither settings nor an error shows one."""
    (tmp_path / "keys").write_text(f"{NEW}, {OLD}\n")
    monkeypatch.setenv("TRIAGE_SECRET_KEY_FILE", str(tmp_path / "keys"))
    settings = Settings(data_dir=tmp_path, database_url="postgresql://db.example/triage")

    assert vault_of(settings).decrypt(Vault((OLD,)).encrypt(SECRET)) == SECRET
    assert Vault((NEW,)).decrypt(vault_of(settings).encrypt(SECRET)) == SECRET
    assert "new key" not in repr(settings)
    with pytest.raises(ValidationError, match="32 characters") as refused:
        Settings(secret_key="too short")
    assert "too short" not in str(refused.value)
