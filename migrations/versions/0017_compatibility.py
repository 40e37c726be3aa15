"""Which releases may serve on the schema that the database has.

Why: a release goes on serving while the next one's migrations run, and must know whether it may.
What the running release sees meanwhile: nothing of it, the table is new; but it says that it is not ready until it is
replaced, for it asks for its own revision alone.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None
# The earliest revision whose release works on what this leaves.
serves = "0017"


def upgrade() -> None:
    op.create_table(
        "compatibility",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.String(length=32), nullable=False),
        sa.Column("oldest", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compatibility")),
    )


def downgrade() -> None:
    op.drop_table("compatibility")
