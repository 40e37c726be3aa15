"""What reads mail and recognises images, as its callers see it; they need no TensorFlow to name it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from triage.mail import MailText
from triage.ranking import Explanation, Reading

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from triage.images.decoded import Decoded
    from triage.images.fit import Fit


class TextModel(Protocol):
    """A loaded model, or whatever else reads texts."""

    @property
    def version(self) -> str:
        """Name of the bundle; equal versions give equal readings."""

    def read(self, texts: Sequence[MailText]) -> list[Reading]:
        """Return one reading for each text, in order."""

    def explain(self, texts: Sequence[MailText]) -> list[Explanation]:
        """Return, for each text in order, what its words did; dearer than reading, so asked for what is shown."""


class TextModels(Protocol):
    """Which model reads the mail of which mailbox."""

    def of(self, mailbox_id: int) -> TextModel:
        """Return the model that reads the mail of a mailbox; it is loaded."""


class Sees(Protocol):
    """What a bundle of images, or a cascade of two, says of what it sees and answers."""

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes, in the order of its columns."""

    @property
    def side(self) -> int:
        """Pixels of the square that it is given."""

    @property
    def fit(self) -> "Fit":
        """How an image becomes that square."""


class ImageModel(Protocol):
    """A loaded model, or whatever else recognises images."""

    @property
    def version(self) -> str:
        """Name of the bundle; equal versions give equal findings."""

    @property
    def manifest(self) -> "Sees":
        """What it says of itself."""

    def recognize(self, pixels: "NDArray[np.uint8]") -> "NDArray[np.float32]":
        """Return the probability of each class (images, classes) of images (images, side, side, 3)."""


class ImageDecoder(Protocol):
    """Makes pixels of bytes of strangers."""

    def decode(self, data: bytes) -> "Decoded":
        """Return an image as the model looks at it.

        Raises:
            InvalidImage: The bytes are no image that we read; the same cause has the same words.
        """
