"""What memory needs: of each verdict what the model saw, and of each mailbox what was learned from its labels.

Why: a correction is to count for similar mail within seconds, so what the model saw of a mail is kept with its verdict
and a small learner is fitted on it, without reading the mail again.
What the running release sees meanwhile: nothing of it; its verdicts have no representation, and mail that was read
before is read again once somebody labels it.
"""

import sqlalchemy as sa
from alembic import op

from migrations.columns import json, moment, row_id

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("verdict", sa.Column("representation", sa.LargeBinary(), nullable=True))
    op.add_column("verdict", sa.Column("unaided", json(), nullable=True))
    op.add_column("verdict", sa.Column("generation", sa.Integer(), nullable=True))
    op.create_table(
        "memory",
        sa.Column("mailbox_id", row_id(), autoincrement=False, nullable=False),
        sa.Column("model_version", sa.String(length=100), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("labels_seen", sa.String(length=100), nullable=False),
        sa.Column("fitted_at", moment(), nullable=False),
        sa.Column("evidence", json(), nullable=False),
        sa.Column("weights", sa.LargeBinary(), nullable=False),
        sa.Column("placed_to", json(), nullable=True),
        sa.Column("placed_at", moment(), nullable=True),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailbox.id"], name=op.f("fk_memory_mailbox_id_mailbox")),
        sa.PrimaryKeyConstraint("mailbox_id", name=op.f("pk_memory")),
    )
    # All that looking for new labels asks for, so that the table is not touched.
    op.create_index("ix_label_changes", "label", ["mailbox_id", "id", "withdrawn_at", "source"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_label_changes", table_name="label")
    op.drop_table("memory")
    op.drop_column("verdict", "generation")
    op.drop_column("verdict", "unaided")
    op.drop_column("verdict", "representation")
