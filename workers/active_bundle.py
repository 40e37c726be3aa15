"""Where the bundle is that images are recognised with: the active version, unpacked here, or the shipped one.

It is asked between two batches. A version that cannot be unpacked is refused with its reason, and tried again after a
minute; whoever asks goes on with the bundle that it has.
"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from time import monotonic

from triage.errors import StorageUnavailable, TriageError
from triage.registry import unpacked
from triage.registry.cache import OF_IMAGES
from triage.registry.image_versions import active_version
from triage.serving.bundle_files import Fingerprint, fingerprint
from triage.storage.session import Database

TRIES_AGAIN_AFTER = timedelta(minutes=1)


class ActiveBundle:
    """Follows the pointer.

    Args:
        database: Where the pointer and the versions are.
        folder: Where this machine unpacks them.
        shipped: Says where the bundle is that is read while no version is active.
        tries_again_after: Least time between two tries to unpack the same version.
    """

    def __init__(
        self,
        database: Database,
        folder: Path,
        shipped: Callable[[], Path],
        *,
        tries_again_after: timedelta = TRIES_AGAIN_AFTER,
    ) -> None:
        self._database, self._folder, self._shipped = database, folder, shipped
        self._tries_again_after = tries_again_after
        self._whole: tuple[str, Fingerprint] | None = None  # a version, and its files when they were checked
        self._refused: tuple[str, TriageError, float] | None = None

    def __call__(self) -> Path:
        """Return the folder to recognise with now.

        Raises:
            StorageUnavailable: The database does not answer.
            TriageError: The active version cannot be unpacked.
        """
        with self._database.reading() as session:
            version = active_version(session)
        if version is None:
            return self._shipped()
        place = self._folder / version
        # Checking takes a digest of every file, so it is not done at each look.
        if self._whole != (version, fingerprint(place)):
            self._require_patience(version)
            self._unpack(version)
            self._whole = (version, fingerprint(place))
        return place

    def _unpack(self, version: str) -> None:
        try:
            unpacked(self._database, version, self._folder, OF_IMAGES)
        except StorageUnavailable:
            raise  # what is away says nothing of the version
        except TriageError as error:
            self._refused = (version, error, monotonic())
            raise
        self._refused = None

    def _require_patience(self, version: str) -> None:
        if self._refused is None:
            return
        refused, error, at = self._refused
        if refused == version and monotonic() - at < self._tries_again_after.total_seconds():
            raise error
