"""On SQLite, the number of an email that was deleted is never given to another.

Why: whoever still works with the deleted one, a worker that reads it, took the new one for it.
What the running release sees meanwhile: on SQLite the table is written anew, during which nobody else reads or writes,
about two seconds for 100,000 emails. On PostgreSQL, which never did that, nothing happens.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "sqlite" or "AUTOINCREMENT" in _made(connection):
        return
    if connection.execute(sa.text("PRAGMA foreign_keys")).scalar():
        # The old table is dropped, and everything that belongs to an email would go with it.
        raise RuntimeError("the table of emails is made anew with foreign keys off; run `triage migrate`")
    before = connection.execute(sa.text("SELECT max(id), count(*) FROM email")).one()
    with op.batch_alter_table("email", recreate="always", table_kwargs={"sqlite_autoincrement": True}):
        pass
    if connection.execute(sa.text("SELECT max(id), count(*) FROM email")).one() != before:
        raise RuntimeError("not every email was copied; nothing was changed, please report it")


def downgrade() -> None:
    """Leave the table as it is: to the release before, it is the same."""


def _made(connection: sa.Connection) -> str:
    return str(connection.execute(sa.text("SELECT sql FROM sqlite_master WHERE name = 'email'")).scalar())
