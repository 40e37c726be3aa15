"""Each mailbox is read with its own model, and with another one rather than with none."""

from datetime import timedelta

import pytest

from tests.fakes import FakeTextModel
from tests.make import NOW, accept, make_intake, raw_message
from triage.errors import InvalidBundle, StorageUnavailable
from triage.storage import emails
from triage.storage.mailboxes import ensure_mailbox
from triage.storage.tables import Activation, Model
from workers.models import Models
from workers.reader import Reader

AT_ONCE = timedelta(0)


@pytest.fixture
def mailbox(database):
    """The id of a mailbox."""

    def finds(name):
        with database.unit_of_work() as session:
            return ensure_mailbox(session, name, NOW)

    return finds


@pytest.fixture
def point(database, mailbox):
    """Read a mailbox with a version from now on; `None` for the shipped model."""

    def points(name, version):
        mailbox_id = mailbox(name)
        with database.unit_of_work() as session:
            if version is not None and session.get(Model, version) is None:
                told = {"created_at": NOW, "manifest": {}, "size_bytes": 1, "digest": b"", "archive": b""}
                session.add(Model(version=version, mailbox_id=mailbox_id, **told))
                session.flush()
            told = {"activated_at": NOW, "author": "anna", "reason": ""}
            session.add(Activation(mailbox_id=mailbox_id, version=version, **told))

    return points


@pytest.fixture
def loads():
    """The versions that were loaded, in order, the shipped one apart."""
    return []


@pytest.fixture
def make_models(database, tmp_path, loads):
    """Make models that look at the pointers every time; the name of a version says what loading it ends in."""

    def makes(kept=2, **changed):
        def load(version):
            loads.append(version)
            if version.startswith("broken"):
                raise InvalidBundle(f"bundle {version} has format 1 and we read 2")
            if version == "away" and loads.count(version) == 1:
                raise StorageUnavailable("the database does not answer")
            if version.startswith("strange"):
                raise TypeError("its graph has other inputs")
            return FakeTextModel(version=version)

        (tmp_path / "shipped").mkdir(exist_ok=True)
        shipped = Reader(lambda: tmp_path / "shipped", lambda _: FakeTextModel(version="shipped"))
        return Models(shipped, database, load, kept=kept, looks_every=AT_ONCE, **changed)

    return makes


@pytest.fixture
def models(make_models):
    return make_models()


@pytest.fixture
def email(database, redis):
    """The id of an email of a mailbox."""

    def makes(name, number=0):
        (receipt,) = accept(make_intake(database, redis), raw_message(f"{name} {number}"), mailbox=name)
        return receipt.email_id

    return makes


def versions(models, *email_ids):
    """By which version each email is read, part by part."""
    with models._database.reading() as session:
        mailboxes = emails.mailboxes_of(session, email_ids)
    return [
        {email_id: loaded.of(mailboxes[email_id]).version for email_id in part}
        for part, loaded in models.parts_of(email_ids)
    ]


def test_without_pointers_all_mail_is_read_with_the_shipped_model(models, email, loads):
    """In one part, and nothing else is loaded."""
    ids = email("a"), email("b")
    models.renew()

    assert versions(models, *ids) == [dict.fromkeys(ids, "shipped")]
    assert loads == []


def test_each_mailbox_is_read_with_its_own(models, point, email, loads):
    """Those without one with the shipped model, all of them in one part."""
    a, b, c = email("a"), email("b"), email("c")
    point("a", "a1")
    point("b", "b1")
    models.renew()

    assert versions(models, a, b, c) == [{a: "a1", b: "b1", c: "shipped"}]
    versions(models, a, b, c)
    assert loads == ["a1", "b1"]


def test_a_pointer_that_moved_is_followed(models, point, mailbox, loads):
    """Forward, back, and to the shipped model; what nobody is read with any more is let go."""
    seen = []
    for version in ("a1", "a2", "a1", None):
        point("a", version)
        models.renew()
        seen.append(models.of(mailbox("a")).version)

    assert seen == ["a1", "a2", "a1", "shipped"]
    models.renew()
    assert models._loaded == {}


def test_more_mailboxes_than_memory_has_room_for_are_read_in_parts(models, point, email, loads):
    """Never more models at once than may be kept; each email is read once."""
    ids = [email(name) for name in "abcde"]
    for name in "abcd":
        point(name, f"{name}1")
    models.renew()

    parts = versions(models, *ids)

    assert [sorted(part.values()) for part in parts] == [["a1", "b1", "shipped"], ["c1", "d1"]]
    assert len(models._loaded) == 2


@pytest.mark.parametrize(("version", "problem"), [("broken", "has format 1 and we read 2"), ("strange", "TypeError")])
def test_a_version_that_cannot_be_loaded_leaves_the_one_before(models, point, mailbox, version, problem):
    """The mailbox is read on, and a person is told (A-25)."""
    point("a", "a1")
    models.renew()
    models.of(mailbox("a"))
    point("a", version)

    for _ in range(2):
        models.renew()
        assert models.of(mailbox("a")).version == "a1"
    assert models.problem.startswith(f"version {version} is not read with: ")
    assert problem in models.problem
    point("a", "a2")
    models.renew()
    assert (models.of(mailbox("a")).version, models.problem) == ("a2", "")


def test_without_one_before_the_shipped_model_reads(models, point, mailbox):
    """As after an upgrade that cannot read what the earlier release trained (A-25)."""
    point("a", "broken")
    models.renew()

    assert models.of(mailbox("a")).version == "shipped"
    assert "broken" in models.problem
    assert models.active(mailbox("a")) is None


def test_the_one_before_is_the_shipped_model_where_that_read_last(models, point, mailbox):
    """And not a version of long ago."""
    for version in ("a1", None, "broken"):
        point("a", version)
        models.renew()
        seen = models.of(mailbox("a")).version

    assert seen == "shipped"


def test_a_refused_version_is_not_tried_with_every_batch(models, make_models, point, mailbox, loads):
    """It is tried again after a while, for a full disk may have been the reason."""
    patient, hasty = models, make_models(tries_again_after=AT_ONCE)
    point("a", "broken")
    for one in (patient, patient, patient, hasty, hasty):
        one.renew()
        one.of(mailbox("a"))

    assert len(loads) == 1 + 2


def test_a_database_that_is_away_refuses_nothing(models, point, mailbox):
    """No mail is read with the wrong model because its own could not be fetched in this moment."""
    point("a", "away")
    models.renew()

    with pytest.raises(StorageUnavailable):
        models.of(mailbox("a"))
    assert models.of(mailbox("a")).version == "away"
