"""Images through a real image worker beside a real text worker."""

import time
from collections import Counter

import pytest
from redis.exceptions import ResponseError
from sqlalchemy import func, select

from tests.image_bundles import write_tiny_bundle
from tests.pictures import mail_with, picture
from tests.system.conftest import until
from triage.embedded import redis_url
from triage.queue import connect
from triage.queue.names import IMAGE_GROUP, IMAGE_STREAM
from triage.settings import sqlite_url
from triage.storage.session import Database
from triage.storage.tables import Finding, Image

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

EML = {"Content-Type": "message/rfc822"}
IMAGES = 500


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    """An image bundle; what it answers is of no matter here."""
    folder = tmp_path_factory.mktemp("images") / "bundle"
    write_tiny_bundle(folder)
    return folder


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    """Where the instance keeps what it has."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path / "data")
    return request.getfixturevalue("postgres_url")


def post_image(instance, data, wait=0):
    answer = instance.http.post(f"/v1/images?wait={wait}", content=data)
    assert answer.status_code == 202, answer.text
    return answer.json()


def different(number):
    """One of many pictures that differ, large enough to take some time."""
    return picture((number % 256, number // 256, 7), side=600)


def recognizers(instance):
    """What each image worker says of itself."""
    return [worker for worker in instance.status()["workers"] if worker["kind"] == "image"]


def images_waiting(instance):
    return instance.status()["images"]["queued"]


def findings_per_image(url):
    """How many images have no, one, two … findings."""
    query = select(Image.id, func.count(Finding.image_id)).outerjoin(Finding, Finding.image_id == Image.id)
    database = Database(url)
    with database.reading() as session:
        counts = Counter(count for _, count in session.execute(query.group_by(Image.id)))
    database.close()
    return counts


def images_tried_again(url):
    """How many images were delivered to a second worker after the first had died with them."""
    database = Database(url)
    with database.reading() as session:
        count = session.scalar(select(func.count()).where(Image.attempts >= 2))
    database.close()
    return count


def held_images(client):
    """How many entries of the image stream were delivered and not acknowledged; none before anybody has read."""
    try:
        return int(client.xpending(IMAGE_STREAM, IMAGE_GROUP)["pending"])
    except ResponseError:
        return 0


def kill_while_it_holds_images(instance, data):
    """Kill the image worker at a moment when it holds entries of the stream; return it."""
    until(lambda: instance.worker("image"), 60)
    worker = instance.worker("image")
    with connect(redis_url(data)) as client:
        until(lambda: held_images(client), 120)
        worker.suspend()
        while not held_images(client):  # it was faster than we; the next batch will do
            worker.resume()
            until(lambda: held_images(client), 60)
            worker.suspend()
    worker.kill()
    return worker


def test_images_become_findings(start, bundle, url):
    """A photo that is posted, a screenshot with a mail, a bad image: each has its finding, and the mail its reason."""
    instance = start(TRIAGE_IMAGE_BUNDLE=str(bundle), TRIAGE_DATABASE_URL=url)
    until(lambda: recognizers(instance), 60)
    (idle,) = recognizers(instance)

    photo = post_image(instance, different(1), wait=30)
    bad = post_image(instance, picture()[:50], wait=30)
    email = instance.http.post("/v1/emails?wait=30", content=mail_with(picture()), headers=EML).json()
    image_id = email["attachments"][0]["image_id"]
    attached = instance.http.get(f"/v1/images/{image_id}?wait=30").json()
    shown = instance.http.get(f"/v1/emails/{email['id']}").json()

    assert idle["model_version"] is None  # nothing to load it for
    assert photo["state"] == bad["state"] == attached["state"] == "read"
    assert sum(photo["finding"]["probabilities"].values()) == pytest.approx(1, abs=1e-3)
    assert (bad["finding"], bool(bad["error"])) == (None, True)
    kind = attached["finding"]["kind"]
    assert shown["attachments"][0]["finding"]["kind"] == kind
    assert [one["value"] for one in shown["reasons"] if one["factor"] == "image"] == ([] if kind == "logo" else [kind])
    assert instance.worker("image").nice() >= 10
    assert instance.triage("doctor").returncode == 0


def test_an_image_worker_that_is_killed_loses_nothing(start, bundle, url, tmp_path):
    """kill -9 of the image worker, twice while it holds images: each has exactly one finding."""
    instance = start(TRIAGE_IMAGE_BUNDLE=str(bundle), TRIAGE_DATABASE_URL=url, TRIAGE_IMAGE_CLAIM_AFTER="PT3S")

    for part in range(2):
        for number in range(part * 60, part * 60 + 60):
            post_image(instance, different(number))
        killed = kill_while_it_holds_images(instance, tmp_path / "data")
        until(lambda killed=killed: instance.worker("image") not in (None, killed), 60)
    until(lambda: images_waiting(instance) == 0, 180)

    assert instance.status()["images"]["failed"] == 0
    assert images_tried_again(url) > 0
    assert findings_per_image(url) == Counter({1: 120})


def test_mail_does_not_wait_for_images(start, bundle, record_property):
    """With 500 images waiting every mail is read while some still wait; p99 is printed beside that without."""
    instance = start(TRIAGE_IMAGE_BUNDLE=str(bundle))
    post_image(instance, different(9999), wait=30)  # its model is loaded

    without = [seconds_until_read(instance, f"without {number}") for number in range(100)]
    worker = instance.worker("image")
    worker.suspend()
    for number in range(IMAGES):
        post_image(instance, different(number))
    worker.resume()
    beside = []
    while images_waiting(instance) > 20 and len(beside) < 100:
        beside.append(seconds_until_read(instance, f"beside {len(beside)}"))
    left = images_waiting(instance)

    record_property(
        "figure",
        f"mail read, p99 of {len(without)}: {p99(without):.0f} ms without images, p99 of {len(beside)}:"
        f" {p99(beside):.0f} ms with {IMAGES} images waiting at first, {left} in the end",
    )
    assert len(beside) >= 10
    assert left > 0


def seconds_until_read(instance, subject):
    began = time.monotonic()
    answer = instance.http.post("/v1/emails?wait=30", json={"subject": subject, "text": "Where is my parcel?"})
    assert answer.json()["state"] == "read"
    return time.monotonic() - began


def p99(seconds):
    return 1000 * sorted(seconds)[int(0.99 * (len(seconds) - 1))]
