"""For how long mailboxes keep mail, the key that seals what travels through Redis, and answers to be given again.

Why: mail is kept no longer than somebody wants it, text that is read on request is nowhere but in memory, and what is
asked twice with one `Idempotency-Key` is done once.
What the running release sees meanwhile: nothing of it, the tables are new.
"""

import sqlalchemy as sa
from alembic import op

from migrations.columns import json, moment, row_id

revision = "0016"
down_revision = "0015"
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
    op.create_table(
        "answer",
        sa.Column("name", sa.LargeBinary(length=32), nullable=False),
        sa.Column("begun_at", moment(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(length=32), nullable=True),
        sa.Column("status", sa.SmallInteger(), nullable=True),
        sa.Column("headers", json(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_answer")),
    )
    op.create_index("ix_answer_begun_at", "answer", ["begun_at"])


def downgrade() -> None:
    op.drop_index("ix_answer_begun_at", table_name="answer")
    op.drop_table("answer")
    op.drop_table("seal")
    op.drop_table("retention")
