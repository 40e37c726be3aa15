"""The models of this worker: the shipped one, and those of mailboxes that have one of their own.

Which mailbox is read with which version is looked up between batches, and a version is loaded between batches too, by
the thread that reads, when the first mail for it comes. One that cannot be loaded is refused with its reason: its
mailbox is read on with the model that read it before, else with the shipped one, and the version is tried again later.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

import structlog

from triage.errors import StorageUnavailable, TriageError
from triage.registry import active_versions
from triage.serving.protocol import TextModel
from triage.storage import emails, shadows
from triage.storage.session import Database
from workers.memories import Memories
from workers.reader import Reader, cannot_be_loaded, give_memory_back

log = structlog.get_logger(__name__)

LOOKS_EVERY = timedelta(seconds=1)
TRIES_AGAIN_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Loaded:
    """Models that are loaded: those of some mailboxes, and the shipped one for all others."""

    own: Mapping[int, TextModel]
    shipped: TextModel
    memories: Memories

    def of(self, mailbox_id: int) -> TextModel:
        """Return the model that reads the mail of a mailbox, with its memory."""
        return self.memories.aided(mailbox_id, self.own.get(mailbox_id, self.shipped))


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a version is not read with, and since when by the monotonic clock."""

    problem: str
    at: float


class Models:
    """Holds the shipped model and the few others that were used last.

    Args:
        shipped: Holds the shipped model.
        database: Where the pointers of mailboxes are.
        load: Loads a version; raises a `TriageError` when it cannot be used.
        kept: Most models of mailboxes in memory.
        looks_every: Least time between two looks at the pointers.
        tries_again_after: Least time between two tries to load a version.

    Attributes:
        shipped: What holds the shipped model. It, `problem` and `is_loading` may be asked by any thread.
        pointers: Of mailboxes that have a model of their own, the version to read with.
        shadows: Of mailboxes the version that reads beside the active one.
        memories: What mailboxes taught since their models were trained.
    """

    def __init__(
        self,
        shipped: Reader[TextModel],
        database: Database,
        load: Callable[[str], TextModel],
        *,
        kept: int,
        looks_every: timedelta = LOOKS_EVERY,
        tries_again_after: timedelta = TRIES_AGAIN_AFTER,
    ) -> None:
        self.shipped = shipped
        self.shadows: Mapping[int, str] = {}
        self.memories = Memories()
        self._database, self._load, self._kept = database, load, kept
        self._looks_every, self._tries_again_after = looks_every, tries_again_after
        self._looked_at: float | None = None
        self._is_loading = False
        self.pointers: Mapping[int, str] = {}
        self._loaded: OrderedDict[str, TextModel] = OrderedDict()  # the one used last at the end
        self._read_last: dict[int, str] = {}  # of each mailbox the version that could be loaded last
        self._refused: dict[str, Refusal] = {}

    @property
    def is_loading(self) -> bool:
        """Whether a model is being loaded."""
        return self._is_loading or self.shipped.is_loading

    @property
    def problem(self) -> str:
        """What a person should mend, as a sentence; empty when every mailbox is read with what it should be."""
        wanted = set(self.pointers.values())
        refused = [refusal.problem for version, refusal in list(self._refused.items()) if version in wanted]
        return "; ".join(filter(None, [self.shipped.problem, *refused]))

    def renew(self) -> None:
        """Look what to read with from now on; to be called between batches.

        Raises:
            ModelUnavailable: The shipped model could not be loaded.
            StorageUnavailable: The database does not answer.
        """
        self.shipped.renew()
        if self._looked_at is None or monotonic() - self._looked_at >= self._looks_every.total_seconds():
            with self._database.reading() as session:
                self.pointers, self.shadows = active_versions(session), shadows.running(session)
                self.memories.renew(session)
            self._looked_at = monotonic()
            self._let_go()

    def parts_of(self, email_ids: Sequence[int]) -> Iterable[tuple[Sequence[int], Loaded]]:
        """Yield emails with models that read them, in parts for which memory has room: most often there is one.

        Raises:
            ModelUnavailable: The shipped model could not be loaded.
            StorageUnavailable: The database does not answer.
        """
        if not self.pointers:
            yield email_ids, Loaded({}, self.shipped.current(), self.memories)
            return
        with self._database.reading() as session:
            mailbox_of = emails.mailboxes_of(session, email_ids)
        own = sorted(set(mailbox_of.values()) & self.pointers.keys())
        turns = [own[start : start + self._kept] for start in range(0, len(own), self._kept)] or [[]]
        for number, turn in enumerate(turns):
            part = [
                email_id
                for email_id, mailbox_id in mailbox_of.items()
                if mailbox_id in turn or (number == 0 and mailbox_id not in self.pointers)
            ]
            own_models = {mailbox_id: self.of(mailbox_id) for mailbox_id in turn}
            yield part, Loaded(own_models, self.shipped.current(), self.memories)

    def for_email(self, email_id: int) -> Loaded:
        """Return models among which is that of one email."""
        none_of_its_own = Loaded({}, self.shipped.current(), self.memories)
        return next((models for _, models in self.parts_of([email_id])), none_of_its_own)

    def of(self, mailbox_id: int) -> TextModel:
        """Return the model that reads the mail of a mailbox now, loading it if need be."""
        return self.active(mailbox_id) or self._before(mailbox_id) or self.shipped.current()

    def active(self, mailbox_id: int) -> TextModel | None:
        """Return the model that a mailbox should be read with, loading it if need be; `None` when that is refused."""
        version = self.pointers.get(mailbox_id)
        if version is None:
            return self.shipped.current()
        model = self.version(version)
        if model is not None:
            self._read_last[mailbox_id] = version
        return model

    def version(self, version: str) -> TextModel | None:
        """Return a version, loading it if need be; `None` when it cannot be loaded."""
        if version not in self._loaded and not self._try(version):
            return None
        self._loaded.move_to_end(version)
        return self._loaded[version]

    def _before(self, mailbox_id: int) -> TextModel | None:
        version = self._read_last.get(mailbox_id)
        return self.version(version) if version is not None and version in self._loaded else None

    def _try(self, version: str) -> bool:
        refusal = self._refused.get(version)
        if refusal is not None and monotonic() - refusal.at < self._tries_again_after.total_seconds():
            return False
        self._is_loading = True
        try:
            self._loaded[version] = self._load(version)
        except StorageUnavailable:
            raise  # nothing can be read anyway, and what is away says nothing of the version
        except TriageError as error:
            self._refuse(version, str(error))
        except Exception as error:  # noqa: BLE001 - whatever a version provokes must not stop those that read
            self._refuse(version, cannot_be_loaded(error))
        else:
            self._refused.pop(version, None)
            log.info("model loaded", version=version)
            self._make_room()
        finally:
            self._is_loading = False
        return version in self._loaded

    def _refuse(self, version: str, why: str) -> None:
        problem = f"version {version} is not read with: {why}"
        log.error("model not loaded", version=version, error=why)
        self._refused[version] = Refusal(problem, monotonic())

    def _let_go(self) -> None:
        """Let go of models that nobody is read with any more."""
        self._read_last = {one: version for one, version in self._read_last.items() if one in self.pointers}
        wanted = {*self.pointers.values(), *self.shadows.values(), *self._read_last.values()}
        for version in self._loaded.keys() - wanted:
            self._drop(version)

    def _make_room(self) -> None:
        while len(self._loaded) > self._kept:
            self._drop(next(iter(self._loaded)))

    def _drop(self, version: str) -> None:
        del self._loaded[version]
        log.info("model let go", version=version)
        give_memory_back()
