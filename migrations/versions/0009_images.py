"""Images, what the image model says of them, and a summary of that with each email.

Why: attachments are recognised and move the priority of their email; images may be posted on their own as well.
What the running release sees meanwhile: nothing of it, the tables and the column are new. Mail that it takes in has no
images, and mail that it places stands where its verdict and labels alone put it.
"""

import sqlalchemy as sa
from alembic import op

from migrations.columns import json, moment, row_id

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

POSTED = sa.text("email_id IS NULL")
WAITS = sa.text("state = 'queued'")
SET_ASIDE = sa.text("state = 'failed' AND handled_at IS NULL")


def upgrade() -> None:
    op.add_column("email", sa.Column("findings", json(), nullable=True))
    op.create_table(
        "image",
        sa.Column("id", row_id(), nullable=False),
        sa.Column("mailbox_id", row_id(), nullable=False),
        sa.Column("email_id", row_id(), nullable=True),
        sa.Column("position", sa.SmallInteger(), nullable=True),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("content_type", sa.String(length=255), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("stored_at", moment(), nullable=False),
        sa.Column("enqueued_at", moment(), nullable=False),
        sa.Column("handled_at", moment(), nullable=True),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("error_stage", sa.String(length=20), nullable=True),
        sa.Column("failed_at", moment(), nullable=True),
        sa.Column("model_version", sa.String(length=100), nullable=True),
        sa.ForeignKeyConstraint(["email_id"], ["email.id"], name=op.f("fk_image_email_id_email"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailbox.id"], name=op.f("fk_image_mailbox_id_mailbox")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_image")),
        sa.UniqueConstraint("email_id", "position", name=op.f("uq_image_email_id_position")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_image_posted",
        "image",
        ["mailbox_id", "digest"],
        unique=True,
        sqlite_where=POSTED,
        postgresql_where=POSTED,
    )
    op.create_index(
        "ix_image_waiting", "image", ["enqueued_at"], unique=False, sqlite_where=WAITS, postgresql_where=WAITS
    )
    op.create_index("ix_image_state", "image", ["state"], unique=False)
    op.create_index(
        "ix_image_failed",
        "image",
        ["error_stage", "error", "id", "failed_at", "mailbox_id"],
        unique=False,
        sqlite_where=SET_ASIDE,
        postgresql_where=SET_ASIDE,
    )
    op.create_table(
        "image_content",
        sa.Column("image_id", row_id(), autoincrement=False, nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["image_id"], ["image.id"], name=op.f("fk_image_content_image_id_image"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("image_id", name=op.f("pk_image_content")),
    )
    op.create_table(
        "finding",
        sa.Column("image_id", row_id(), autoincrement=False, nullable=False),
        sa.Column("model_version", sa.String(length=100), nullable=False),
        sa.Column("created_at", moment(), nullable=False),
        sa.Column("kind", sa.String(length=100), nullable=True),
        sa.Column("confidence", sa.Double(), nullable=True),
        sa.Column("probabilities", json(), nullable=True),
        sa.Column("format", sa.String(length=20), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("is_decoration", sa.Boolean(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["image_id"], ["image.id"], name=op.f("fk_finding_image_id_image"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("image_id", "model_version", name=op.f("pk_finding")),
    )
    op.create_index("ix_finding_kind", "finding", ["model_version", "kind"], unique=False)


def downgrade() -> None:
    op.drop_table("finding")
    op.drop_table("image_content")
    op.drop_table("image")
    op.drop_column("email", "findings")
