"""One training, from the row that waits to the row that says how it ended.

Nothing is held in the database while it learns: the labels are written to files, a process of its own learns from
them, and its figures decide. A row belongs to whoever took it up last (`attempts`), so a worker that was thought dead
and comes back can neither end nor activate anything.
"""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_hex
from time import sleep
from typing import Any

import structlog

from triage import registry, tracing
from triage.audit import note
from triage.errors import PermanentError, StorageUnavailable
from triage.storage import trainings
from triage.storage.session import Database
from triage.trainings.child import Bounds, LeftOff, TookTooLong, Work, how_it_died
from triage.trainings.child import run as run_child
from triage.trainings.decision import comparison_from, decide
from triage.trainings.healing import SILENT_AFTER
from triage.trainings.labels import selection_of
from triage.trainings.materials import earlier_curve, write_examples
from triage.trainings.selection import Selection, without_text

log = structlog.get_logger(__name__)

MOST_ATTEMPTS = 3
BEATS_EVERY = timedelta(seconds=5)
_PAGES_KEPT = 20  # of a mailbox, half a megabyte each
_TRIES = 60  # to write down how a training ended, while the database is away


class ModelChanged(PermanentError):
    """Another model was activated meanwhile."""

    def __init__(self) -> None:
        super().__init__("another model was activated meanwhile, and it was not judged beside that; train again")


@dataclass(frozen=True, slots=True)
class Workshop:
    """Where a worker trains, and what a training may take.

    Attributes:
        folder: Holds mail while it is learned from; readable by its owner alone.
        bundles: Where unpacked versions lie.
        shipped: The bundle of mailboxes that have no other.
        has_deep_stage: Whether mail is read with the deep stage of a bundle that has one.
        is_stopping: Whether the worker was told to end.
    """

    folder: Path
    bundles: Path
    shipped: Path
    bounds: Bounds
    has_deep_stage: bool = True
    is_stopping: Callable[[], bool] = lambda: False
    train: Callable[[Work, Bounds, Callable[[dict[str, Any]], bool]], int] = run_child


@dataclass(frozen=True, slots=True)
class _Mine:
    """A training that we took up."""

    id: int
    mailbox_id: int
    attempt: int


@dataclass(frozen=True, slots=True)
class _End:
    """How a training ends.

    Attributes:
        values: Further columns of its row.
        bundle: What is installed and activated, if `against` is still active: it was judged beside that.
    """

    state: str
    reason: str
    values: dict[str, Any]
    bundle: Path | None = None
    against: str | None = None


def train_next(
    database: Database, workshop: Workshop, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> bool:
    """Bring the oldest training that nobody works on to its end; say whether there was one.

    Raises:
        StorageUnavailable: The database does not answer; the training is taken up again later.
    """
    now = clock()
    with database.unit_of_work() as session:
        taken = trainings.take_up(session, now, silent_since=now - SILENT_AFTER)
        mine = None if taken is None else _Mine(taken.id, taken.mailbox_id, taken.attempts)
    if mine is None:
        return False
    log.info("training begins", training_id=mine.id, attempt=mine.attempt)
    for left in workshop.folder.glob(f"{mine.id}-*"):
        shutil.rmtree(left, ignore_errors=True)
    # Of its own, so that whoever was thought dead, or ends late, does not take away what another attempt works with.
    folder = workshop.folder / f"{mine.id}-{token_hex(4)}"
    told = {"triage.training_id": mine.id, "triage.mailbox_id": mine.mailbox_id, "triage.attempt": mine.attempt}
    with tracing.span("train", attributes=told) as span:
        try:
            end = _attempt(database, mine, workshop, folder, clock)
            span.note({"triage.training_state": end.state})
            _end(database, mine, end, workshop, clock)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    return True


def _attempt(database: Database, mine: _Mine, workshop: Workshop, folder: Path, clock: Callable[[], datetime]) -> _End:
    """Train; return how it ends, as `queued` when it waits for another attempt."""
    if mine.attempt > MOST_ATTEMPTS:
        reason = (
            f"it was begun {MOST_ATTEMPTS} times and stopped each time with its worker, most often for want of memory;"
            " see the log of the worker, and try again"
        )
        return _End(trainings.FAILED, reason, {})
    try:
        with database.reading() as session:
            selection = selection_of(session, mine.mailbox_id)
        if selection.blockers:
            return _End(trainings.SKIPPED, f"skipped: {'; '.join(selection.blockers)}", _told(selection))
        with database.reading() as session:
            active = registry.active_version(session, mine.mailbox_id)
        bundle = _bundle_of(database, active, workshop)
        work = Work(folder, bundle, not workshop.has_deep_stage, selection.topics, mine.mailbox_id)
        selection = without_text(selection, write_examples(database, work, selection))
        work.curve.write_text(json.dumps(earlier_curve(database, mine.mailbox_id)), encoding="utf-8")
        code = workshop.train(work, workshop.bounds, _Watch(database, mine, workshop, clock).goes_on)
        return replace(_judged(work, code, mine, _told(selection)), against=active)
    except LeftOff:
        # Told to end, which is no fault of the training; where another has it by now, this changes nothing.
        return _End(trainings.QUEUED, "", {"attempts": mine.attempt - 1})
    except TookTooLong:
        minutes = workshop.bounds.time.total_seconds() / 60
        reason = f"it took longer than {minutes:g} minutes; raise TRIAGE_TRAINING_TIME, or give it another thread"
        return _End(trainings.FAILED, reason, {})
    except StorageUnavailable:
        raise
    except (PermanentError, OSError) as error:
        return _End(trainings.FAILED, f"{error}", {})
    except Exception as error:
        log.exception("training failed", training_id=mine.id)
        return _End(trainings.FAILED, f"training raised {type(error).__name__}; see the log of the worker", {})


def _judged(work: Work, code: int, mine: _Mine, told: dict[str, Any]) -> _End:
    if code < 0:
        how = how_it_died(code)
        log.warning("the process that trains died", training_id=mine.id, how=how)
        if mine.attempt < MOST_ATTEMPTS:
            return _End(trainings.QUEUED, "", {})
        reason = f"the process that trains {how}, {MOST_ATTEMPTS} times; give the machine more memory, and try again"
        return _End(trainings.FAILED, reason, told)
    if code:
        problem = work.told().get("problem")
        return _End(
            trainings.FAILED, problem or f"training ended with exit code {code}; see the log of the worker", told
        )
    report = work.report
    told = told | {"version": report["version"], "figures": report, "page": work.page}
    decision = decide(comparison_from(report["comparison"]))
    if decision.activates:
        return _End(trainings.ACTIVATED, decision.reason, told, work.bundle)
    return _End(trainings.REFUSED, decision.reason, told)


def _told(selection: Selection) -> dict[str, Any]:
    ignored = dict(selection.ignored) | dict.fromkeys(selection.waiting_topics, 0)
    return {"labels_used": len(selection.chosen), "labels_ignored": ignored}


def _bundle_of(database: Database, version: str | None, workshop: Workshop) -> Path:
    """Return the bundle of the active version; the shipped one where that cannot be read any more."""
    if version is None:
        return workshop.shipped
    try:
        return registry.unpacked(database, version, workshop.bundles)
    except PermanentError as error:
        log.warning("the active model is compared with as the shipped one", version=version, error=str(error))
        return workshop.shipped


class _Watch:
    """Gives signs of life of a training while its process works, and says when it should not go on."""

    def __init__(self, database: Database, mine: _Mine, workshop: Workshop, clock: Callable[[], datetime]) -> None:
        self._database, self._mine, self._workshop, self._clock = database, mine, workshop, clock
        self._told: dict[str, Any] = {}
        self._beat_at = datetime.min.replace(tzinfo=UTC)

    def goes_on(self, told: dict[str, Any]) -> bool:
        """Note how far it is; false when the worker ends or another has taken the training over."""
        if self._workshop.is_stopping():
            return False
        now = self._clock()
        if now - self._beat_at < BEATS_EVERY and told.get("stage") == self._told.get("stage"):
            return True
        self._told, self._beat_at = told, now
        known = {"stage": told.get("stage", "loading"), "progress": told.get("progress", 0.0)}
        try:
            with self._database.unit_of_work() as session:
                return trainings.change(session, self._mine.id, self._mine.attempt, beat_at=now, **known)
        except StorageUnavailable as error:
            log.warning("no sign of life given of a training", training_id=self._mine.id, error=str(error))
            return True


def _end(database: Database, mine: _Mine, end: _End, workshop: Workshop, clock: Callable[[], datetime]) -> None:
    try:
        _patiently(lambda: _finish(database, mine, end, clock()), workshop)
    except PermanentError as error:
        log.error("the candidate was not activated", training_id=mine.id, error=str(error))
        failed = replace(end, state=trainings.FAILED, reason=str(error), bundle=None)
        _patiently(lambda: _finish(database, mine, failed, clock()), workshop)


def _patiently(finish: Callable[[], None], workshop: Workshop) -> None:
    """Wait for a database that went away: minutes of learning are not thrown away for it."""
    for _ in range(_TRIES):
        try:
            finish()
        except StorageUnavailable:
            if workshop.is_stopping():
                raise
            sleep(BEATS_EVERY.total_seconds())
        else:
            return
    finish()


def _finish(database: Database, mine: _Mine, end: _End, now: datetime) -> None:
    """End a training and activate its model, in one transaction; or let it wait for another attempt."""
    told = {"state": end.state, "reason": end.reason, "finished_at": now, "stage": "done", "progress": 1.0}
    if end.state == trainings.QUEUED:
        told |= {"finished_at": None, "stage": "waits for another attempt", "progress": 0.0}
    with database.unit_of_work() as session:
        if not trainings.change(session, mine.id, mine.attempt, **told, **end.values):
            log.warning("another worker has taken the training over", training_id=mine.id)
            return
        if end.state != trainings.QUEUED:
            of_mailbox, subject = mine.mailbox_id, f"training {mine.id}"
            note(session, "training.ended", subject, mailbox_id=of_mailbox, state=end.state, reason=end.reason)
        if end.values.get("page"):
            trainings.drop_pages(session, mine.mailbox_id, keep=_PAGES_KEPT)
        if end.bundle is not None:
            version = registry.install(session, end.bundle, mailbox_id=mine.mailbox_id, now=now)
            # From the installation to the commit nobody else moves the pointer; before it, somebody may have.
            if registry.active_version(session, mine.mailbox_id) != end.against:
                raise ModelChanged
            author = f"training {mine.id}"
            registry.activate(session, mine.mailbox_id, version, author=author, reason=end.reason, now=now)
    log.info("training changed state", training_id=mine.id, state=end.state)
