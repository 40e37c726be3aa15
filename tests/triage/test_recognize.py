"""Images to findings, and the part that findings have in the place of their email."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from tests.fakes import FakeImageModel, FakeTextModel
from tests.make import NOW, POLICY, accept, make_intake, raw_message, reading
from tests.pictures import mail_with, picture
from triage.classify import classify
from triage.feedback import label as say
from triage.handle import delete
from triage.images.decoder import Decoder
from triage.intake import accept_image
from triage.labels import Urgency
from triage.queue import WorkStream
from triage.queue.lanes import IMAGES
from triage.ranking import Statement
from triage.recognize import recognize, recognize_alone
from triage.storage import images
from triage.storage.emails import FAILED, QUEUED, READ
from triage.storage.inbox import inbox_row
from triage.storage.tables import Email, Finding, Image

MODEL = FakeImageModel()
READER = FakeTextModel(reading(urgency=Urgency.NORMAL))


@pytest.fixture(scope="module")
def decoder():
    with Decoder(16, "pad") as made:
        yield made


@pytest.fixture
def intake(database, redis):
    return make_intake(database, redis)


def images_in(database):
    with database.reading() as session:
        return list(session.scalars(select(Image).order_by(Image.id)))


def waiting(database):
    return [image.id for image in images_in(database) if image.state == QUEUED]


def give_findings(database, decoder, model=MODEL):
    return recognize(database, waiting(database), model, decoder, POLICY, NOW)


def give_verdict(database, email_id):
    with database.unit_of_work() as session:
        classify(session, [email_id], READER, POLICY, NOW)


def label(database, email_id):
    with database.unit_of_work() as session:
        statement = Statement(urgency=Urgency.HIGH)
        say(session, [email_id], statement, source="human", author="anna", now=NOW, policy=POLICY)


def email_of(database, email_id):
    with database.reading() as session:
        return inbox_row(session, email_id)


def place(database, email_id):
    """All that says where an email stands."""
    email = email_of(database, email_id).email
    return email.priority, email.band, email.rank_at, email.reasons


def test_images_of_mail_are_stored_with_it_and_enqueued_after(intake, database, redis):
    """Images go into a stream of their own; other attachments do not."""
    accept(intake, mail_with(picture(), picture((0, 0, 200))), raw_message())

    assert [(image.position, image.state) for image in images_in(database)] == [(0, QUEUED), (1, QUEUED)]
    assert WorkStream(redis, IMAGES).length() == 2
    assert WorkStream(redis).length() == 2


def test_a_finding_is_stored_once_and_counts_for_its_email(intake, database, decoder):
    """The email of a screenshot has its finding, a higher priority, and says why; a second time changes nothing."""
    (receipt,) = accept(intake, mail_with(picture()))
    give_verdict(database, receipt.email_id)
    before = email_of(database, receipt.email_id)
    image_id = waiting(database)[0]

    done = [recognize(database, [image_id], MODEL, decoder, POLICY, NOW) for _ in range(2)]

    email = email_of(database, receipt.email_id).email
    assert done == [1, 0]
    assert email.findings == [{"position": 0, "kind": "screenshot", "confidence": 0.97, "is_decoration": False}]
    assert email.priority == pytest.approx(before.verdict.priority + 0.97 * 0.02, abs=1e-4)
    assert [one["text"] for one in email.reasons if one["factor"] == "image"] == [
        "a screenshot is attached (97\N{NO-BREAK SPACE}%)"
    ]
    with database.reading() as session:
        found = images.image_row(session, image_id).finding
    assert (found.kind, found.width, found.height, found.format) == ("screenshot", 300, 300, "PNG")
    assert sum(found.probabilities.values()) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("labelled", [False, True])
def test_whichever_comes_last_the_place_is_the_same(intake, database, decoder, labelled):
    """Verdict, finding and label lead to one place in any order in which a worker and a person may come."""
    ids = [
        receipt.email_id
        for receipt in accept(intake, *(mail_with(picture(), subject=f"The page is down {n}") for n in range(4)))
    ]
    orders = [("verdict", "finding", "label"), ("finding", "verdict", "label"), ("label", "finding", "verdict")]
    orders += [("finding", "label", "verdict")]
    image_of = {image.email_id: image.id for image in images_in(database)}
    steps = {
        "verdict": lambda email_id: give_verdict(database, email_id),
        "finding": lambda email_id: recognize(database, [image_of[email_id]], MODEL, decoder, POLICY, NOW),
        "label": lambda email_id: label(database, email_id) if labelled else None,
    }

    for email_id, order in zip(ids, orders, strict=True):
        for step in order:
            steps[step](email_id)

    places = [place(database, email_id) for email_id in ids]
    assert places == [places[0]] * len(ids)
    assert any(one["factor"] == "image" for one in places[0][3])


def test_an_image_alone_moves_no_mail_that_nobody_has_read(intake, database, decoder):
    """Before its verdict an email stands where an ordinary mail would, with or without a finding."""
    (receipt,) = accept(intake, mail_with(picture()))
    before = place(database, receipt.email_id)

    give_findings(database, decoder)

    assert place(database, receipt.email_id) == before


def test_decorations_do_not_count(intake, database, decoder):
    """A tracking pixel is recognised, says that it is a decoration, and moves nothing."""
    (receipt,) = accept(intake, mail_with(picture(side=1)))
    give_verdict(database, receipt.email_id)
    before = place(database, receipt.email_id)

    give_findings(database, decoder)

    assert email_of(database, receipt.email_id).email.findings[0]["is_decoration"]
    assert place(database, receipt.email_id) == before


def test_many_images_of_a_class_count_once(intake, database, decoder):
    """Ten screenshots add what one adds."""
    one, ten = accept(intake, mail_with(picture()), mail_with(*[picture((n, 0, 0)) for n in range(10)], subject="Ten"))
    for receipt in (one, ten):
        give_verdict(database, receipt.email_id)

    give_findings(database, decoder)

    assert place(database, one.email_id)[0] == place(database, ten.email_id)[0]


def test_an_email_has_so_many_images_and_no_more(intake, database):
    """Of a hundred attached images the first twenty are recognised."""
    accept(intake, mail_with(*[picture((n, 0, 0), side=20) for n in range(100)]))

    assert [image.position for image in images_in(database)] == list(range(20))


def test_an_image_that_cannot_be_decoded_is_a_finding_with_an_error(intake, database, decoder):
    """It is read, not tried again, and harms no other of its batch."""
    (receipt,) = accept(intake, mail_with(picture()[:60], picture()))

    done = give_findings(database, decoder)

    bad, good = images_in(database)
    assert done == 2
    assert (bad.state, good.state, bad.attempts) == (READ, READ, 0)
    findings = email_of(database, receipt.email_id).email.findings
    assert "error" in findings[0]
    assert findings[1]["kind"] == "screenshot"


def test_what_breaks_the_model_is_set_aside_after_its_attempts(intake, database, decoder):
    """Each attempt is counted before it begins; the last one leaves the cause and the stage."""
    accept(intake, mail_with(picture()))
    (image_id,) = waiting(database)
    broken = FakeImageModel(fails=True)

    for _ in range(3):
        recognize_alone(database, image_id, broken, decoder, POLICY, attempts_before=0, max_attempts=3, now=NOW)

    (image,) = images_in(database)
    assert (image.state, image.attempts, image.error_stage) == (FAILED, 3, "recognize")
    assert image.error == "recognizing it raised ValueError"


def test_what_stopped_the_worker_is_set_aside_without_another_try(intake, database, decoder):
    """One that a worker died with as often as it may is not begun again."""
    accept(intake, mail_with(picture()))
    (image_id,) = waiting(database)
    model = FakeImageModel()

    recognize_alone(database, image_id, model, decoder, POLICY, attempts_before=2, max_attempts=2, now=NOW)

    assert images_in(database)[0].error == "the worker stopped while recognizing it"
    assert model.batches == []


def test_a_deleted_email_takes_its_images_along(intake, database, decoder):
    """Deleted before or after it was recognised, nothing of an image is left, and recognising it does nothing."""
    early, late = accept(intake, mail_with(picture()), mail_with(picture(), subject="Later"))
    ids = waiting(database)
    with database.unit_of_work() as session:
        delete(session, early.email_id, NOW)
    recognize(database, ids, MODEL, decoder, POLICY, NOW)
    with database.unit_of_work() as session:
        delete(session, late.email_id, NOW)

    with database.reading() as session:
        left = [session.scalar(select(func.count()).select_from(table)) for table in (Image, Finding, Email)]
    assert left == [0, 0, 0]


def test_a_posted_image_is_stored_once_for_each_mailbox(intake, database, decoder):
    """The same bytes again are the same image; another mailbox has one of its own."""
    first = accept_image(database, intake.images, picture(), mailbox="main", now=NOW)
    again = accept_image(database, intake.images, picture(), mailbox="main", now=NOW)
    other = accept_image(database, intake.images, picture(), mailbox="other", now=NOW)
    give_findings(database, decoder)

    assert (again.image_id, again.duplicate, first.duplicate) == (first.image_id, True, False)
    assert other.image_id != first.image_id
    with database.reading() as session:
        assert images.image_row(session, first.image_id).finding.kind == "screenshot"


def test_classes_of_a_model_of_your_own_count_when_the_policy_names_them(intake, database, decoder):
    """A policy may weigh `cucumber`; one that does not leaves its images without effect."""
    (receipt,) = accept(intake, mail_with(picture()))
    give_verdict(database, receipt.email_id)
    model = FakeImageModel("cucumber", 0.9)
    before = place(database, receipt.email_id)[0]
    policy = replace(POLICY, finding_adjustment={"cucumber": 0.1})

    recognize(database, waiting(database), model, decoder, policy, NOW)

    email = email_of(database, receipt.email_id).email
    assert email.priority == pytest.approx(before + 0.09, abs=2e-3)
    assert "an image of cucumber is attached (90\N{NO-BREAK SPACE}%)" in [one["text"] for one in email.reasons]
