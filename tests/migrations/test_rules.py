"""What a migration may do while the release before serves."""

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import event

from tests.conftest import missing
from tests.migrations.next_release import NextRelease
from triage.storage import schema
from triage.storage.session import create_engine_for

# Nothing was released before this one, so nobody served while it and those before it ran.
BASELINE = "0017"
# What it says of style, or what is ours to do: each step is a transaction with a lock timeout, and may run again.
NOT_OURS = (
    "require-timeout-settings",
    "require-lock-timeout",
    "require-statement-timeout",
    "prefer-robust-stmts",
    "prefer-bigint-over-int",
    "prefer-bigint-over-smallint",
    "prefer-identity",
    "prefer-text-field",
    "ban-concurrent-index-creation-in-transaction",
)

CHANGES_ROWS = re.compile(r"\s*(UPDATE|DELETE FROM|INSERT INTO) (?!alembic_version|compatibility)", re.IGNORECASE)


def scripts(folder=None):
    """Every migration, oldest first; those of a folder, or ours."""
    home = folder or Path(importlib.util.find_spec("migrations").submodule_search_locations[0])
    directory = ScriptDirectory(str(home))
    return list(reversed(list(directory.walk_revisions())))


def statements_of(revision, url, monkeypatch, folder=None):
    """Run one migration on a PostgreSQL that is at the one before; return what it said to the database."""
    said = []
    engine = create_engine_for(url)

    @event.listens_for(engine, "before_cursor_execute")
    def listen(connection, cursor, statement, *_):
        said.append(statement)

    if folder is not None:
        config = schema._alembic_config()
        config.set_main_option("script_location", str(folder))
        monkeypatch.setattr(schema, "_alembic_config", lambda: config)
    schema.migrate(engine, revision)
    engine.dispose()
    changes = (
        "ALTER",
        "CREATE",
        "DROP",
        "UPDATE",
        "DELETE",
        "INSERT",
        "TRUNCATE",
        "LOCK",
        "REINDEX",
        "CLUSTER",
        "VACUUM",
    )
    ours = ("alembic_version", "compatibility")
    return [one for one in said if one.lstrip().startswith(changes) and not any(name in one for name in ours)]


def faults_of(statements, tmp_path):
    """What squawk says against some statements, one line each."""
    program = shutil.which("squawk", path=Path(sys.executable).parent)
    if program is None:
        missing("squawk", "it is among the packages for development")
    file = tmp_path / "migration.sql"
    file.write_text(";\n".join(statements) + ";\n")
    command = [program, "--pg-version", "15", "--reporter", "gcc", "--assume-in-transaction"]
    done = subprocess.run(
        [*command, *(f"--exclude={rule}" for rule in NOT_OURS), str(file)], capture_output=True, text=True, check=False
    )
    told = [line.split("warning: ")[1].split()[0] for line in done.stdout.splitlines() if "warning: " in line]
    # It minds no change of many rows, which holds each of them until the end.
    return told + ["changing-rows" for one in statements if CHANGES_ROWS.match(one)]


def test_revisions_are_numbers_in_one_line_and_say_who_may_serve():
    """Each follows the one before; no migration lets in a release that an earlier one shut out."""
    found = scripts()

    assert [one.revision for one in found] == [f"{number:04}" for number in range(1, len(found) + 1)]
    serves = [one.module.serves for one in found if one.revision >= BASELINE]
    assert serves == sorted(serves)
    assert all(oldest <= one.revision for oldest, one in zip(serves, found[int(BASELINE) - 1 :], strict=True))


@pytest.mark.parametrize("revision", [one.revision for one in scripts() if one.revision >= BASELINE])
def test_migration_keeps_nobody_waiting(postgres_url, revision, monkeypatch, tmp_path):
    """No statement holds a table for long or takes away what the release before uses, whatever the table holds."""
    engine = create_engine_for(postgres_url)
    schema.migrate(engine, f"{int(revision) - 1:04}")
    engine.dispose()

    said = statements_of(revision, postgres_url, monkeypatch)

    assert faults_of(said, tmp_path) == []


COLUMN = 'op.add_column("email", sa.Column("colour", sa.Text(), nullable=True))'


@pytest.mark.parametrize(
    ("step", "fault"),
    [
        ('op.create_index("ix_x", "email", ["size_bytes"])', "require-concurrent-index-creation"),
        ('op.add_column("email", sa.Column("x", sa.Text(), nullable=False))', "adding-required-field"),
        ('op.alter_column("email", "size_bytes", type_=sa.BigInteger())', "changing-column-type"),
        ('op.alter_column("email", "topic", nullable=False)', "adding-not-nullable-field"),
        ('op.drop_column("email", "topic")', "ban-drop-column"),
        ('op.alter_column("email", "topic", new_column_name="subject_matter")', "renaming-column"),
        ('op.create_foreign_key("fk", "email", "incident", ["incident_id"], ["id"])', "adding-foreign-key-constraint"),
        ('op.drop_table("sender")', "ban-drop-table"),
        ('op.execute("UPDATE email SET topic = NULL")', "changing-rows"),
        (COLUMN, None),
        ('create_index_meanwhile("ix_x", "email", ["size_bytes"])', None),
        ('op.create_table("x", sa.Column("id", row_id(), primary_key=True), sa.Column("y", json()))', None),
    ],
)
def test_what_would_keep_everybody_waiting_is_found(migrated_postgres_url, step, fault, monkeypatch, tmp_path):
    """Each kind of change that holds a table, or takes away what is used, is told; what only adds is not."""
    following = NextRelease.made(tmp_path / "next", (step, "pass"))
    folder = following.folder / "migrations"

    found = faults_of(statements_of(following.newest, migrated_postgres_url, monkeypatch, folder), tmp_path)

    assert (fault in found) if fault else found == []
