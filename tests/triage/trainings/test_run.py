"""From the row that waits to the row that says how it ended; the process that learns is played."""

import json
from datetime import timedelta
from threading import Event, Thread
from time import sleep

import pytest

from tests.make import NOW
from tests.triage.trainings.conftest import BETTER, Played, say, write_bundle
from tests.triage.trainings.make import figure
from triage import registry
from triage.errors import ReportNotFound
from triage.storage import mailboxes, trainings
from triage.storage.tables import Training
from triage.trainings import Cause, heal, report_page, request, train_next
from triage.trainings.healing import SILENT_AFTER

WORSE = figure("topic_macro_f1", 0.9, 0.6, within=(-0.4, -0.2))


@pytest.fixture
def asked(database, labelled):
    """A training that waits."""
    with database.unit_of_work() as session:
        return request(session, "main", cause=Cause.PERSON, author="anna", now=NOW).id


@pytest.fixture
def row(database, asked):
    """Look at it."""

    def looks():
        with database.reading() as session:
            return session.get(Training, asked)

    return looks


def active(database):
    with database.reading() as session:
        return registry.active_version(session, mailboxes.mailbox_id(session, "main"))


def test_a_better_candidate_is_activated(database, asked, workshop, row):
    """With the row that says why, in one transaction; the labels it used are counted."""
    played = Played()

    assert train_next(database, workshop(played))

    told = row()
    assert (told.state, told.version, told.labels_used) == ("activated", "text-new", 120)
    assert told.reason.startswith("activated: topic macro-F1 is better")
    assert told.figures["comparison"]["mails"] == 100
    assert active(database) == "text-new"
    assert not list(workshop(played).folder.iterdir())
    assert not train_next(database, workshop(played))


def test_a_worse_candidate_is_refused_with_the_figure(database, asked, workshop, row):
    """A-23: and the model that reads stays."""
    train_next(database, workshop(Played(figures=[WORSE])))

    assert row().state == "refused"
    assert "topic macro-F1 is worse, 0.900 of the active model, 0.600 of the candidate" in row().reason
    assert active(database) is None


@pytest.mark.parametrize("figure_of_it", [BETTER, WORSE])
def test_the_report_and_its_page_are_kept_whatever_the_gate_says(database, asked, workshop, row, figure_of_it):
    """With the figures of the training."""
    train_next(database, workshop(Played(figures=[figure_of_it], page="<p>ü</p>")))

    assert row().figures["report"]["curve"] == [{"labels": 90, "figures": {}}]
    with database.reading() as session:
        assert report_page(session, asked) == "<p>ü</p>"


def test_a_curve_goes_on_from_the_training_before(database, asked, workshop, labelled):
    """Trainings that judged nothing are passed over."""
    train_next(database, workshop(Played(figures=[WORSE])))
    for code, topic in ((1, "billing"), (0, "order")):
        say(database, labelled[:1], topic=topic)
        with database.unit_of_work() as session:
            number = request(session, "main", cause=Cause.PERSON, author="anna", now=NOW).id
        train_next(database, workshop(Played(code, figures=[WORSE])))

    with database.reading() as session:
        assert [point["labels"] for point in session.get(Training, number).figures["report"]["curve"]] == [90, 90]


def test_pages_of_old_trainings_are_dropped_and_their_figures_stay(database, asked, workshop, row):
    """A mailbox that is trained each day does not fill the database with pictures."""
    train_next(database, workshop(Played(figures=[WORSE], page="old")))
    with database.unit_of_work() as session:
        trainings.drop_pages(session, row().mailbox_id, keep=1)
        kept = trainings.page_of(session, asked)
        trainings.drop_pages(session, row().mailbox_id, keep=0)

    assert kept == "old"
    assert row().figures["comparison"]["mails"] == 100
    with database.reading() as session, pytest.raises(ReportNotFound, match=r"has no page.*--json"):
        report_page(session, asked)


def test_a_training_without_a_report_says_why(database, asked, workshop):
    """While it waits, and when it has judged no model."""
    with database.reading() as session, pytest.raises(ReportNotFound, match="is queued; its report is there when"):
        report_page(session, asked)
    train_next(database, workshop(Played(1, problem="it broke")))

    with database.reading() as session, pytest.raises(ReportNotFound, match="was failed without judging a model"):
        report_page(session, asked)


def test_learned_and_held_out_mail_come_as_files(database, asked, workshop, labelled):
    """Each mail once, on one side, with what was said of it."""
    played = Played()
    train_next(database, workshop(played))

    _, learned, held = played.seen[0]
    examples = [json.loads(line) for line in [*learned.splitlines(), *held.splitlines()]]
    assert sorted(example["id"] for example in examples) == labelled
    assert len(held.splitlines()) >= 20
    assert {example["topic"] for example in examples} == {"order", "billing"}
    assert examples[0]["body"].startswith("body")


def test_a_process_that_is_killed_is_tried_three_times(database, asked, workshop, row):
    """A-35: then the row says so."""
    played = Played(-9)
    while train_next(database, workshop(played)):
        pass

    assert len(played.seen) == 3
    assert row().state == "failed"
    assert row().reason.startswith("the process that trains was killed (signal SIGKILL), most often for want of memory")


def test_memory_that_ran_out_is_said_and_not_tried_again(database, asked, workshop, row):
    """A-19: the same mail would need the same memory."""
    played = Played(75, problem="training held more than 100 MB of memory, which is its limit; raise it")
    while train_next(database, workshop(played)):
        pass

    assert len(played.seen) == 1
    assert (row().state, row().reason) == ("failed", played.problem)


def test_a_training_whose_worker_died_is_taken_up_and_ends(database, asked, workshop, row):
    """A worker that gives no sign of life for a while has lost it; after three that did, it failed."""
    played, moment = Played(), NOW

    def dies():
        raise KeyboardInterrupt

    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            train_next(database, workshop(Played(during=dies)), clock=lambda at=moment: at)
        assert not train_next(database, workshop(played), clock=lambda at=moment: at + timedelta(seconds=5))
        moment += SILENT_AFTER + timedelta(seconds=1)
    assert heal(database, moment) == ([], True)
    train_next(database, workshop(played), clock=lambda: moment)

    assert row().state == "failed"
    assert row().reason.startswith("it was begun 3 times and stopped each time with its worker")
    assert not played.seen


def test_a_worker_that_was_thought_dead_changes_nothing(database, asked, workshop, row):
    """Another has taken its training over meanwhile; it neither ends nor activates it."""
    late = NOW + SILENT_AFTER + timedelta(seconds=1)

    other = Played(figures=[WORSE])

    def another_takes_over():
        train_next(database, workshop(other), clock=lambda: late)

    dead = Played(during=another_takes_over)
    train_next(database, workshop(dead), clock=lambda: NOW)

    assert (row().state, row().attempts) == ("refused", 2)
    assert active(database) is None
    # Nor does it, when it ends, take away the files that the other works with.
    assert dead.seen[0][0].folder != other.seen[0][0].folder


def test_a_worker_that_is_told_to_end_gives_it_back(database, asked, workshop, row):
    """And it costs none of the attempts."""

    def told_to_end(work, bounds, goes_on):
        from triage.trainings.child import LeftOff

        if not goes_on({}):
            raise LeftOff
        return 0

    train_next(database, workshop(told_to_end, is_stopping=lambda: True))

    assert (row().state, row().attempts, row().finished_at) == ("queued", 0, None)


def test_a_model_that_somebody_activated_meanwhile_stays(database, asked, workshop, row, tmp_path):
    """The candidate was not judged beside it."""

    write_bundle(tmp_path / "hand", "text-hand")

    def activated_by_hand():
        with database.unit_of_work() as session:
            mailbox_id = mailboxes.mailbox_id(session, "main")
            registry.install(session, tmp_path / "hand", mailbox_id=mailbox_id, now=NOW)
            registry.activate(session, mailbox_id, "text-hand", author="anna", reason="", now=NOW)

    train_next(database, workshop(Played(during=activated_by_hand)))

    assert row().state == "failed"
    assert row().reason.startswith("another model was activated meanwhile")
    assert active(database) == "text-hand"


def test_a_model_that_somebody_activates_in_that_moment_stays(database, asked, workshop, row, tmp_path):
    """Whoever activates it holds the pointer when the candidate comes, and lets go of it a moment later."""
    write_bundle(tmp_path / "hand", "text-hand")
    holds = Event()

    def activates():
        with database.unit_of_work() as session:
            mailbox_id = mailboxes.mailbox_id(session, "main")
            registry.install(session, tmp_path / "hand", mailbox_id=mailbox_id, now=NOW)
            registry.activate(session, mailbox_id, "text-hand", author="anna", reason="", now=NOW)
            holds.set()
            sleep(0.5)

    somebody = Thread(target=activates)

    def begins_and_holds():
        somebody.start()
        holds.wait()

    train_next(database, workshop(Played(during=begins_and_holds)))
    somebody.join()

    assert row().reason.startswith("another model was activated meanwhile")
    assert active(database) == "text-hand"


def test_too_few_labels_are_skipped_without_a_process(database, redis, workshop):
    """A-24: the row says how many of how many."""
    from tests.make import accept, make_intake, raw_message
    from tests.triage.trainings.conftest import say

    ids = [one.email_id for one in accept(make_intake(database, redis), raw_message("a"), raw_message("b"))]
    say(database, ids, topic="order")
    with database.unit_of_work() as session:
        number = request(session, "main", cause=Cause.PERSON, author="anna", now=NOW).id
    played = Played()

    train_next(database, workshop(played))

    with database.reading() as session:
        told = session.get(Training, number)
    assert told.state == "skipped"
    assert "of 20 labelled emails to learn from" in told.reason
    assert not played.seen


def test_a_training_that_nobody_takes_up_ends_after_a_day(database, asked, row):
    """A-35: with what to start."""
    assert heal(database, NOW + timedelta(hours=23)) == ([], True)
    assert heal(database, NOW + timedelta(hours=25)) == ([asked], False)
    assert row().state == "failed"
    assert "start one with `triage worker train`" in row().reason
