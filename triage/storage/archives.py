"""Archives of bundles by version: those of models, and those of what recognises images."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from triage.storage.dialect import insert_rows
from triage.storage.tables import Model, Recognizer


@dataclass(frozen=True, slots=True)
class Archives:
    """The versions of one table, of which each keeps its archive until that is dropped."""

    table: type[Model] | type[Recognizer]

    def insert(self, session: Session, row: Mapping[str, Any]) -> bool:
        """Store a version with its archive, unless it is there already; say whether it was stored."""
        return bool(insert_rows(session, self.table, [row], unless_there=["version"], returning=["version"]))

    def put(self, session: Session, version: str, archive: bytes) -> None:
        """Give a version its archive back."""
        session.execute(update(self.table).where(self.table.version == version).values(archive=archive))

    def of(self, session: Session, version: str) -> bytes | None:
        """Return the archive of a version; `None` when it was dropped, or the version is not here."""
        return session.scalar(select(self.table.archive).where(self.table.version == version))

    def versions(self, session: Session) -> set[str]:
        """Return the versions whose archive is there."""
        return set(session.scalars(select(self.table.version).where(self.table.archive.is_not(None))))


MODELS = Archives(Model)
RECOGNIZERS = Archives(Recognizer)
