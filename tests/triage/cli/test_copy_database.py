"""`triage copy-database` as a person uses it."""

from ipaddress import ip_network

import pytest

from triage.embedded import secret_key_path
from triage.network import Guard
from triage.outbox import Event
from triage.settings import Settings, vault_of
from triage.webhooks.webhooks import Webhooks


def test_data_folder_becomes_a_file_of_its_own_and_says_which_key_opens_it(run, data, database, tmp_path):
    """Each table is told as equal; who has secrets is told where their key is; a second time nothing is overwritten."""
    vault = vault_of(Settings(data_dir=data))
    Webhooks(database, vault, Guard((ip_network("0.0.0.0/0"),))).add("https://example.com/hook", [Event.EMAIL_RANKED])
    database.close()

    done = run("copy-database", data, tmp_path / "copy.sqlite3")
    again = run("copy-database", data, tmp_path / "copy.sqlite3")
    compared = run("copy-database", data, tmp_path / "copy.sqlite3", "--verify")

    assert (done.returncode, again.returncode, compared.returncode) == (0, 1, 0)
    assert "both say the same" in done.stderr
    assert f"TRIAGE_SECRET_KEY (or TRIAGE_SECRET_KEY_FILE), the file {secret_key_path(data)}" in done.stderr
    assert "holds rows already" in again.stderr
    assert done.stdout.count("equal") == compared.stdout.count("equal") > 30


@pytest.mark.parametrize(
    "address", ["postgresql://anna:hidden-word@127.0.0.1:9/none", "mysql://anna:hidden-word@127.0.0.1/none"]
)
def test_password_of_an_address_is_never_told(run, data, address, tmp_path):
    """Neither a database that does not answer nor an address that cannot be used brings it out."""
    ends = [run("copy-database", data, address), run("copy-database", address, tmp_path / "copy.sqlite3")]

    assert [done.returncode for done in ends] == [1, 1]
    assert all(done.stderr.startswith("triage: ") and done.stderr.count("\n") == 1 for done in ends)
    assert "hidden-word" not in "".join(done.stdout + done.stderr for done in ends)
