"""Looks at everything that Triage needs, and says what to do about what is amiss."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from redis import Redis
from sqlalchemy import Engine

from triage.errors import QueueFull, QueueUnavailable, TriageError
from triage.imap.state import State, status_of
from triage.policies import unusable
from triage.queue import WorkStream, connect
from triage.queue.heartbeat import (
    READS,
    RECOGNIZES,
    Heartbeat,
    living_workers,
    why_unread,
    why_unrecognized,
    why_untrained,
)
from triage.queue.lanes import IMAGES
from triage.queue.redis import require_room
from triage.queue.soundness import redis_warnings
from triage.ranking import load_policy
from triage.registry.image_versions import require_active_kept
from triage.serving.image_manifest import DEFAULT_IMAGE_BUNDLE
from triage.serving.manifest import DEFAULT_BUNDLE, read_manifest
from triage.serving.recognizer_manifest import read_recognizer_manifest
from triage.settings import Settings
from triage.storage import accounts, emails, images, trainings
from triage.storage.failures import FailedFilter, SetAside, failed_groups
from triage.storage.mailboxes import names_by_id
from triage.storage.policies import in_force
from triage.storage.schema import require_current
from triage.storage.session import Database
from triage.trainings import waiting_topics

LEAST_FREE_BYTES = 1_000_000_000
MOST_NAMED = 10  # of mailboxes with the same fault


@dataclass(frozen=True, slots=True)
class Finding:
    """What a look at one thing gave.

    Attributes:
        text: What was found; when amiss, a sentence that ends in what to do.
    """

    what: str
    is_well: bool
    text: str


def examine(settings: Settings) -> list[Finding]:
    """Look at everything once, in the order in which one thing needs the other; nothing is changed."""
    database, redis = Database(settings.database_url), connect(settings.redis_url)
    looks: tuple[tuple[str, Callable[[], str]], ...] = (
        ("policy", lambda: f"version {load_policy(settings.policy_file).version}"),
        ("disk", lambda: _disk(settings.data_dir)),
        ("database", lambda: _schema(database.engine)),
        ("policies", lambda: _policies(database)),
        ("mail", lambda: _mail(database)),
        ("images", lambda: _images(database, redis)),
        ("accounts", lambda: _accounts(database)),
        ("learning", lambda: _learning(database, redis)),
        ("redis", lambda: _redis(redis)),
        ("bundle", lambda: _bundle(settings.bundle or DEFAULT_BUNDLE)),
        ("image bundle", lambda: _image_bundle(database, settings.image_bundle or DEFAULT_IMAGE_BUNDLE)),
        ("workers", lambda: _workers(settings)),
    )
    return [_look(what, look) for what, look in looks]


class Amiss(TriageError):
    """Something is not as it should be; the sentence says what to do."""


def _look(what: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(what, True, look())
    except (TriageError, OSError) as error:
        return Finding(what, False, str(error))


def _disk(data_dir: Path) -> str:
    existing = next(folder for folder in (data_dir, *data_dir.parents) if folder.exists())
    free = shutil.disk_usage(existing).free
    if free < LEAST_FREE_BYTES:
        raise Amiss(f"{free / 1e9:.1f} GB free at {existing}; make room, or mail can soon not be stored")
    return f"{free / 1e9:.0f} GB free at {existing}"


def _schema(engine: Engine) -> str:
    require_current(engine)
    return f"{engine.dialect.name}, schema is current"


def _policies(database: Database) -> str:
    with database.reading() as session:
        faults, names = unusable(session), names_by_id(session)
        count = len(in_force(session))
    if faults:
        told = "; ".join(f"mailbox {names[one]}: {why}" for one, why in sorted(faults.items())[:MOST_NAMED])
        others = f"; and {len(faults) - MOST_NAMED:,} more" if len(faults) > MOST_NAMED else ""
        raise Amiss(
            f"{len(faults):,} mailboxes are ranked by the policy file, for their own policy can no longer be used: "
            f"{told}{others}; put another in force with `triage policy set FILE --mailbox NAME`"
        )
    return f"{count:,} mailboxes were given one, and all can be used"


def _mail(database: Database) -> str:
    with database.reading() as session:
        counts, groups = emails.count_by_state(session), failed_groups(session, FailedFilter(), limit=1)
    if groups:
        most = f"{groups[0].count:,} of them in stage {groups[0].stage} ({groups[0].error})"
        raise Amiss(f"{counts[emails.FAILED]:,} emails were set aside, {most}; `triage failed list` says more")
    return f"{counts[emails.READ]:,} read, {counts[emails.QUEUED]:,} waiting"


def _images(database: Database, redis: Redis) -> str:
    with database.reading() as session:
        counts, groups = (
            images.count_by_state(session),
            failed_groups(session, FailedFilter(of=SetAside.IMAGES), limit=1),
        )
    if groups:
        most = f"{groups[0].count:,} of them because {groups[0].error}"
        raise Amiss(f"images were set aside, {most}; `triage failed list --images` says more")
    if counts[emails.QUEUED]:
        try:
            why = why_unrecognized(living_workers(redis))
        except QueueUnavailable:
            why = "nobody can be called while Redis does not answer"
        if why:
            raise Amiss(f"{counts[emails.QUEUED]:,} images wait, and {why}")
    return f"{counts[emails.READ]:,} recognised, {counts[emails.QUEUED]:,} waiting"


def _accounts(database: Database) -> str:
    with database.reading() as session:
        found = [status_of(row, datetime.now(UTC)) for row in accounts.all_accounts(session)]
    troubled = [status for status in found if status.state not in (State.OK, State.WAITING)]
    if troubled:
        others = f" ({len(troubled) - 1:,} more: `triage accounts list`)" if len(troubled) > 1 else ""
        raise Amiss(f"{troubled[0].name}: {troubled[0].problem}{others}")
    return f"{len(found):,} polled" if found else "none; mail comes in by other doors"


def _learning(database: Database, redis: Redis) -> str:
    with database.reading() as session:
        counts, wanting = trainings.count_by_state(session), waiting_topics(session)
    told = [f"{mailbox}: {sentence}" for mailbox, of_mailbox in wanting.items() for sentence in of_mailbox]
    waiting = sum(counts[state] for state in trainings.UNFINISHED)
    if waiting:
        try:
            why = why_untrained(living_workers(redis))
        except QueueUnavailable:
            why = "nobody can be called while Redis does not answer"
        if why:
            raise Amiss("; ".join([f"{waiting:,} trainings wait, and {why}", *told]))
    ended = sum(counts[state] for state in trainings.FINAL)
    return "; ".join([f"{ended:,} trainings ended, {waiting:,} under way", *told])


def _redis(redis: Redis) -> str:
    try:
        require_room(redis)
        warnings = redis_warnings(redis)
    except QueueFull as error:
        raise Amiss(f"{error}; mail is stored meanwhile and read later") from error
    except QueueUnavailable as error:
        raise Amiss(f"{error} On one machine `triage up` starts it; mail is stored meanwhile and read later") from error
    if warnings:
        raise Amiss("; ".join(warnings))
    return f"{WorkStream(redis).length():,} emails and {WorkStream(redis, IMAGES).length():,} images wait"


def _bundle(path: Path) -> str:
    return f"{read_manifest(path).version} at {path}"


def _image_bundle(database: Database, path: Path) -> str:
    with database.reading() as session:
        active = require_active_kept(session)
    if active is not None:
        return f"{active}, activated for all mailboxes"
    if not path.is_dir():
        return f"none at {path}; images wait until one is there"
    return f"{read_recognizer_manifest(path).version} at {path}"


def _workers(settings: Settings) -> str:
    try:
        workers = living_workers(connect(settings.redis_url))
    except QueueUnavailable as error:
        raise Amiss("unknown while Redis does not answer") from error
    if why := why_unread(workers):
        raise Amiss(why)
    troubled = [worker for worker in workers if worker.problem]
    if troubled:
        raise Amiss(f"{troubled[0].worker} is {troubled[0].state}: {troubled[0].problem}")
    return ", ".join(f"{worker.worker} {_does(worker)}" for worker in workers)


def _does(worker: Heartbeat) -> str:
    if worker.kind == READS:
        return f"reads with {worker.model_version}"
    if worker.kind == RECOGNIZES:
        return f"recognises images with {worker.model_version or 'no model yet'}"
    return "trains"
