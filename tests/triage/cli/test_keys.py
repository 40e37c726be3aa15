"""`triage keys` and `triage login`."""

import json

from triage.access import digest_of
from triage.storage import keys


def test_new_key_is_the_last_word_and_nowhere_else(run, data, database):
    """`keys create --scope S` prints the key last; what is stored is its digest, and the list shows how it begins."""
    made = run("keys", "create", "--scope", "read", "--scope", "submit", "--mailbox", "a", "--data", data)
    listed = run("keys", "list", "--json", "--data", data)

    key, told = made.stdout.split()[-1], json.loads(listed.stdout)["items"][0]
    assert (made.returncode, made.stderr) == (0, "")
    with database.reading() as session:
        assert keys.key_by_id(session, 1).digest == digest_of(key)
    assert key not in listed.stdout
    assert (told["scopes"], told["mailboxes"], key.startswith(told["beginning"])) == (["read", "submit"], ["a"], True)


def test_revoked_key_stays_on_the_list_and_one_that_is_none_is_told(run, data):
    """Revoking says which; a number that is no key's is exit 1, and a key for nothing wrong usage."""
    run("keys", "create", "--role", "agent", "--name", "web form", "--data", data)

    revoked, again = run("keys", "revoke", "1", "--data", data), run("keys", "list", "--data", data)
    missing, nothing = run("keys", "revoke", "7", "--data", data), run("keys", "create", "--data", data)

    assert revoked.returncode == 0
    assert "web form" in revoked.stdout
    assert "revoked" in again.stdout
    assert (missing.returncode, nothing.returncode) == (1, 2)
    assert "triage keys list" in missing.stderr


def test_login_prints_a_link_to_the_port_that_is_asked_for(run, data):
    """The link is the only thing on stdout."""
    told = run("login", "--port", "9000", "--data", data)

    assert told.stdout.startswith("http://127.0.0.1:9000/login?link=link_")
    assert len(told.stdout.splitlines()) == 1


def test_everybody_is_let_in_on_this_machine_alone(run, data):
    """`TRIAGE_AUTH=off` beside an address that others reach is refused with what to do."""
    refused = run("serve", "--host", "0.0.0.0", "--data", data, TRIAGE_AUTH="off")

    assert refused.returncode == 1
    assert "listen on 127.0.0.1" in refused.stderr
