"""Accounts, how far their folders are read, which message there is which email of ours, and what was said of it.

Why: mail comes from IMAP servers; what was read must be known across restarts, and be compared with what is there.
What the running release sees meanwhile: nothing of it, the tables are new.
"""

import sqlalchemy as sa
from alembic import op

from migrations.columns import json, moment, row_id

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


UNTOLD = sa.text("written_band IS NULL AND email_id IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", row_id(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("mailbox_id", row_id(), nullable=False),
        sa.Column("created_at", moment(), nullable=False),
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("security", sa.String(length=10), nullable=False),
        sa.Column("username", sa.String(length=255), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("secret_generation", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("oauth", json(), nullable=True),
        sa.Column("folders", json(), nullable=False),
        sa.Column("since", moment(), nullable=True),
        sa.Column("interval_seconds", sa.Integer(), nullable=False),
        sa.Column("write_back", json(), nullable=True),
        sa.Column("client_labels", json(), nullable=True),
        sa.Column("owner", sa.String(length=100), nullable=True),
        sa.Column("leased_until", moment(), nullable=True),
        sa.Column("connected_at", moment(), nullable=True),
        sa.Column("tried_at", moment(), nullable=True),
        sa.Column("polled_at", moment(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("problem_since", moment(), nullable=True),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailbox.id"], name=op.f("fk_account_mailbox_id_mailbox")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("name", name=op.f("uq_account_name")),
        sqlite_autoincrement=True,  # whoever still works for an account that was removed must not meet another
    )
    op.create_table(
        "folder",
        sa.Column("id", row_id(), nullable=False),
        sa.Column("account_id", row_id(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("first_uid", sa.BigInteger(), nullable=False),
        sa.Column("last_uid", sa.BigInteger(), nullable=False),
        sa.Column("verified_at", moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_folder_account_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_folder")),
        sa.UniqueConstraint("account_id", "name", name=op.f("uq_folder_account_id_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "location",
        sa.Column("folder_id", row_id(), autoincrement=False, nullable=False),
        sa.Column("uid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("email_id", row_id(), nullable=True),
        sa.Column("written_band", sa.String(length=10), nullable=True),
        sa.ForeignKeyConstraint(
            ["folder_id"], ["folder.id"], name=op.f("fk_location_folder_id_folder"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["email_id"], ["email.id"], name=op.f("fk_location_email_id_email"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("folder_id", "uid", name=op.f("pk_location")),
    )
    op.create_index("ix_location_email_id", "location", ["email_id"], unique=False)
    op.create_index(
        "ix_location_unwritten",
        "location",
        ["folder_id", "uid"],
        unique=False,
        sqlite_where=UNTOLD,
        postgresql_where=UNTOLD,
    )
    op.create_table(
        "exchange",
        sa.Column("account_id", row_id(), autoincrement=False, nullable=False),
        sa.Column("email_id", row_id(), autoincrement=False, nullable=False),
        sa.Column("told_band", sa.String(length=10), nullable=True),
        sa.Column("seen_flags", json(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_exchange_account_id_account"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["email_id"], ["email.id"], name=op.f("fk_exchange_email_id_email"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "email_id", name=op.f("pk_exchange")),
    )
    op.create_index("ix_exchange_email_id", "exchange", ["email_id"], unique=False)
    op.create_table(
        "tombstone",
        sa.Column("mailbox_id", row_id(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("email_id", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", moment(), nullable=False),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailbox.id"], name=op.f("fk_tombstone_mailbox_id_mailbox")),
        sa.PrimaryKeyConstraint("mailbox_id", "digest", name=op.f("pk_tombstone")),
    )


def downgrade() -> None:
    op.drop_table("tombstone")
    op.drop_table("exchange")
    op.drop_table("location")
    op.drop_table("folder")
    op.drop_table("account")
