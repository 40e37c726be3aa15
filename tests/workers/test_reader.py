"""The model of a worker follows its bundle; what cannot be used is refused and the old model reads on."""

import shutil
from datetime import timedelta

import pytest

from tests.fakes import FakeTextModel
from triage.errors import InvalidBundle, ModelUnavailable, StorageUnavailable
from workers.reader import Reader


@pytest.fixture
def bundle(tmp_path):
    """A folder whose only file is the version of the model in it."""
    folder = tmp_path / "bundle"
    folder.mkdir()
    (folder / "version").write_text("one")
    return folder


@pytest.fixture
def loads():
    """The versions that were loaded, in order."""
    return []


@pytest.fixture
def reader(bundle, loads):
    """A reader that looks at the folder every time."""

    def load(folder):
        if not (folder / "version").exists():
            raise InvalidBundle("no bundle is there")
        version = (folder / "version").read_text()
        loads.append(version)
        if version == "broken":
            raise InvalidBundle("its digest is wrong")
        if version == "strange":
            raise TypeError("its graph has other inputs")
        return FakeTextModel(version=version)

    return Reader(lambda: bundle, load, looks_every=timedelta(0))


def replace(bundle, version):
    """Put another bundle in the place of this one, as training does."""
    new = bundle.with_name("new")
    new.mkdir()
    (new / "version").write_text(version)
    bundle.rename(bundle.with_name("old"))
    new.rename(bundle)
    shutil.rmtree(bundle.with_name("old"))


def test_a_bundle_that_stays_is_loaded_once(reader, loads):
    """However often one looks."""
    versions = {reader.renew().version for _ in range(3)}

    assert (versions, loads) == ({"one"}, ["one"])


def test_a_bundle_that_was_replaced_is_loaded(reader, bundle, loads):
    """The next look finds it, and the one after has nothing to do."""
    reader.renew()
    replace(bundle, "two")

    assert reader.renew().version == "two"
    assert reader.renew() is reader.current()
    assert loads == ["one", "two"]


@pytest.mark.parametrize(("version", "problem"), [("broken", "its digest is wrong"), ("strange", "TypeError")])
def test_a_new_bundle_that_cannot_be_used_is_refused_once(reader, bundle, loads, version, problem):
    """The old one reads on, the reason is known, and the next good bundle is taken."""
    reader.renew()
    replace(bundle, version)

    assert [reader.renew().version for _ in range(3)] == ["one"] * 3
    assert problem in reader.problem
    assert loads == ["one", version]
    replace(bundle, "two")
    assert reader.renew().version == "two"
    assert reader.problem == ""


def test_a_bundle_that_is_mended_in_its_place_is_loaded(reader, bundle):
    """A file that changed makes a refused bundle worth another try."""
    reader.renew()
    replace(bundle, "broken")
    reader.renew()

    (bundle / "version").write_text("mended")

    assert reader.renew().version == "mended"


def test_a_missing_bundle_is_asked_for_until_it_is_there(reader, bundle):
    """Without any model the reason is raised; the folder that appears is loaded."""
    bundle.rename(bundle.with_name("elsewhere"))
    with pytest.raises(ModelUnavailable, match="no bundle is there"):
        reader.current()

    bundle.with_name("elsewhere").rename(bundle)

    assert reader.current().version == "one"


def test_a_bundle_that_vanishes_is_missed_and_the_model_stays(reader, bundle):
    """Deleting the folder of a worker that reads stops no mail."""
    reader.renew()
    shutil.rmtree(bundle)

    assert reader.renew().version == "one"
    assert reader.problem == "no bundle is there"


def test_the_place_may_change(tmp_path, loads):
    """Where to look is asked each time, so a pointer can move it."""
    places = iter(["first", "second"])
    reader = Reader(
        lambda: tmp_path / next(places),
        lambda folder: FakeTextModel(version=folder.name),
        looks_every=timedelta(0),
    )

    assert [reader.renew().version, reader.renew().version] == ["first", "second"]


def test_it_looks_now_and_then(bundle, loads):
    """Between two looks the files are left alone."""
    reader = Reader(
        lambda: bundle,
        lambda folder: FakeTextModel(version=(folder / "version").read_text()),
        looks_every=timedelta(hours=1),
    )
    reader.renew()
    replace(bundle, "two")

    assert reader.renew().version == "one"


def test_a_place_that_is_wanted_again_has_no_problem_any_more(tmp_path, loads):
    """The one it named meanwhile was refused; the model that read on is the right one again, and is not loaded anew."""
    for name, version in (("a", "one"), ("b", "broken")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "version").write_text(version)
    wanted = ["a"]

    def load(folder):
        loads.append(folder.name)
        if (folder / "version").read_text() == "broken":
            raise InvalidBundle("its digest is wrong")
        return FakeTextModel(version="one")

    reader = Reader(lambda: tmp_path / wanted[0], load, looks_every=timedelta(0))
    reader.renew()
    wanted[0] = "b"
    refused = reader.renew().version, reader.problem
    wanted[0] = "a"

    assert (reader.renew().version, reader.problem) == ("one", "")
    assert refused == ("one", "its digest is wrong")
    assert loads == ["a", "b"]


def test_a_database_that_is_away_says_nothing_of_the_bundle(bundle):
    """Whoever asks is told, and asks again at once; the model that reads has no problem."""
    away = [False]

    def where():
        if away[0]:
            raise StorageUnavailable("the database does not answer")
        return bundle

    reader = Reader(where, lambda _: FakeTextModel(version="one"), looks_every=timedelta(0))
    reader.renew()
    away[0] = True

    with pytest.raises(StorageUnavailable):
        reader.renew()
    assert (reader.current().version, reader.problem) == ("one", "")
