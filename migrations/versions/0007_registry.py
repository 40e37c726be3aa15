"""Versions of models, and which one a mailbox is read with.

Why: a mailbox may be read with a model that learned from its labels; the versions are kept where every worker finds
them, and the pointer to the active one moves in one transaction.
What the running release sees meanwhile: nothing of it; it reads all mail with its own bundle.
"""

import sqlalchemy as sa
from alembic import op

from migrations.columns import json, moment, row_id

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "model",
        sa.Column("version", sa.String(length=100), nullable=False),
        sa.Column("mailbox_id", row_id(), nullable=False),
        sa.Column("created_at", moment(), nullable=False),
        sa.Column("manifest", json(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("archive", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailbox.id"], name=op.f("fk_model_mailbox_id_mailbox")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_model")),
    )
    op.create_index("ix_model_mailbox", "model", ["mailbox_id", "created_at"], unique=False)
    op.create_table(
        "activation",
        sa.Column("id", row_id(), nullable=False),
        sa.Column("mailbox_id", row_id(), nullable=False),
        sa.Column("version", sa.String(length=100), nullable=True),
        sa.Column("activated_at", moment(), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("before_id", row_id(), nullable=True),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailbox.id"], name=op.f("fk_activation_mailbox_id_mailbox")),
        sa.ForeignKeyConstraint(["version"], ["model.version"], name=op.f("fk_activation_version_model")),
        sa.ForeignKeyConstraint(["before_id"], ["activation.id"], name=op.f("fk_activation_before_id_activation")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activation")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_activation_mailbox", "activation", ["mailbox_id", "id"], unique=False)
    op.create_table(
        "shadow",
        sa.Column("mailbox_id", row_id(), autoincrement=False, nullable=False),
        sa.Column("version", sa.String(length=100), nullable=False),
        sa.Column("started_at", moment(), nullable=False),
        sa.Column("stopped_at", moment(), nullable=True),
        sa.Column("emails", sa.Integer(), nullable=False),
        sa.Column("differing", json(), nullable=False),
        sa.Column("examples", json(), nullable=False),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailbox.id"], name=op.f("fk_shadow_mailbox_id_mailbox")),
        sa.ForeignKeyConstraint(["version"], ["model.version"], name=op.f("fk_shadow_version_model")),
        sa.PrimaryKeyConstraint("mailbox_id", "version", name=op.f("pk_shadow")),
    )
    # All that looking for mail that stands by another version than the active one asks for.
    op.create_index(
        "ix_email_model_version",
        "email",
        ["mailbox_id", "model_version", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'read' AND handled_at IS NULL"),
        postgresql_where=sa.text("state = 'read' AND handled_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_email_model_version", table_name="email")
    op.drop_table("shadow")
    op.drop_table("activation")
    op.drop_table("model")
