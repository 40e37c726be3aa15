"""Stand-ins that hold state; for what a test is not about."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Self

import numpy as np

from tests.make import reading, words_represented
from triage.labels import ImageKind
from triage.mail import MailText
from triage.ranking import Explanation, Reading
from triage.serving.image_manifest import ImageManifest


class FakeTextModel:
    """A model that gives the same reading to every text, remembers what it read, and can be made to fail.

    Args:
        fails_on: Says of a text whether reading it raises.
    """

    def __init__(
        self,
        gives: Reading | None = None,
        *,
        version: str = "fake-1",
        fails_on: Callable[[MailText], bool] = lambda _: False,
    ) -> None:
        self.version = version
        self.have_read: list[MailText] = []
        self.have_explained: list[MailText] = []
        self._gives = gives or reading()
        self._fails_on = fails_on

    def of(self, mailbox_id: int) -> Self:
        """Read the mail of every mailbox."""
        return self

    def read(self, texts: Sequence[MailText]) -> list[Reading]:
        if any(self._fails_on(text) for text in texts):
            raise ValueError("this text breaks the model")
        self.have_read += texts
        return [replace(self._gives, representation=words_represented(f"{one.subject} {one.body}")) for one in texts]

    def explain(self, texts: Sequence[MailText]) -> list[Explanation]:
        """Say that the first word of each subject did it all."""
        self.have_explained += texts
        words = [tuple(text.subject.split()[:1]) for text in texts]
        heads = ("topic", "sentiment", "urgency", "action_required")
        return [Explanation(said, {head: (1.0,) * len(said) for head in heads}) for said in words]


class FakeImageModel:
    """A model that gives every image the same class, and can be made to fail.

    Args:
        fails: Whether recognising raises.
    """

    def __init__(
        self, kind: str = "screenshot", confidence: float = 0.97, *, version: str = "image-fake-1", fails: bool = False
    ) -> None:
        classes = tuple(ImageKind) if kind in tuple(ImageKind) else (*ImageKind, kind)
        self.version = version
        self.manifest = ImageManifest(version, classes, 16, "pad", 1.0, {}, {}, "0", "none")
        self.batches: list[int] = []
        self._answer = [confidence if one == kind else (1 - confidence) / (len(classes) - 1) for one in classes]
        self._fails = fails

    def recognize(self, pixels: np.ndarray) -> np.ndarray:
        if self._fails:
            raise ValueError("this image breaks the model")
        self.batches.append(len(pixels))
        return np.array([self._answer] * len(pixels), np.float32)
