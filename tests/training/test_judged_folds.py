"""A fold learns from no mail of a domain it judges, whether that mail is judged itself or not."""

from dataclasses import replace

import numpy as np
import pytest

from tests.training.make import letter
from training.corpus import triage_corpus, wide_corpus
from training.corpus.kin import kin_of
from training.splits import folds_by_domain


@pytest.fixture(scope="module")
def corpora():
    """The corpus that is judged, and the mail that is only learned from."""
    return triage_corpus(), wide_corpus()


def of_domains(*domains):
    """Return a mail to each of these domains."""
    return [replace(letter(number), domain=domain) for number, domain in enumerate(domains)]


def test_a_fold_learns_from_no_other_mail_of_a_domain_it_judges(corpora):
    """Of both corpora, its kin included, and from all other mail."""
    judged, others = corpora
    examples = [*judged, *others]

    for fold in folds_by_domain(examples, 4, judged=len(judged)):
        judges = {examples[mail].domain for mail in fold.test}
        assert not any(kin_of(examples[mail].domain) & judges for mail in fold.train)
        assert len(fold.train) == sum(
            example.domain not in judges and not kin_of(example.domain) & judges for example in examples
        )


def test_only_the_judged_are_judged_and_each_once(corpora):
    """The test sides are a partition of the first examples."""
    judged, others = corpora

    folds = folds_by_domain([*judged, *others], 4, judged=len(judged))

    assert sorted(int(mail) for fold in folds for mail in fold.test) == list(range(len(judged)))


def test_the_others_do_not_change_who_is_judged_where(corpora):
    """Domains are dealt by the judged mail alone."""
    judged, others = corpora

    alone = folds_by_domain(judged, 4)
    beside = folds_by_domain([*judged, *others], 4, judged=len(judged))

    assert all(np.array_equal(one.test, other.test) for one, other in zip(alone, beside, strict=True))


def test_mail_of_a_domain_nobody_judges_is_learned_from_in_every_fold():
    """Two folds of two domains, and a third domain beside them."""
    folds = folds_by_domain(of_domains("a", "b", "a", "zoo"), 2, judged=3)

    assert [fold.train.tolist() for fold in folds] == [[1, 3], [0, 2, 3]]
    assert [fold.test.tolist() for fold in folds] == [[0, 2], [1]]


def test_mail_without_a_domain_goes_by_its_group():
    """Two mails of one group stay together."""
    examples = [replace(example, group="pair") for example in of_domains("", "")] + of_domains("a")

    folds = folds_by_domain(examples, 2)

    assert sorted(fold.test.tolist() for fold in folds) == [[0, 1], [2]]


def test_there_are_no_more_folds_than_domains():
    """A fold without mail would judge nothing."""
    assert len(folds_by_domain(of_domains("a", "b"), 5)) == 2
