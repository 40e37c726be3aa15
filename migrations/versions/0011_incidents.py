"""Incidents: mails of one mailbox about one matter, the incident of each email, and how much mail a mailbox gets.

Why: in an emergency hundreds write about the same thing, which is read, labelled and closed as one row, and more mail
comes than usual.
What the running release sees meanwhile: nothing of it, the tables and the column are new. Mail that it takes in joins
no incident until a worker of this release looks at it.
"""

import sqlalchemy as sa
from alembic import op

from migrations.columns import json, moment, row_id

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

STANDS = sa.text("merged_into IS NULL")
OF_INCIDENT = sa.text("incident_id IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "incident",
        sa.Column("id", row_id(), nullable=False),
        sa.Column("mailbox_id", row_id(), nullable=False),
        sa.Column("model_version", sa.String(length=100), nullable=False),
        sa.Column("opened_at", moment(), nullable=False),
        sa.Column("first_at", moment(), nullable=False),
        sa.Column("last_at", moment(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("pressing", sa.Integer(), nullable=False),
        sa.Column("central_email_id", sa.BigInteger(), nullable=False),
        sa.Column("words", json(), nullable=False),
        sa.Column("centroid", sa.LargeBinary(), nullable=False),
        sa.Column("merged_into", row_id(), nullable=True),
        sa.Column("closed_at", moment(), nullable=True),
        sa.Column("labelled", json(), nullable=True),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailbox.id"], name=op.f("fk_incident_mailbox_id_mailbox")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_incident_mailbox",
        "incident",
        ["mailbox_id", "last_at"],
        unique=False,
        sqlite_where=STANDS,
        postgresql_where=STANDS,
    )
    op.add_column("email", sa.Column("incident_id", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_email_incident",
        "email",
        ["incident_id", "rank_at", "id"],
        unique=False,
        sqlite_where=OF_INCIDENT,
        postgresql_where=OF_INCIDENT,
    )
    op.create_table(
        "arrival",
        sa.Column("slot_at", moment(), nullable=False),
        sa.Column("mailbox_id", row_id(), autoincrement=False, nullable=False),
        sa.Column("emails", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailbox.id"], name=op.f("fk_arrival_mailbox_id_mailbox")),
        sa.PrimaryKeyConstraint("slot_at", "mailbox_id", name=op.f("pk_arrival")),
    )


def downgrade() -> None:
    op.drop_table("arrival")
    op.drop_index("ix_email_incident", "email")
    op.drop_column("email", "incident_id")
    op.drop_table("incident")
