import pytest

from triage.embedded.event import how_it_ended


@pytest.mark.parametrize(
    ("exit_code", "words"),
    [(0, "ended with exit code 0"), (3, "ended with exit code 3"), (-9, "was ended by signal 9 (Killed)")],
)
def test_an_end_is_told_in_words(exit_code, words):
    """Exit codes are named as such, and signals by number and name."""
    # macOS writes the number after the name once more.
    assert how_it_ended(exit_code).startswith(words.removesuffix(")"))
