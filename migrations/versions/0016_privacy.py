"""For how long mailboxes keep mail, and the key that seals what travels through Redis.

Why: mail is kept no longer than somebody wants it, and text that is read on request is nowhere but in memory.
What the running release sees meanwhile: nothing of it, both tables are new.
"""

import sqlalchemy as sa
from alembic import op

from migrations.columns import moment, row_id

revision = "0016"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "retention",
        sa.Column("mailbox_id", row_id(), autoincrement=False, nullable=False),
        sa.Column("raw_days", sa.Integer(), nullable=True),
        sa.Column("text_days", sa.Integer(), nullable=True),
        sa.Column("all_days", sa.Integer(), nullable=True),
        sa.Column("raw_to", sa.BigInteger(), nullable=False),
        sa.Column("text_to", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", moment(), nullable=True),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailbox.id"], name=op.f("fk_retention_mailbox_id_mailbox")),
        sa.PrimaryKeyConstraint("mailbox_id", name=op.f("pk_retention")),
    )
    op.create_table(
        "seal",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seal")),
    )


def downgrade() -> None:
    op.drop_table("seal")
    op.drop_table("retention")
