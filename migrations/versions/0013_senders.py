"""What people did with mail and what that says of its senders, incidents that are put off, and overdue mail.

Why: mail of people who are always answered first should stand higher without a rule for each; a whole matter is put
off at once; how much mail is overdue is counted without reading the table.
What the running release sees meanwhile: nothing of it. What people do with that release is not learned from, and mail
that joins an incident which is put off is listed.
"""

import sqlalchemy as sa
from alembic import op

from migrations.columns import moment, row_id

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

IS_DUE = sa.text("is_due")
BREACHED = sa.text("breached_at IS NOT NULL AND handled_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "treated",
        sa.Column("email_id", row_id(), autoincrement=False, nullable=False),
        sa.Column("mailbox_id", sa.BigInteger(), nullable=False),
        sa.Column("with_many", sa.Boolean(), nullable=False),
        sa.Column("is_due", sa.Boolean(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("treatment", sa.String(length=10), nullable=True),
        sa.Column("treated_at", moment(), nullable=True),
        sa.ForeignKeyConstraint(["email_id"], ["email.id"], name=op.f("fk_treated_email_id_email"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("email_id", name=op.f("pk_treated")),
    )
    op.create_index(
        "ix_treated_due",
        "treated",
        ["mailbox_id", "email_id"],
        unique=False,
        sqlite_where=IS_DUE,
        postgresql_where=IS_DUE,
    )
    op.create_index("ix_treated_sender", "treated", ["mailbox_id", "address", "treated_at"], unique=False)
    op.create_index("ix_treated_mailbox", "treated", ["mailbox_id", "treated_at"], unique=False)
    op.create_table(
        "sender",
        sa.Column("mailbox_id", row_id(), autoincrement=False, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("mails", "raised", "lowered", "soon", "swept")),
        sa.Column("usual_soon", sa.Double(), nullable=False),
        sa.Column("usual_swept", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailbox.id"], name=op.f("fk_sender_mailbox_id_mailbox")),
        sa.PrimaryKeyConstraint("mailbox_id", "address", name=op.f("pk_sender")),
    )
    op.add_column("incident", sa.Column("snoozed_until", moment(), nullable=True))
    op.add_column("incident", sa.Column("was_critical", sa.Boolean(), nullable=True))
    op.create_index(
        "ix_email_breached",
        "email",
        ["mailbox_id", "due_at", "snoozed_until"],
        unique=False,
        sqlite_where=BREACHED,
        postgresql_where=BREACHED,
    )


def downgrade() -> None:
    op.drop_index("ix_email_breached", table_name="email")
    op.drop_column("incident", "was_critical")
    op.drop_column("incident", "snoozed_until")
    op.drop_table("sender")
    op.drop_table("treated")
