"""The next release, as far as its migrations go: this one's, and further ones that a test writes.

Nothing was released yet whose code could serve while the migrations of this release run. What the first release will
have to bear is the migrations of its successor; so this code serves, and migrations that do not exist yet run.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import migrations
from triage.storage import schema

MIGRATION = '''"""A migration of a release to come."""

import sqlalchemy as sa
from alembic import op
from migrations.columns import json, moment, row_id
from migrations.indexes import create_index_meanwhile

revision = "{revision}"
down_revision = "{before}"
branch_labels = None
depends_on = None
serves = "{serves}"


def upgrade() -> None:
    {upgrade}


def downgrade() -> None:
    {downgrade}
'''


@dataclass(frozen=True)
class NextRelease:
    """A folder whose `migrations` go before those of this release.

    Attributes:
        folder: Where they are.
        newest: The revision that they lead to.
    """

    folder: Path
    newest: str

    @classmethod
    def made(cls, folder: Path, *steps: tuple[str, str], serves: str | None = None) -> "NextRelease":
        """Copy the migrations of this release and add one for each step: what it does upwards, and downwards.

        Args:
            folder: Where to; made here.
            steps: Statements of `upgrade` and `downgrade`.
            serves: The earliest revision whose release works on what they leave; this release's, if none is named.
        """
        home = Path(str(migrations.__file__)).parent
        shutil.copytree(home, folder / "migrations", ignore=shutil.ignore_patterns("__pycache__"))
        before = schema.head()
        for upgrade, downgrade in steps:
            revision = f"{int(before) + 1:04}"
            text = MIGRATION.format(
                revision=revision,
                before=before,
                serves=serves or schema.head(),
                upgrade=upgrade.replace("\n", "\n    "),
                downgrade=downgrade.replace("\n", "\n    "),
            )
            (folder / "migrations" / "versions" / f"{revision}_to_come.py").write_text(text)
            before = revision
        return cls(folder, before)

    def migrate(self, url: str, revision: str = "head") -> subprocess.Popen[str]:
        """Begin its `triage migrate` on a database."""
        path = os.pathsep.join([str(self.folder), str(Path(str(migrations.__file__)).parents[1])])
        return subprocess.Popen(
            [sys.executable, "-m", "triage", "migrate", revision],
            env=os.environ | {"PYTHONPATH": path, "TRIAGE_DATABASE_URL": url},
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


def end_of(migration: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Wait for the end of a migration; return its exit code and what it said on both streams."""
    said, complained = migration.communicate(timeout=120)
    return migration.returncode, said, complained
