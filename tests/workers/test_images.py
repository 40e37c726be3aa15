"""An image worker: ready without a model, takes bundles and versions, ends when told to, leaves images to others."""

import json
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
from triage.registry import image_versions
from triage.serving.cascade_manifest import FINE, GATE, CascadeManifest, write_cascade_manifest
from triage.settings import sqlite_url
from triage.storage import images
from triage.storage.session import Database
from triage.storage.tables import Recognizer
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


@pytest.fixture
def install(database):
    """Recognise with a bundle from now on."""

    def installs(bundle):
        packed = image_versions.packed_recognizer(bundle)
        with database.unit_of_work() as session:
            before = image_versions.active_version(session)
            image_versions.install(session, packed, instead_of=before, author="anna", reason="", now=NOW)

    return installs


@pytest.fixture
def finding_of(database, redis):
    """What the same bytes are found to be now: posted anew, since what has a finding keeps it."""
    inlet = make_intake(database, redis).images

    def finds():
        image_id = accept_image(database, inlet, picture((200, 9, 99)), mailbox="main", now=NOW).image_id
        until(lambda: row(database, image_id).finding, 120)
        found = row(database, image_id).finding
        with database.unit_of_work() as session:
            images.delete_image(session, image_id)
        told = (found.kind, found.confidence, found.probabilities, found.format, found.width, found.height)
        return found.model_version, json.dumps([*told, found.is_decoration])

    return finds


def test_an_activated_version_is_taken_without_a_restart_and_so_is_the_way_back(
    start_worker, database, finding_of, install, written
):
    """It takes the place of the bundle on disk; after a rollback the same bytes have the same finding, byte by byte."""
    (first, told), (second, told_next) = written
    worker = start_worker("image", TRIAGE_IMAGE_BUNDLE=str(first))
    worker.await_state(State.READY)
    before = finding_of()

    install(second)
    until(lambda: finding_of()[0] == told_next.version, 60)
    meanwhile = finding_of()
    with database.unit_of_work() as session:
        image_versions.roll_back(session, author="anna", now=NOW)
    until(lambda: finding_of()[0] == told.version, 60)

    assert finding_of() == before
    assert meanwhile[1] != before[1]
    assert worker.process.poll() is None


def test_an_altered_archive_is_refused_and_the_version_at_hand_recognises_on(
    start_worker, database, finding_of, install, written
):
    """The worker says so, and has nothing to say any more once somebody rolls back."""
    (first, told), (second, told_next) = written
    install(first)
    worker = start_worker("image", TRIAGE_IMAGE_BUNDLE="/nowhere")
    worker.await_state(State.READY)
    before = finding_of()
    install(second)
    with database.unit_of_work() as session:
        session.get(Recognizer, told_next.version).archive += b"\0"

    until(lambda: finding_of() and worker.heartbeat().problem, 60)

    assert finding_of() == before
    refused = worker.heartbeat()
    assert (refused.state, refused.model_version) == (State.READY, told.version)
    assert f"the archive of version {told_next.version} was altered" in refused.problem
    with database.unit_of_work() as session:
        image_versions.roll_back(session, author="anna", now=NOW)
    until(lambda: finding_of() and not worker.heartbeat().problem, 60)


def test_a_cascade_is_recognised_with(start_worker, finding_of, install, written, tmp_path):
    """One that was installed, as any bundle; its version is that of the finding."""
    (first, _), (second, fine) = written
    cascade = tmp_path / "cascade"
    for name, bundle in ((GATE, first), (FINE, second)):
        shutil.copytree(bundle, cascade / name)
    told = {"threshold": 1.01, "loss": 0.0, "figures": {}, "manifests": {}}  # the gate is never sure
    write_cascade_manifest(cascade, CascadeManifest("cascade-1", fine.classes, fine.side, fine.fit, **told))
    start_worker("image", TRIAGE_IMAGE_BUNDLE=str(second)).await_state(State.READY)
    by_fine = finding_of()

    install(cascade)
    until(lambda: finding_of()[0] == "cascade-1", 60)

    assert finding_of()[1] == by_fine[1]
