"""Stand-ins that hold state; for what a test is not about."""

from collections.abc import Callable, Sequence

from tests.make import reading
from triage.mail import MailText
from triage.ranking import Reading


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
        self._gives = gives or reading()
        self._fails_on = fails_on

    def read(self, texts: Sequence[MailText]) -> list[Reading]:
        if any(self._fails_on(text) for text in texts):
            raise ValueError("this text breaks the model")
        self.have_read += texts
        return [self._gives for _ in texts]
