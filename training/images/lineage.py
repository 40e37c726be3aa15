"""Which images a bundle learned from: enough of their digests to know one again, little enough for a manifest."""

import base64
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from triage.serving.image_manifest import LEARNED

__all__ = ["LEARNED", "lineage_of", "unseen"]

_BYTES = 5  # of a sha256; among a million images one in a million is taken for another


def lineage_of(digests: Iterable[str]) -> str:
    """Return the beginnings of digests as text."""
    return base64.b64encode(b"".join(sorted(bytes.fromhex(digest)[:_BYTES] for digest in digests))).decode("ascii")


def unseen(digests: Sequence[str], *figures: Mapping[str, Any]) -> list[int]:
    """Return the places of the images that no bundle with these figures learned from."""
    learned = {one for own in figures for one in _beginnings(str(own.get(LEARNED, "")))}
    return [place for place, digest in enumerate(digests) if bytes.fromhex(digest)[:_BYTES] not in learned]


def _beginnings(told: str) -> list[bytes]:
    data = base64.b64decode(told)
    return [data[start : start + _BYTES] for start in range(0, len(data), _BYTES)]
