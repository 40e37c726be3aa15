"""What a database says of its own schema, beside the revision that Alembic notes."""

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from triage.storage.tables.base import Base


class Compatibility(Base):
    """Which releases may serve on this schema: those that need `oldest` or a later revision; there is one row.

    Every migration writes it for the `revision` that it leaves, so a release knows what to think of a schema that was
    made after it. Beside another revision than the database has, it says nothing.
    """

    __tablename__ = "compatibility"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    revision: Mapped[str] = mapped_column(String(32))
    oldest: Mapped[str] = mapped_column(String(32))
