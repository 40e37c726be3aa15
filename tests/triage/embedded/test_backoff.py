from datetime import timedelta

from triage.embedded.backoff import Backoff


def test_the_wait_doubles_up_to_its_longest():
    """The first wait is half a second, each one after it twice as long, and none longer than 30 seconds."""
    waits = [Backoff().wait(deaths).total_seconds() for deaths in range(1, 10)]

    assert waits == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]


def test_the_wait_stays_at_its_longest_for_ever():
    """A program that has died a million times in a row still waits 30 seconds."""
    assert Backoff().wait(1_000_000) == timedelta(seconds=30)


def test_a_death_after_a_long_life_counts_as_the_first():
    """A program that ran a minute waits half a second again; one that ran less goes on counting."""
    backoff = Backoff()

    assert backoff.deaths_in_a_row(6, lived=timedelta(seconds=59)) == 7
    assert backoff.deaths_in_a_row(6, lived=timedelta(seconds=60)) == 1
