"""Mailboxes, emails with their bytes and attachments, and verdicts.

Why: the first schema; mail is accepted into `email` and `message`, and read into `verdict`.
What the running release sees meanwhile: nothing, there is none before this one.
"""

import sqlalchemy as sa
from alembic import op

from migrations.columns import json, moment, row_id

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mailbox",
        sa.Column("id", row_id(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("created_at", moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailbox")),
        sa.UniqueConstraint("name", name=op.f("uq_mailbox_name")),
    )
    op.create_table(
        "email",
        sa.Column("id", row_id(), nullable=False),
        sa.Column("mailbox_id", row_id(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("received_at", moment(), nullable=False),
        sa.Column("stored_at", moment(), nullable=False),
        sa.Column("enqueued_at", moment(), nullable=False),
        sa.Column("handled_at", moment(), nullable=True),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("error_stage", sa.String(length=20), nullable=True),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("thread_id", sa.String(length=32), nullable=False),
        sa.Column("sender_name", sa.Text(), nullable=False),
        sa.Column("sender_address", sa.Text(), nullable=False),
        sa.Column("recipients", json(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("snippet", sa.Text(), nullable=False),
        sa.Column("is_automatic", sa.Boolean(), nullable=False),
        sa.Column("attachment_count", sa.SmallInteger(), nullable=False),
        sa.Column("priority", sa.Double(), nullable=False),
        sa.Column("band", sa.String(length=10), nullable=False),
        sa.Column("rank_at", moment(), nullable=False),
        sa.Column("topic", sa.String(length=100), nullable=True),
        sa.Column("model_version", sa.String(length=100), nullable=True),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailbox.id"], name=op.f("fk_email_mailbox_id_mailbox")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_email")),
        sa.UniqueConstraint("mailbox_id", "digest", name=op.f("uq_email_mailbox_id_digest")),
    )
    op.create_index(
        "ix_email_failed",
        "email",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state = 'failed'"),
        postgresql_where=sa.text("state = 'failed'"),
    )
    op.create_index(
        "ix_email_inbox",
        "email",
        ["mailbox_id", "rank_at", "id"],
        unique=False,
        sqlite_where=sa.text("handled_at IS NULL"),
        postgresql_where=sa.text("handled_at IS NULL"),
    )
    op.create_index("ix_email_message_id", "email", ["mailbox_id", "message_id"], unique=False)
    op.create_index(
        "ix_email_rank",
        "email",
        ["rank_at", "id"],
        unique=False,
        sqlite_where=sa.text("handled_at IS NULL"),
        postgresql_where=sa.text("handled_at IS NULL"),
    )
    op.create_index("ix_email_thread", "email", ["mailbox_id", "thread_id"], unique=False)
    op.create_index(
        "ix_email_waiting",
        "email",
        ["enqueued_at"],
        unique=False,
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_table(
        "attachment",
        sa.Column("email_id", row_id(), autoincrement=False, nullable=False),
        sa.Column("position", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("content_type", sa.String(length=255), nullable=False),
        sa.Column("is_inline", sa.Boolean(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["email_id"], ["email.id"], name=op.f("fk_attachment_email_id_email"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("email_id", "position", name=op.f("pk_attachment")),
    )
    op.create_table(
        "message",
        sa.Column("email_id", row_id(), autoincrement=False, nullable=False),
        sa.Column("media_type", sa.String(length=50), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("quoted_text", sa.Text(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["email_id"], ["email.id"], name=op.f("fk_message_email_id_email"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("email_id", name=op.f("pk_message")),
    )
    op.create_table(
        "verdict",
        sa.Column("email_id", row_id(), autoincrement=False, nullable=False),
        sa.Column("model_version", sa.String(length=100), nullable=False),
        sa.Column("policy_version", sa.String(length=20), nullable=False),
        sa.Column("created_at", moment(), nullable=False),
        sa.Column("priority", sa.Double(), nullable=False),
        sa.Column("band", sa.String(length=10), nullable=False),
        sa.Column("reasons", json(), nullable=False),
        sa.Column("topic", sa.String(length=100), nullable=False),
        sa.Column("topic_confidence", sa.Double(), nullable=False),
        sa.Column("sentiment", sa.String(length=10), nullable=False),
        sa.Column("sentiment_confidence", sa.Double(), nullable=False),
        sa.Column("urgency", sa.String(length=10), nullable=False),
        sa.Column("urgency_confidence", sa.Double(), nullable=False),
        sa.Column("action_required", sa.Boolean(), nullable=False),
        sa.Column("action_confidence", sa.Double(), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("distributions", json(), nullable=False),
        sa.ForeignKeyConstraint(["email_id"], ["email.id"], name=op.f("fk_verdict_email_id_email"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("email_id", "model_version", name=op.f("pk_verdict")),
    )


def downgrade() -> None:
    # Indexes go with their tables.
    op.drop_table("verdict")
    op.drop_table("message")
    op.drop_table("attachment")
    op.drop_table("email")
    op.drop_table("mailbox")
