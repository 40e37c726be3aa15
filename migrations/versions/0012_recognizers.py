"""Versions of what recognises images, and which one is active.

Why: a fleet takes a new image bundle from the database, as it takes models of mailboxes, without a disk that all share.
What the running release sees meanwhile: nothing of it, both tables are new; it recognises with its own bundle.
"""

import sqlalchemy as sa
from alembic import op

from migrations.columns import json, moment, row_id

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recognizer",
        sa.Column("version", sa.String(length=100), nullable=False),
        sa.Column("created_at", moment(), nullable=False),
        sa.Column("manifest", json(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("archive", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_recognizer")),
    )
    op.create_table(
        "recognizer_activation",
        sa.Column("id", row_id(), nullable=False),
        sa.Column("version", sa.String(length=100), nullable=True),
        sa.Column("activated_at", moment(), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("before_id", row_id(), nullable=True),
        sa.ForeignKeyConstraint(
            ["version"], ["recognizer.version"], name=op.f("fk_recognizer_activation_version_recognizer")
        ),
        sa.ForeignKeyConstraint(
            ["before_id"],
            ["recognizer_activation.id"],
            name=op.f("fk_recognizer_activation_before_id_recognizer_activation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recognizer_activation")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("recognizer_activation")
    op.drop_table("recognizer")
