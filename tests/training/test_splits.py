"""No domain stands on both sides of a split."""

from training.corpus import triage_corpus
from training.splits import folds_by_domain


def test_a_fold_judges_only_domains_it_never_saw():
    """Train and test share no domain and no group, and together are the whole corpus."""
    examples = triage_corpus()

    for fold in folds_by_domain(examples, 4):
        seen = {examples[mail].domain for mail in fold.train} | {examples[mail].group for mail in fold.train}
        unseen = {examples[mail].domain for mail in fold.test} | {examples[mail].group for mail in fold.test}
        assert not seen & unseen
        assert len(fold.train) + len(fold.test) == len(examples)


def test_every_mail_is_judged_once():
    """The test sides of all folds are a partition."""
    examples = triage_corpus()

    judged = [int(mail) for fold in folds_by_domain(examples, 4) for mail in fold.test]

    assert sorted(judged) == list(range(len(examples)))
