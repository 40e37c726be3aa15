"""When an email was set aside, its cause in words that group, and indexes that count.

Why: emails that were set aside are listed by cause and time, and the number of attempts stood in the words of the
cause; counting emails by state read the whole table.
What the running release sees meanwhile: mail is neither taken in nor read while the indexes are made, some seconds for
a million emails. What it sets aside afterwards has no `failed_at` and the number in its words: it is listed and tried
again as ever, in a group of its own.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NOT_FAILED = sa.text("state <> 'failed' AND handled_at IS NULL")
SET_ASIDE = sa.text("state = 'failed' AND handled_at IS NULL")
FAILED = sa.text("state = 'failed'")
COUNTED = "given up after % attempts: %"


def upgrade() -> None:
    op.add_column("email", sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True))
    # The last time it was enqueued is the nearest to the last attempt that is known.
    op.execute("UPDATE email SET failed_at = enqueued_at WHERE state = 'failed'")
    place = "strpos" if op.get_bind().dialect.name == "postgresql" else "instr"
    op.execute(
        sa.text(
            f"UPDATE email SET error = substr(error, {place}(error, ': ') + 2, 500)"  # noqa: S608 (one of two names)
            " WHERE state = 'failed' AND error LIKE :counted"
        ).bindparams(counted=COUNTED)
    )
    op.drop_index("ix_email_failed", table_name="email")
    partial_index("ix_email_failed", ["id"], SET_ASIDE)
    partial_index("ix_email_failed_cause", ["error_stage", "error", "id", "failed_at", "mailbox_id"], SET_ASIDE)
    partial_index("ix_email_state", ["state"], NOT_FAILED)


def downgrade() -> None:
    op.drop_index("ix_email_state", table_name="email")
    op.drop_index("ix_email_failed_cause", table_name="email")
    op.drop_index("ix_email_failed", table_name="email")
    partial_index("ix_email_failed", ["id"], FAILED)
    op.execute(
        "UPDATE email SET error = 'given up after ' || attempts || ' attempts: ' || error WHERE state = 'failed'"
    )
    op.drop_column("email", "failed_at")


def partial_index(name: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, "email", columns, unique=False, sqlite_where=where, postgresql_where=where)
