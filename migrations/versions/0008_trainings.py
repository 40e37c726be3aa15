"""Trainings: that one was asked for, how far it is, and how it ended.

Why: whoever asks for a training is owed an end and a reason, whatever happens to the worker that trains.
What the running release sees meanwhile: nothing of it; it trains from the command line alone.
"""

import sqlalchemy as sa
from alembic import op

from migrations.columns import json, moment, row_id

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

UNFINISHED = sa.text("state IN ('queued', 'running')")


def upgrade() -> None:
    op.create_table(
        "training",
        sa.Column("id", row_id(), nullable=False),
        sa.Column("mailbox_id", row_id(), nullable=False),
        sa.Column("cause", sa.String(length=20), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("requested_at", moment(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("progress", sa.Double(), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("started_at", moment(), nullable=True),
        sa.Column("beat_at", moment(), nullable=True),
        sa.Column("finished_at", moment(), nullable=True),
        sa.Column("labels_seen", sa.String(length=100), nullable=False),
        sa.Column("labels_used", sa.Integer(), nullable=False),
        sa.Column("labels_ignored", json(), nullable=False),
        sa.Column("version", sa.String(length=100), nullable=True),
        sa.Column("figures", json(), nullable=True),
        sa.Column("page", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailbox.id"], name=op.f("fk_training_mailbox_id_mailbox")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_training_mailbox", "training", ["mailbox_id", "id"], unique=False)
    # Of one mailbox one training at a time.
    op.create_index(
        "ix_training_unfinished",
        "training",
        ["mailbox_id"],
        unique=True,
        sqlite_where=UNFINISHED,
        postgresql_where=UNFINISHED,
    )


def downgrade() -> None:
    op.drop_table("training")
