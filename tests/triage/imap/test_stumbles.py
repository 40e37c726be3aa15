"""What breaks off is asked for by itself, and given up only when it alone is to blame."""

from datetime import timedelta

import pytest

from tests.make import NOW
from triage.imap.stumbles import MOST_TRIES, MOST_TRIES_WHEN_BUSY, Stumbles

SIZES = {1: 10, 2: 10, 3: 10, 4: 10}


@pytest.fixture
def stumbles():
    return Stumbles()


def hopeless(stumbles, uid, *, is_busy=False, tries=MOST_TRIES):
    for _ in range(tries):
        stumbles.note([uid], is_busy=is_busy)
    return stumbles.is_hopeless(uid)


def test_batches_are_bounded_by_number_and_weight(stumbles):
    """As many as are light, and no more than are heavy together; one that is heavier than a batch is one."""
    light = list(stumbles.batches(dict.fromkeys(range(1, 301), 1)))
    heavy = list(stumbles.batches({1: 5 * 2**20, 2: 3 * 2**20, 3: 1, 4: 50 * 2**20, 5: 1}))

    assert [len(batch) for batch in light] == [200, 100]
    assert heavy == [[1, 2], [3], [4], [5]]


def test_what_has_no_size_comes_alone(stumbles):
    """Nobody knows what it weighs."""
    assert list(stumbles.batches({1: 10, 2: 0, 3: 10, 4: 10})) == [[1], [2], [3, 4]]


def test_suspects_come_alone_until_they_were_fetched(stumbles):
    """A batch that broke off is taken apart; whoever comes through is no suspect any more."""
    stumbles.note([2, 3])
    apart = list(stumbles.batches(SIZES))
    stumbles.forget([2])
    stumbles.forget([3])

    assert apart == [[1], [2], [3], [4]]
    assert list(stumbles.batches(SIZES)) == [[1, 2, 3, 4]]


def test_one_that_breaks_off_by_itself_is_given_up(stumbles):
    """Three times alone is enough; together with others it is not to blame."""
    for _ in range(9):
        stumbles.note([1, 2])
    in_company = stumbles.is_hopeless(1)

    assert not in_company
    assert not hopeless(stumbles, 1, tries=MOST_TRIES - 1)
    assert hopeless(stumbles, 1, tries=1)
    assert stumbles.passed_over() == 1


def test_busy_server_has_more_tries(stumbles):
    """Busy may mean everybody, so one message is given up for it only after a long time."""
    assert not hopeless(stumbles, 1, is_busy=True, tries=MOST_TRIES_WHEN_BUSY - 1)
    assert hopeless(stumbles, 1, is_busy=True, tries=1)


def test_busy_makes_suspects_when_it_lasts(stumbles):
    """A batch is not taken apart for a server that needs a rest: that would be more work for it."""
    stumbles.note([1, 2], is_busy=True)
    stumbles.note([1, 2], is_busy=True)
    at_first = stumbles.is_suspect(1)
    stumbles.note([1, 2], is_busy=True)

    assert not at_first
    assert stumbles.is_suspect(1)


def test_hopeless_is_tried_once_more_a_day(stumbles):
    """A day later one try is allowed, and one more failure ends it; an hour later none is."""
    stumbles.forgive(NOW)
    hopeless(stumbles, 1)

    stumbles.forgive(NOW + timedelta(hours=1))
    within_the_day = stumbles.is_hopeless(1)
    stumbles.forgive(NOW + timedelta(days=1))
    next_day = stumbles.is_hopeless(1)

    assert (within_the_day, next_day) == (True, False)
    assert hopeless(stumbles, 1, tries=1)


def test_clock_that_is_set_back_forgives_all_the_same(stumbles):
    """Who was forgiven in a time to come need not wait for it."""
    stumbles.forgive(NOW + timedelta(days=300))
    hopeless(stumbles, 1)

    stumbles.forgive(NOW)

    assert not stumbles.is_hopeless(1)


def test_new_uidvalidity_begins_anew(stumbles):
    """The same UID is another message after the folder was renumbered, and no hopeless one."""
    stumbles.begin(7)
    hopeless(stumbles, 1)
    stumbles.note([2, 3])

    stumbles.begin(7)
    same = (stumbles.is_hopeless(1), stumbles.is_suspect(2))
    stumbles.begin(8)

    assert same == (True, True)
    assert (stumbles.is_hopeless(1), stumbles.is_suspect(2), stumbles.passed_over()) == (False, False, 0)
