"""Images over HTTP: posted on their own, shown with their emails, set aside and tried again."""

import pytest

from tests.fakes import FakeImageModel
from tests.make import NOW, POLICY
from tests.pictures import mail_with, picture
from triage.images.decoder import Decoder
from triage.queue import WorkStream
from triage.queue.lanes import IMAGES
from triage.recognize import recognize
from triage.storage import queued

EML = {"Content-Type": "message/rfc822"}


@pytest.fixture(scope="module")
def decoder():
    with Decoder(16, "pad") as made:
        yield made


@pytest.fixture
def recognized(database, decoder):
    """Recognises images by number."""
    return lambda *ids: recognize(database, ids, FakeImageModel("photo", 0.9), decoder, POLICY, NOW)


def test_a_posted_image_waits_and_then_has_its_finding(client, redis, recognized):
    """202 with where to ask, then the finding with size and format; the same bytes again are the same image."""
    posted = client.post("/v1/images?mailbox=shop", content=picture(kind="JPEG"))
    image_id = posted.json()["id"]
    waiting = client.get(posted.headers["Location"]).json()
    recognized(image_id)
    shown = client.get(f"/v1/images/{image_id}?wait=5").json()
    again = client.post("/v1/images?mailbox=shop", content=picture(kind="JPEG"))

    assert (posted.status_code, posted.json()["state"], posted.json()["duplicate"]) == (202, "queued", False)
    assert (waiting["finding"], waiting["error"]) == (None, None)
    assert WorkStream(redis, IMAGES).length() == 1
    finding = shown["finding"]
    assert (finding["kind"], finding["confidence"], finding["format"]) == ("photo", 0.9, "JPEG")
    assert (finding["width"], finding["height"], finding["is_decoration"]) == (300, 300, False)
    assert (shown["state"], shown["mailbox"], shown["model_version"]) == ("read", "shop", "image-fake-1")
    assert (again.status_code, again.json()["id"], again.json()["duplicate"]) == (200, image_id, True)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF"])
def test_every_kind_that_we_read_is_taken(client, recognized, kind):
    """It is told by its bytes, whatever the Content-Type says."""
    answer = client.post("/v1/images", content=picture(kind=kind), headers={"Content-Type": "text/plain"})
    recognized(answer.json()["id"])

    assert client.get(f"/v1/images/{answer.json()['id']}").json()["finding"]["format"] == kind


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 400), (b"%PDF-1.7", 415), (b"<svg>", 415), (b"\x89PNG\r\n\x1a\n" + bytes(26 * 2**20), 413)],
)
def test_what_is_no_image_or_too_large_is_refused(client, body, status):
    """A problem document says why; nothing is stored."""
    answer = client.post("/v1/images", content=body)

    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert client.get("/v1/images/1").status_code == 404


def test_a_bad_image_is_read_and_says_why(client, recognized):
    """It begins as a PNG and is none: its finding is an error, and it is not set aside."""
    image_id = client.post("/v1/images", content=picture()[:40]).json()["id"]

    recognized(image_id)

    shown = client.get(f"/v1/images/{image_id}").json()
    assert (shown["state"], shown["finding"], shown["attempts"]) == ("read", None, 0)
    assert shown["error"]


def test_attachments_of_an_email_show_what_they_are(client, recognized):
    """`image_id` is there at once, `finding` once it was recognised, also in the inbox."""
    email = client.post("/v1/emails", content=mail_with(picture()), headers=EML).json()
    image_id = email["attachments"][0]["image_id"]
    recognized(image_id)

    (item,) = client.get("/v1/inbox").json()["items"]
    assert email["attachments"][0]["finding"] is None
    assert item["attachments"][0]["finding"] == {
        "kind": "photo",
        "confidence": 0.9,
        "is_decoration": False,
        "error": None,
    }
    shown = client.get(f"/v1/images/{image_id}").json()
    assert (shown["email_id"], shown["position"]) == (email["id"], 0)


def test_deleting(client):
    """An image goes with its email; one posted on its own is deleted by itself, and one of an email is not."""
    email = client.post("/v1/emails", content=mail_with(picture()), headers=EML).json()
    attached = email["attachments"][0]["image_id"]
    alone = client.post("/v1/images", content=picture()).json()["id"]

    answers = [client.delete(f"/v1/images/{image_id}").status_code for image_id in (alone, alone, attached)]
    client.delete(f"/v1/emails/{email['id']}")

    assert answers == [204, 404, 404]
    assert [client.get(f"/v1/images/{image_id}").status_code for image_id in (alone, attached)] == [404, 404]


def test_images_that_were_set_aside_are_listed_tried_again_and_discarded(client, database, redis):
    """By the same routes as mail, told apart by `of`; emails with the same numbers are left alone."""
    ids = [client.post("/v1/images", content=picture((n, 0, 0))).json()["id"] for n in range(3)]
    cause = "recognizing it raised ValueError"
    with database.unit_of_work() as session:
        for image_id in ids:
            queued.IMAGES.set_aside(session, image_id, error=cause, stage="recognize", attempts=5, now=NOW)
    redis.flushall()

    page = client.get("/v1/failed?of=images").json()
    retried = client.post("/v1/failed/retry", json={"ids": ids[:1], "of": "images"}).json()
    gone = client.post("/v1/failed/discard", json={"filter": {"of": "images", "stage": "recognize"}}).json()

    assert (page["count"], page["groups"][0]["error"], page["groups"][0]["count"]) == (3, cause, 3)
    assert [item["id"] for item in page["items"]] == ids
    assert client.get("/v1/failed").json()["count"] == 0
    assert (retried["retried"], retried["not_set_aside"]) == (1, [])
    assert WorkStream(redis, IMAGES).length() == 1
    assert (gone["discarded"], gone["remaining"]) == (2, 0)


def test_status_and_metrics_count_images(client, recognized):
    """By state and class; without an image worker mail is ready, and status says who is missing."""
    image_id = client.post("/v1/images", content=picture()).json()["id"]
    client.post("/v1/images", content=picture((0, 0, 1)))
    recognized(image_id)

    status, metrics = client.get("/v1/status").json()["images"], client.get("/metrics").text
    ready = client.get("/readyz")

    assert (status["queued"], status["read"], status["queue"]["waiting"]) == (1, 1, 2)
    assert "triage worker image" in status["queue"]["problem"]
    assert 'triage_images{state="queued"} 1.0' in metrics
    assert 'triage_findings{kind="photo",version="image-fake-1"} 1.0' in metrics
    assert "triage_image_stream_length 2.0" in metrics
    assert ready.status_code == 200
    assert "triage worker image" in ready.json()["checks"]["image_workers"]
