"""Whole groups go to one side, and every label to both where it can."""

import numpy as np

from training.splits import fold_by_group

LABELS = ["common"] * 60 + ["seldom"] * 30 + ["rare"] * 10


def test_groups_are_never_torn():
    """Groups of one to four mails lie wholly on one side, and both sides are everything."""
    groups = np.sort(np.random.default_rng(1).integers(0, 40, len(LABELS))).tolist()

    fold = fold_by_group(groups, LABELS, test_share=0.2, seed=3)

    assert not {groups[mail] for mail in fold.train} & {groups[mail] for mail in fold.test}
    assert sorted([*fold.train, *fold.test]) == list(range(len(LABELS)))
    assert len(fold.test) > 0


def test_every_label_has_its_share_on_the_test_side():
    """Where each mail is a group of its own the shares are exact."""
    fold = fold_by_group(range(len(LABELS)), LABELS, test_share=0.2, seed=3)

    tested = [LABELS[mail] for mail in fold.test]
    assert {label: tested.count(label) for label in set(LABELS)} == {"common": 12, "seldom": 6, "rare": 2}


def test_the_test_side_is_never_larger_than_asked():
    """Groups that would pass the share stay on the other side, whatever the seed."""
    groups = [mail // 3 for mail in range(len(LABELS))]

    sizes = [len(fold_by_group(groups, LABELS, test_share=0.1, seed=seed).test) for seed in range(20)]

    assert max(sizes) <= 10


def test_a_seed_repeats_its_draw():
    """The same seed draws the same mails, another one others."""
    one, again, other = (
        fold_by_group(range(len(LABELS)), LABELS, test_share=0.2, seed=seed).test.tolist() for seed in (1, 1, 2)
    )

    assert one == again != other


def test_a_label_of_one_mail_is_learned_from():
    """Nobody can be judged on what nobody could learn."""
    fold = fold_by_group(range(11), ["only", *["other"] * 10], test_share=0.5, seed=0)

    assert 0 in fold.train


def test_a_large_group_does_not_keep_its_label_from_the_test_side():
    """One group of five beside five single mails: one of the single ones can always be held."""
    groups = [0] * 5 + [5, 6, 7, 8, 9]

    sizes = [len(fold_by_group(groups, ["one"] * 10, test_share=0.2, seed=seed).test) for seed in range(20)]

    assert min(sizes) >= 1
