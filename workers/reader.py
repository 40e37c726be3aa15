"""A model of this worker: loaded on first use, and anew when its bundle has been replaced.

Loading takes seconds and twice the memory, so it is done between batches, in the thread that reads. A bundle that
cannot be used is refused with its reason, and the model that reads goes on; it is tried again when its files change.
"""

import ctypes
import gc
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Generic, Protocol, TypeVar

import structlog

from triage.errors import ModelUnavailable, StorageUnavailable, TriageError
from triage.serving.manifest import Fingerprint, fingerprint

log = structlog.get_logger(__name__)

LOOKS_EVERY = timedelta(seconds=3)


class Versioned(Protocol):
    """A model, whatever it reads."""

    @property
    def version(self) -> str:
        """Name of the bundle."""


Model = TypeVar("Model", bound=Versioned)


class Reader(Generic[Model]):
    """Holds one model, the latest that could be loaded.

    Args:
        where: Says which folder to read with now; it may name another one each time.
        load: Loads a bundle; raises a `TriageError` when it cannot be used.
        looks_every: Least time between two looks at the files.

    Attributes:
        model: The loaded model, if any.
        problem: Why the bundle on disk is not read with, as a sentence; empty when it is.
        is_loading: A load is under way. These three may be read by any thread.
    """

    def __init__(
        self,
        where: Callable[[], Path],
        load: Callable[[Path], Model],
        *,
        looks_every: timedelta = LOOKS_EVERY,
    ) -> None:
        self.model: Model | None = None
        self.problem = ""
        self.is_loading = False
        self._where, self._load = where, load
        self._looks_every = looks_every
        self._looked_at: float | None = None
        self._tried: tuple[Path, Fingerprint] | None = None
        self._read: tuple[Path, Fingerprint] | None = None  # what `model` was loaded from

    def current(self) -> Model:
        """Return the loaded model.

        Raises:
            ModelUnavailable: None could be loaded.
        """
        return self.model or self.renew()

    def renew(self) -> Model:
        """Look whether the bundle was replaced, load it if so, and return the model to read with.

        Raises:
            ModelUnavailable: None could be loaded.
            StorageUnavailable: The database does not answer, which says where to look.
        """
        if self._is_time_to_look():
            self._look()
        if self.model is None:
            raise ModelUnavailable(self.problem)
        return self.model

    def _is_time_to_look(self) -> bool:
        now = monotonic()
        if self._looked_at is not None and now - self._looked_at < self._looks_every.total_seconds():
            return False
        self._looked_at = now
        return True

    def _look(self) -> None:
        try:
            # The fingerprint is taken before loading: what changes meanwhile is seen at the next look.
            bundle = self._where()
            found = (bundle, fingerprint(bundle))
            if found == self._read and self.model is not None:
                # It may be wanted again, after another that was refused.
                self._tried, self.problem = found, ""
                return
            if found == self._tried and self.model is not None:
                return
            self._tried, self.is_loading = found, True
            self._replace(self._load(bundle))
            self._read = found
        except StorageUnavailable:
            self._looked_at = None
            raise  # what is away says nothing of the bundle
        except TriageError as error:
            self._refuse(str(error))
        except Exception as error:  # noqa: BLE001 - whatever a new bundle provokes must not stop the one that reads
            self._refuse(cannot_be_loaded(error))
        finally:
            self.is_loading = False

    def _replace(self, model: Model) -> None:
        before, self.model, self.problem = self.model, model, ""
        log.info("model loaded", version=model.version, before=before and before.version)
        if before is not None:
            del before
            give_memory_back()

    def _refuse(self, problem: str) -> None:
        if problem != self.problem:
            log.error("model not loaded", error=problem, reads_on_with=self.model and self.model.version)
        self.problem = problem


def cannot_be_loaded(error: Exception) -> str:
    """Return what is said of a bundle that provokes an error which is none of ours."""
    return f"the bundle cannot be loaded ({type(error).__name__}); train it again with this release"


def give_memory_back() -> None:
    """Let go of what models took that nobody holds any more."""
    # A model is full of cycles; left to chance, several would lie about.
    gc.collect()
    # glibc would keep what the old model took, 150 MB, for itself; other libraries have no such function.
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
