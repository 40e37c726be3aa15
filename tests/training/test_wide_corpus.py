"""The wide corpus teaches besides the triage corpus, and gives none of it away."""

from collections import Counter

import pytest

from training.corpus import WIDE_CORPUS, corpus_files, read_examples, triage_corpus, wide_corpus
from training.corpus.kin import KIN_OF_DOMAIN, kin_of
from training.corpus.real import COMPLAINTS
from training.near_duplicates import near_duplicate_groups
from triage.labels import Language, Topic

HEADS = ("topic", "sentiment", "urgency", "action_required")


@pytest.fixture(scope="module")
def wide():
    """All mail of the wide corpus."""
    return wide_corpus()


def test_every_mail_has_an_id_of_its_own(wide):
    """Among themselves and beside the triage corpus."""
    ids = [example.id for example in [*wide, *triage_corpus()]]

    assert len(set(ids)) == len(ids)


def test_every_kind_of_organisation_is_written_to_in_both_languages():
    """As much German as English, kind by kind."""
    for path in corpus_files(WIDE_CORPUS):
        counts = Counter(example.language for example in read_examples(path))
        assert counts[Language.GERMAN] == counts[Language.ENGLISH] > 0, path.name
        assert set(counts) == {Language.GERMAN, Language.ENGLISH}, path.name


def test_every_mail_teaches_something(wide):
    """It has a text and at least one label, and no topic but the nine."""
    assert all(example.subject or example.body for example in wide)
    assert all(any(getattr(example, head) is not None for head in HEADS) for example in wide)
    assert {example.topic for example in wide} - {None} == set(Topic)


def test_next_of_kin_are_told():
    """A model judged on health has learned from no dental practice, and one on finance from no building society."""
    assert kin_of("dental-practice") == {"health"}
    assert kin_of("moods-bank") == {"finance"}
    assert kin_of("steps-it") == {"hosting", "saas"}
    assert kin_of("health") == {"health"}
    assert kin_of("zoo") == frozenset()


def test_kin_are_kinds_and_domains_that_there_are():
    """A misspelt name would let a judged domain be learned from."""
    kinds = {example.domain for path in corpus_files(WIDE_CORPUS) for example in read_examples(path)}
    domains = {example.domain for example in triage_corpus()}

    assert set(KIN_OF_DOMAIN) == domains
    assert {kind for kinds_of in KIN_OF_DOMAIN.values() for kind in kinds_of.split()} <= kinds | {COMPLAINTS}


def test_files_of_a_mixed_field_are_kin_to_some_domain():
    """Whoever writes to several organisations of a field may have written to one that is judged."""
    mixed = [path.stem for path in corpus_files(WIDE_CORPUS) if path.stem.startswith(("moods-", "steps-", "feel-"))]

    # A gliding club is no business of any domain.
    assert [kind for kind in mixed if not kin_of(kind)] == ["moods-club"]


def test_a_group_lies_in_one_domain(wide):
    """Folds leave out whole domains, so a group over two of them would be torn."""
    domains = {}
    for example in [*triage_corpus(), *wide]:
        domains.setdefault(example.group, set()).add(example.domain)

    assert [group for group, of_group in domains.items() if len(of_group) > 1] == []


def test_no_mail_is_a_near_duplicate_of_a_judged_one(wide):
    """Whoever learned a mail by heart would shine on its twin."""
    judged = triage_corpus()

    groups = near_duplicate_groups([f"{example.subject}\n{example.body}" for example in [*judged, *wide]])

    alike = [example.id for example, group in zip(wide, groups[len(judged) :], strict=True) if group < len(judged)]
    assert alike == []
