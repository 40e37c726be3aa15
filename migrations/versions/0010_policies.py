"""Policies of mailboxes, which policy placed an email, mail set aside until a time, and when mail is due.

Why: people rank by rules of their own and change them while mail comes in; they put mail off and want it back.
What the running release sees meanwhile: nothing of it. Mail that it places has no policy version, so it is placed again
once a mailbox has a policy of its own; mail that was put off it shows as open.
"""

import sqlalchemy as sa
from alembic import op

from migrations.columns import moment, row_id

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

UNHANDLED = sa.text("handled_at IS NULL")
SNOOZED = sa.text("snoozed_until IS NOT NULL")
IN_TIME = sa.text("due_at IS NOT NULL AND breached_at IS NULL AND handled_at IS NULL")
COLUMNS = ("snoozed_until", "policy_version", "due_at", "breached_at")


def upgrade() -> None:
    for name in COLUMNS:
        kind = sa.String(length=20) if name == "policy_version" else moment()
        op.add_column("email", sa.Column(name, kind, nullable=True))
    for name, columns, where in (
        ("ix_email_policy_version", ["mailbox_id", "policy_version", "id"], UNHANDLED),
        ("ix_email_snoozed", ["snoozed_until"], SNOOZED),
        ("ix_email_due", ["due_at"], IN_TIME),
    ):
        op.create_index(name, "email", columns, unique=False, sqlite_where=where, postgresql_where=where)
    op.create_table(
        "policy_change",
        sa.Column("id", row_id(), nullable=False),
        sa.Column("mailbox_id", row_id(), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("changed_at", moment(), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("before_id", row_id(), nullable=True),
        sa.ForeignKeyConstraint(
            ["before_id"], ["policy_change.id"], name=op.f("fk_policy_change_before_id_policy_change")
        ),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailbox.id"], name=op.f("fk_policy_change_mailbox_id_mailbox")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_change")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_policy_change_mailbox", "policy_change", ["mailbox_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_table("policy_change")
    for name in ("ix_email_due", "ix_email_snoozed", "ix_email_policy_version"):
        op.drop_index(name, table_name="email")
    for name in reversed(COLUMNS):
        op.drop_column("email", name)
