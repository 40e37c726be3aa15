"""An image worker: ready without a model, takes a new bundle, ends when told to, and leaves images to another."""

import shutil
import signal

import pytest

from tests.image_bundles import write_tiny_bundle
from tests.make import NOW, make_intake, url_of
from tests.pictures import picture
from tests.system.conftest import until
from triage.intake import accept_image
from triage.queue import Inlet, WorkStream, celery_app
from triage.queue.heartbeat import RECOGNIZES, State
from triage.queue.lanes import IMAGES
from triage.settings import sqlite_url
from triage.storage import images
from triage.storage.session import Database
from workers.heartbeat import ready_file

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

GRACE_SECONDS = 15


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Two versions of a bundle."""
    folder = tmp_path_factory.mktemp("images")
    return [(folder / name, write_tiny_bundle(folder / name, seed=seed)) for seed, name in enumerate(["one", "two"])]


@pytest.fixture
def database(data):
    made = Database(sqlite_url(data))
    yield made
    made.close()


@pytest.fixture
def post(database, redis):
    """Accept an image that differs from all others."""
    inlet = make_intake(database, redis).images
    return lambda number: accept_image(database, inlet, picture((number, 9, 9)), mailbox="main", now=NOW).image_id


def row(database, image_id):
    with database.reading() as session:
        return images.image_row(session, image_id)


def ring(redis):
    Inlet.of(IMAGES, redis, celery_app(url_of(redis))).doorbell.ring()


def test_it_waits_without_a_model_and_takes_a_new_bundle(start_worker, data, redis, database, post, written, tmp_path):
    """Ready before its first image, without TensorFlow; then one version, then the one that takes its place."""
    bundle = tmp_path / "bundle"
    (first, told), (second, told_next) = written
    shutil.copytree(first, bundle)
    worker = start_worker("image", TRIAGE_IMAGE_BUNDLE=str(bundle))
    idle, idle_bytes = worker.await_state(State.READY), worker.rss_bytes()
    until(ready_file(data / "run", RECOGNIZES).exists, 30)

    before = post(1)
    until(lambda: row(database, before).finding, 120)
    shutil.rmtree(bundle)
    shutil.copytree(second, bundle)

    def is_read_by_the_next():
        number = 10 + len(seen)
        seen.append(post(number))
        until(lambda: row(database, seen[-1]).finding, 60)
        return row(database, seen[-1]).finding.model_version == told_next.version

    seen: list[int] = []
    until(is_read_by_the_next, 60)

    assert idle.model_version is None
    assert idle_bytes < 300e6
    assert row(database, before).finding.model_version == told.version
    assert worker.heartbeat().kind == RECOGNIZES


def test_without_a_bundle_images_wait_and_it_says_why(start_worker, redis, database, post, written, tmp_path):
    """Nothing is taken from the stream; once there is a bundle they are recognised."""
    bundle = tmp_path / "bundle"
    worker = start_worker("image", TRIAGE_IMAGE_BUNDLE=str(bundle))
    worker.await_state(State.READY)

    image_id = post(1)
    told = worker.await_state(State.WITHOUT_MODEL)
    waits = WorkStream(redis, IMAGES).length()
    shutil.copytree(written[0][0], bundle)
    until(lambda: ring(redis) or row(database, image_id).finding, 120)

    assert str(bundle) in told.problem
    assert waits == 1
    assert row(database, image_id).image.attempts == 0


def test_told_to_end_in_the_middle_it_loses_none(start_worker, redis, database, post, written):
    """It finishes what it has in hand; another recognises the rest."""
    variables = {"TRIAGE_IMAGE_BUNDLE": str(written[0][0]), "TRIAGE_IMAGE_CLAIM_AFTER": "PT1S"}
    worker = start_worker("image", **variables)
    ids = [post(number) for number in range(100)]
    until(lambda: 0 < WorkStream(redis, IMAGES).length() < 100, 120)

    worker.signal(signal.SIGTERM)

    assert worker.process.wait(GRACE_SECONDS) == 0
    start_worker("image", **variables).await_state(State.READY)
    until(lambda: ring(redis) or WorkStream(redis, IMAGES).length() == 0, 120)
    assert all(row(database, image_id).finding for image_id in ids)
