"""An instance of an earlier release that is backed up, restored, upgraded, moved to PostgreSQL and taken back.

The commands are those of docs/backup.md and docs/upgrades.md, block by block; none is left out.
"""

import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import make_url, select

from tests.keys import bearing
from tests.make import accept, make_intake
from tests.system.conftest import Instance, until
from triage.demo import sample_mail
from triage.embedded import secret_key_path
from triage.settings import Settings, sqlite_url, vault_of
from triage.storage import schema
from triage.storage.session import Database
from triage.storage.tables import Webhook
from triage.web.app import create_app

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

DOCS = Path(__file__).parents[2] / "docs"
MAILS = 60


class Reader:
    """Somebody who types the commands of a page, block by block, at a shell."""

    def __init__(self, page: str, home: Path, **variables: str) -> None:
        text = (DOCS / page).read_text()
        self.left = re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
        clean = {name: value for name, value in os.environ.items() if not name.startswith("TRIAGE_")}
        paths = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        self.variables = clean | {"HOME": str(home), "PATH": paths, "COLUMNS": "120"} | variables

    def types(self, *expected: str, without: str = "") -> str:
        """Run the next block, which must have what is expected in it; return what was printed."""
        block = self.left.pop(0)
        assert all(one in block for one in expected), block
        lines = [line for line in block.splitlines() if not without or not line.startswith(without)]
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", "\n".join(lines)],
            env=self.variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr


@pytest.fixture
def home(tmp_path, redis):
    """The home of a person with the data folder of an earlier release, `triage`, whose mail waits to be read."""
    data = tmp_path / "home" / "triage"
    database = Database(sqlite_url(data))
    schema.migrate(database.engine)
    now = datetime.now(UTC)
    accept(make_intake(database, redis), *(raw for raw, _ in list(sample_mail(now))[-MAILS:]), now=now)
    schema.migrate(database.engine, "0005")
    database.close()
    return data.parent


def inbox_of(client):
    """What the inbox lists, in its order, but for how long mail has waited."""
    told = ("id", "subject", "topic", "priority", "band")
    return [
        [item[name] for name in told] + [one["text"] for one in item["reasons"] if one["factor"] != "waiting"]
        for item in client.get("/v1/inbox", params={"limit": 200}).json()["items"]
    ]


def test_instance_of_an_earlier_release_is_restored_upgraded_moved_and_taken_back(home, postgres_server, redis_server):
    """Its mail is read by this release, stands in PostgreSQL as it stood in SQLite, and can be labelled there."""
    server = make_url(postgres_server.url).set(drivername="postgresql")
    urls = {
        name: server.set(database=database).render_as_string(hide_password=False)
        for name, database in (
            ("TRIAGE_DATABASE_URL", "postgres"),
            ("MOVED_URL", "triage_moved"),
            ("RESTORED_URL", "triage_restored"),
        )
    }
    backups, upgrades = Reader("backup.md", home, **urls), Reader("upgrades.md", home)

    # Backed up as it is, and restored beside itself.
    assert "schema 0005" in backups.types("triage backup")
    assert f"schema 0005, which `triage up` brings to {schema.head()}" in backups.types(
        "triage restore", "triage up --data ~/triage-restored", without="triage up"
    )

    # Upgraded by `triage up`: kept as it was, and its mail is read though Redis is empty.
    restored = home / "triage-restored"
    instance = Instance(restored, {}, "--data", str(restored))
    try:
        instance.wait_until_running()
        instance.let_in()
        said = instance.output.read_text()
        assert f"(schema 0005) and is brought to {schema.head()}; it is kept as it was in {restored}" in said
        until(lambda: instance.status()["emails"]["read"] == MAILS, 120)
        first = instance.http.get("/v1/inbox").json()["items"][0]["id"]
        assert instance.http.post(f"/v1/emails/{first}/labels", json={"topic": "billing"}).is_success
        hook = {"url": "https://example.com/hook", "events": ["email.ranked"]}
        assert instance.http.post("/v1/webhooks", json=hook).is_success
    finally:
        instance.stop()
    with TestClient(create_app(Settings(data_dir=restored, allowed_hosts=("testserver",)))) as client:
        client.headers.update(bearing(instance.key))
        before = inbox_of(client)
    assert len(before) == MAILS

    # Moved to PostgreSQL, from where the page calls it `~/triage`; it tells of PostgreSQL's own backups before.
    backups.left = backups.left[2:] + backups.left[:2]
    shutil.rmtree(home / "triage")
    restored.rename(home / "triage")
    try:
        assert "both say the same" in backups.types("createdb", "triage copy-database")
        listed = backups.types("triage inbox", "--verify")
        assert "both say the same" in listed
        settings = Settings(
            data_dir=home / "elsewhere",
            database_url=urls["MOVED_URL"],
            redis_url=redis_server.url,
            secret_key=secret_key_path(home / "triage").read_text().strip(),
            allowed_hosts=("testserver",),
        )
        with TestClient(create_app(settings)) as client:
            client.headers.update(bearing(instance.key))
            assert inbox_of(client) == before
            last = before[-1][0]
            assert client.post(f"/v1/emails/{last}/labels", json={"urgency": "critical"}).is_success
            assert inbox_of(client) != before
            with client.app.state.services.database.reading() as session:
                assert vault_of(settings).decrypt(session.scalars(select(Webhook.secret)).one())
            moved = inbox_of(client)

        # Backed up and restored there by PostgreSQL's own tools.
        backups.variables["TRIAGE_DATABASE_URL"] = urls["MOVED_URL"]
        backups.types("pg_dump")
        assert f"database is at {schema.head()}" in backups.types("createdb", "pg_restore")
        again = settings.model_copy(update={"database_url": urls["RESTORED_URL"]})
        with TestClient(create_app(again)) as client:
            client.headers.update(bearing(instance.key))
            assert inbox_of(client) == moved
        assert backups.left == []
    finally:
        for name in ("triage_moved", "triage_restored"):
            command = f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"
            postgres_server._execute(command)

    # Taken back to the earlier release, as it was.
    upgrades.types("mv ~/triage/triage.sqlite3.before-*")
    assert upgrades.left == []
    database = Database(sqlite_url(home / "triage"))
    assert schema.revision_of(database.engine) == "0005"
    database.close()
