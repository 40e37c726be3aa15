"""Labels, the topics that a mailbox gives itself, and the reasons of mail that somebody labelled.

Why: what people say of an email is kept with who said it and when, counts at once, and is what models learn from.
What the running release sees meanwhile: nothing of it, the tables and the column are new. It shows the stored place of
labelled mail and the reasons of its verdict, and gives mail that it reads the place of its verdict alone.
"""

import sqlalchemy as sa
from alembic import op

from migrations.columns import json, moment, row_id

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SAYS_TOPIC = sa.text("topic IS NOT NULL AND withdrawn_at IS NULL")


def upgrade() -> None:
    op.add_column("email", sa.Column("reasons", json(), nullable=True))
    op.create_table(
        "topic",
        sa.Column("mailbox_id", row_id(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("created_at", moment(), nullable=False),
        sa.Column("retired_at", moment(), nullable=True),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailbox.id"], name=op.f("fk_topic_mailbox_id_mailbox")),
        sa.PrimaryKeyConstraint("mailbox_id", "key", name=op.f("pk_topic")),
    )
    op.create_table(
        "label",
        sa.Column("id", row_id(), nullable=False),
        sa.Column("email_id", row_id(), nullable=False),
        sa.Column("mailbox_id", row_id(), nullable=False),
        sa.Column("topic", sa.String(length=100), nullable=True),
        sa.Column("sentiment", sa.String(length=10), nullable=True),
        sa.Column("urgency", sa.String(length=10), nullable=True),
        sa.Column("action_required", sa.Boolean(), nullable=True),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("said_at", moment(), nullable=False),
        sa.Column("withdrawn_at", moment(), nullable=True),
        sa.Column("withdrawn_by", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["email_id"], ["email.id"], name=op.f("fk_label_email_id_email"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailbox.id"], name=op.f("fk_label_mailbox_id_mailbox")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_label")),
    )
    op.create_index("ix_label_email_id", "label", ["email_id"], unique=False)
    op.create_index("ix_label_mailbox", "label", ["mailbox_id", "said_at", "id"], unique=False)
    op.create_index(
        "ix_label_topic",
        "label",
        ["mailbox_id", "email_id", "said_at", "id", "source", "topic", "withdrawn_at"],
        unique=False,
        sqlite_where=SAYS_TOPIC,
        postgresql_where=SAYS_TOPIC,
    )


def downgrade() -> None:
    op.drop_table("label")
    op.drop_table("topic")
    op.drop_column("email", "reasons")
