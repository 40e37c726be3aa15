"""Whether two databases say the same, table by table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Table

from triage.storage.copying.batches import batches
from triage.storage.copying.digest import Digest, digest_of
from triage.storage.copying.letters import Letters
from triage.storage.copying.plain import plain_tables
from triage.storage.copying.source import Place, read_only, snapshot
from triage.storage.schema import require_current

# Is given the name of a table and how many of its rows were just dealt with.
Progress = Callable[[str, int], object]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a table says in both databases.

    Attributes:
        source: Of what is stored there, as the target can hold it.
        changed: Values of the source that the target cannot hold as they are.
    """

    table: str
    source: Digest
    target: Digest
    changed: int = 0

    @property
    def is_equal(self) -> bool:
        """Say whether it is the same."""
        return self.source == self.target


def compare(source: Place, target: Place, progress: Progress = lambda *_: None) -> Sequence[Comparison]:
    """Compare two databases without changing either.

    Raises:
        CannotCopy: One of them is not there.
        NotMigrated: One of them has another schema than this release.
        StorageUnavailable: One of them does not answer.
    """
    engines = read_only(source), read_only(target)
    for engine in engines:
        require_current(engine)
    with snapshot(engines[0]) as reads, snapshot(engines[1]) as other:
        return [_compared(reads, other, table, progress) for table in plain_tables()]


def digest_of_table(connection: Connection, table: Table, progress: Progress, letters: Letters | None = None) -> Digest:
    """Return the digest of a whole table, as another database can hold it where letters are told."""
    total = Digest()
    for batch in batches(connection, table):
        total += digest_of(table, letters.fit(batch.rows) if letters else batch.rows)
        progress(table.name, len(batch.rows))
    return total


def _compared(source: Connection, target: Connection, table: Table, progress: Progress) -> Comparison:
    letters = Letters(table) if target.dialect.name == "postgresql" else None
    said = digest_of_table(source, table, progress, letters)
    return Comparison(table.name, said, digest_of_table(target, table, progress), letters.changed if letters else 0)
