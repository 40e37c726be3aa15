"""One database copied into another, as it was at one moment; a copy that was stopped goes on where it was.

The source is read in one transaction and never written to. When a copy goes on, the part that is there is read again
in the source: where it says something else by now, the copy would be of two moments, and is refused. At the end each
table of the target is read back and compared with the source; only then does the target get a schema to serve on.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, Table, select, text

from triage.errors import CannotCopy, NotMigrated
from triage.storage import schema
from triage.storage.copying import progress as far
from triage.storage.copying.batches import batches
from triage.storage.copying.compare import Comparison, Progress, digest_of_table
from triage.storage.copying.digest import Digest, digest_of
from triage.storage.copying.letters import Letters
from triage.storage.copying.plain import plain_tables
from triage.storage.copying.source import Onlooker, Place, read_only, snapshot, written
from triage.storage.copying.write import find_fault, set_numbers, write
from triage.storage.migration_turn import Tell, turn


@dataclass(frozen=True, slots=True)
class CopyReport:
    """How a copy ended.

    Attributes:
        tables: Each table compared; the target serves only where all are equal.
        copied: Rows that were written now; the others were there from an attempt before.
        was_written: Somebody wrote to the source meanwhile, and the copy has nothing of that.
    """

    tables: Sequence[Comparison]
    copied: int
    was_written: bool

    @property
    def is_whole(self) -> bool:
        """Say whether the target says what the source said."""
        return all(one.is_equal for one in self.tables)


def copy(source: Place, target: Place, tell: Tell = lambda _: None, progress: Progress = lambda *_: None) -> CopyReport:
    """Copy all rows of a database into an empty one, or go on with a copy of it that was begun there.

    Raises:
        CannotCopy: The target holds something else, the source changed since the copy was begun or is in use, or a row
            cannot be stored in the target.
        NotMigrated: The source has another schema than this release.
        StorageUnavailable: One of the two does not answer.
    """
    reads, writes = read_only(source), written(target)
    _require_source(reads, source)
    onlooker = Onlooker(reads)
    try:
        if others := onlooker.others():
            raise CannotCopy(
                f"{others} other connections to {source.name} are open; stop every process of Triage, and whoever else"
                " is connected, or mail that comes meanwhile is not in the copy"
            )
        if schema.revision_of(writes) is None:
            if (file := schema.sqlite_file(writes)) is not None:
                file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                file.touch(mode=0o600)  # it will hold mail
            schema.migrate(writes, tell=tell)
        with writes.connect() as turns, turn(turns, tell), snapshot(reads) as connection:
            _claim(writes, target)
            report = _copy(connection, writes, progress)
        return CopyReport(report.tables, report.copied, onlooker.has_seen_writing() or onlooker.others() > 0)
    finally:
        onlooker.close()
        for engine in (reads, writes):
            engine.dispose()


def _copy(source: Connection, target: Engine, progress: Progress) -> CopyReport:
    on_postgresql = target.dialect.name == "postgresql"
    said: list[tuple[Table, Digest, int]] = []
    copied = 0
    for table in plain_tables():
        letters = Letters(table)
        before = far.reached(target, table)
        whole = _copy_table(source, target, table, before, letters if on_postgresql else None, progress)
        copied += whole.rows - (before.digest.rows if before else 0)
        said.append((table, whole, letters.changed))
    with snapshot(target) as connection:
        tables = [
            Comparison(table.name, digest, digest_of_table(connection, table, progress), changed)
            for table, digest, changed in said
        ]
    report = CopyReport(tables, copied, was_written=False)
    if report.is_whole:
        with target.begin() as connection:
            for table in plain_tables():
                set_numbers(source, connection, table)
            far.end(connection)
        if on_postgresql:
            with target.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
                connection.execute(text("ANALYZE"))
    return report


def _copy_table(
    source: Connection,
    target: Engine,
    table: Table,
    before: far.Reached | None,
    letters: Letters | None,
    progress: Progress,
) -> Digest:
    """Copy what is missing of a table; return what all of it says in the source."""
    said = Digest()
    if before is not None:
        for batch in batches(source, table, up_to=before.last):
            said += digest_of(table, letters.fit(batch.rows) if letters else batch.rows)
            progress(table.name, len(batch.rows))
        if said != before.digest:
            raise CannotCopy(
                f"the source changed since this copy was begun (table {table.name}); empty the target, stop every"
                " process of Triage on the source, and begin again"
            )
    for batch in batches(source, table, after=before.last if before else None):
        rows = letters.fit(batch.rows) if letters else batch.rows
        said += digest_of(table, rows)
        try:
            with target.begin() as connection:
                write(connection, table, rows)
                far.reach(connection, table, far.Reached(batch.last, said))
        except CannotCopy:
            find_fault(target, table, rows)
            raise
        progress(table.name, len(rows))
    return said


def _require_source(engine: Engine, source: Place) -> None:
    have, need = schema.revision_of(engine), schema.head()
    if have == schema.BEING_COPIED:
        raise NotMigrated(f"{source.name} is half a copy itself; finish that one first")
    if have is None or have < need:
        raise NotMigrated(
            f"{source.name} has schema {have or 'none'} and this release copies {need}; bring it there first with"
            " `triage migrate`"
        )
    if have != need:
        raise NotMigrated(f"{source.name} has schema {have} and this release copies {need}; copy with the newer one")


def _claim(engine: Engine, target: Place) -> None:
    """Mark a target that holds nothing as one that is copied into.

    Raises:
        CannotCopy: It holds something else than a copy that was begun.
    """
    have = schema.revision_of(engine)
    if have == schema.BEING_COPIED:
        return
    if have != schema.head():
        raise CannotCopy(f"{target.name} has schema {have}; name an empty database")
    with engine.connect() as connection:
        full = [table.name for table in plain_tables() if connection.execute(select(table).limit(1)).first()]
    if full:
        raise CannotCopy(
            f"{target.name} holds rows already (table {full[0]}); name an empty database, or compare the two with"
            " --verify"
        )
    far.begin(engine)
