"""Webhooks, the events that wait to be sent to them, and the trail of who changed what.

Why: other systems learn at once what happens here, and people learn later who did what.
What the running release sees meanwhile: nothing of it, the tables and the column are new. What it changes while both
run is missing from the trail, and no webhook tells of it.
"""

import sqlalchemy as sa
from alembic import op

from migrations.columns import json, moment, row_id

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

WAITS = sa.text("state = 'waiting'")
REFUSAL = "the audit trail is only ever added to"


def upgrade() -> None:
    op.create_table(
        "webhook",
        sa.Column("id", row_id(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("events", json(), nullable=False),
        sa.Column("mailbox_id", row_id(), nullable=True),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("former_until", moment(), nullable=True),
        sa.Column("created_at", moment(), nullable=False),
        sa.Column("disabled_at", moment(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("failing_since", moment(), nullable=True),
        sa.Column("owner", sa.String(length=100), nullable=True),
        sa.Column("leased_until", moment(), nullable=True),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailbox.id"], name=op.f("fk_webhook_mailbox_id_mailbox")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "outbox",
        sa.Column("id", row_id(), nullable=False),
        sa.Column("webhook_id", row_id(), nullable=False),
        sa.Column("message_id", sa.String(length=40), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=250), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", moment(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("due_at", moment(), nullable=False),
        sa.Column("step", sa.SmallInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("tried_at", moment(), nullable=True),
        sa.Column("answer", sa.SmallInteger(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhook.id"], name=op.f("fk_outbox_webhook_id_webhook"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_webhook", "outbox", ["webhook_id", "id"], unique=False)
    op.create_index("ix_outbox_state", "outbox", ["webhook_id", "state", "id"], unique=False)
    for name, columns in (
        ("ix_outbox_due", ["webhook_id", "due_at", "id"]),
        ("ix_outbox_subject", ["webhook_id", "subject", "id"]),
    ):
        op.create_index(name, "outbox", columns, unique=False, sqlite_where=WAITS, postgresql_where=WAITS)
    op.create_table(
        "audit",
        sa.Column("id", row_id(), nullable=False),
        sa.Column("at", moment(), nullable=False),
        sa.Column("actor", sa.String(length=250), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("mailbox", sa.String(length=200), nullable=True),
        sa.Column("subject", sa.String(length=250), nullable=False),
        sa.Column("model_version", sa.String(length=100), nullable=True),
        sa.Column("policy_version", sa.String(length=20), nullable=True),
        sa.Column("details", json(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_subject", "audit", ["subject", "id"], unique=False)
    (_guard_postgresql if op.get_bind().dialect.name == "postgresql" else _guard_sqlite)()
    # Accounts that were given from elsewhere may not lead into our own network.
    op.add_column("account", sa.Column("is_guarded", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column("account", "is_guarded")
    op.drop_table("audit")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_refuses()")
    op.drop_table("outbox")
    op.drop_table("webhook")


def _guard_sqlite() -> None:
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_refuses_{change.lower()} BEFORE {change} ON audit"
            f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )


def _guard_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION audit_refuses() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_refuses BEFORE UPDATE OR DELETE OR TRUNCATE ON audit"
        " FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses()"
    )
