"""Labels on suggested mail, and on mail drawn by chance."""

import pytest

from benchmarks.label_next import curve, mails_of


@pytest.mark.slow
@pytest.mark.usefixtures("shared_data")
@pytest.mark.parametrize("name", ["emails-de-buergeramt", "tickets-it-8topics"])
def test_suggested_mail_teaches_more_than_mail_by_chance(name):
    """A simple learner is better by 60 labels of suggested mail than by 60 of mail drawn by chance, mean of three."""
    mails = mails_of(name, most=900)

    reached = {
        suggested: sum(curve(mails, suggested=suggested, seed=seed, rounds=5)[-1] for seed in range(3)) / 3
        for suggested in (True, False)
    }

    assert reached[True] > reached[False] + 0.02
