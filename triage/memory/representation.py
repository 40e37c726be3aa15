"""What the model saw of a mail, as it is kept with its verdict."""

from collections.abc import Sequence


def vector(representation: bytes) -> Sequence[float]:
    """Return it as numbers, each from -128 to 127; none where nothing was kept."""
    return memoryview(representation).cast("b")
