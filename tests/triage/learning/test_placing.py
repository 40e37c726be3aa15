"""Which mail a memory moves."""

from types import SimpleNamespace

import pytest
from sqlalchemy import update

from tests.make import NOW, POLICY
from tests.triage.learning.make import (
    LATER,
    MODEL,
    PARKING,
    all_due,
    learn_all,
    memory_row,
    place,
    place_all,
    read,
    row,
    unplaced,
    verdict,
)
from triage import learning
from triage.handle import mark_done
from triage.labels import Urgency
from triage.learning import place_some, renew_verdicts, stored_memory
from triage.serving.aided import AidedModel
from triage.storage import topics
from triage.storage.mailboxes import mailbox_id
from triage.storage.tables import Email


def test_similar_mail_that_waits_moves_and_keeps_what_the_model_said(database, receive, say):
    """An identical mail has the topic after one label (A-21); its verdict keeps what the model alone said."""
    first, twin, stranger = receive(PARKING, PARKING, "the printer is out of toner")
    before, alone = verdict(database, stranger), verdict(database, twin)
    say(first, topic="billing", urgency="critical")

    memory = learn_all(database)
    place_all(database)

    moved = verdict(database, twin)
    assert (row(database, twin).email.topic, moved.topic, moved.urgency) == ("billing", "billing", "critical")
    assert row(database, twin).email.priority == moved.priority > alone.priority
    assert (moved.unaided, moved.generation) == (alone.distributions, memory.generation)
    assert (moved.created_at, moved.policy_version) == (alone.created_at, POLICY.version)
    texts = [reason["text"] for reason in moved.reasons]
    assert any(
        text.startswith("about billing") and text.endswith("as mail like it was labelled here") for text in texts
    )
    assert verdict(database, stranger).topic == before.topic


def test_mail_that_comes_next_is_read_with_memory(database, receive, say):
    """And keeps what the model alone said; placing finds nothing to change in it."""
    (first,) = receive(PARKING)
    say(first, topic="billing")
    memory = learn_all(database)

    (fresh,) = receive(PARKING, model=SimpleNamespace(of=lambda _: AidedModel(MODEL, memory)))
    told = verdict(database, fresh)
    place_all(database)

    assert (told.topic, told.generation, told.unaided["topic"]["other"]) == ("billing", 1, 0.6)
    assert verdict(database, fresh).distributions == told.distributions


def test_withdrawn_labels_are_unlearned(database, receive, say, withdraw):
    """All stands as the model alone placed it, but for what lies beyond the four digits that are kept of it."""
    first, twin = receive(PARKING, PARKING)
    before, alone = place(database, twin), verdict(database, twin).distributions
    label_id = say(first, topic="billing", urgency="critical")
    learn_all(database)
    place_all(database)
    moved = place(database, twin)

    withdraw(first, label_id)
    learn_all(database)
    place_all(database)

    after = place(database, twin)
    assert (moved[1:3], after[1:3], after[4]) == (("high", "billing"), before[1:3], None)
    assert after[0] == pytest.approx(before[0], abs=1e-4)
    assert verdict(database, twin).distributions == alone
    assert (verdict(database, twin).unaided, verdict(database, twin).generation) == (None, None)


def test_what_people_said_of_a_mail_stands(database, receive, say):
    """Memory changes what nobody spoke of, and says so among the reasons of that mail too."""
    first, labelled = receive(PARKING, PARKING)
    say(labelled, topic="order")
    say(first, topic="billing", urgency="critical")

    learn_all(database)
    place_all(database)

    email = row(database, labelled).email
    texts = [reason["text"] for reason in email.reasons]
    assert (email.topic, verdict(database, labelled).urgency) == ("order", "critical")
    assert "topic: you said order" in texts
    assert any("needs somebody now" in text and "as mail like it was labelled here" in text for text in texts)


def test_handled_mail_stays_as_it_is(database, receive, say):
    """Also what is handled while places are computed."""
    first, done, done_meanwhile = receive(PARKING, PARKING, PARKING)
    say(first, topic="billing")
    learn_all(database)
    (left,) = unplaced(database)

    class Memory:
        def recall(self, readings):
            with database.unit_of_work() as session:
                mark_done(session, done_meanwhile, NOW)
            return memory.recall(readings)

    with database.unit_of_work() as session:
        mark_done(session, done, NOW)
    with database.reading() as session:
        memory = stored_memory(session, left.mailbox_id, left.fitted)
    slow = Memory()
    slow.generation, slow.model_version = memory.generation, memory.model_version
    place_some(database, left, slow, POLICY, NOW)

    assert [verdict(database, one).topic for one in (done, done_meanwhile)] == ["other", "other"]


def test_placing_goes_on_where_it_was_stopped(database, receive, say, monkeypatch):
    """After each step by whoever comes; every mail is placed once, and the end is noted."""
    monkeypatch.setattr(learning, "BATCH", 2)
    first, *twins = receive(*[PARKING] * 8)
    say(first, topic="billing")
    learn_all(database)
    steps = []
    while left := unplaced(database):
        with database.reading() as session:
            memory = stored_memory(session, left[0].mailbox_id, left[0].fitted)
        place_some(database, left[0], memory, POLICY, LATER)
        steps.append(sum(verdict(database, one).topic == "billing" for one in twins))

    assert 0 < steps[0] < 3
    assert steps[-1] == len(twins)
    assert memory_row(database).placed_at == LATER


def test_a_memory_that_was_fitted_is_placed_by_whoever_comes_next(database, receive, say):
    """Who fitted it was killed before the first step."""
    first, twin = receive(PARKING, PARKING)
    say(first, topic="billing")
    learn_all(database)

    assert len(unplaced(database)) == 1
    place_all(database)
    assert verdict(database, twin).topic == "billing"


def test_mail_read_meanwhile_with_the_memory_before_is_placed_late(database, receive, say):
    """Once all workers know the new one; until then the end waits."""
    (first,) = receive(PARKING)
    (waiting,) = receive(PARKING, model=None)
    say(first, topic="billing")
    memory = learn_all(database)
    (left,) = unplaced(database)
    late = place_some(database, left, memory, POLICY, NOW)
    (left,) = unplaced(database)
    too_early = place_some(database, left, memory, POLICY, NOW)
    read(database, [waiting])

    place_all(database)

    assert (late.is_late, too_early) == (True, None)
    assert verdict(database, waiting).topic == "billing"


def test_who_places_by_a_memory_of_before_stops(database, receive, say):
    """After another fit a slow worker overwrites nothing."""
    first, other, twin = receive(PARKING, "the lift is stuck", PARKING)
    say(first, topic="billing")
    before = learn_all(database)
    (slow,) = unplaced(database)
    say(other, topic="order")
    learn_all(database)

    assert place_some(database, slow, before, POLICY, LATER) is None
    assert verdict(database, twin).topic == "other"


def test_of_two_who_place_the_same_one_writes(database, receive, say):
    """The other goes on where the first has come to."""
    first, twin = receive(PARKING, PARKING)
    say(first, topic="billing")
    memory = learn_all(database)
    (left,) = unplaced(database)

    mine = place_some(database, left, memory, POLICY, NOW)
    theirs = place_some(database, left, memory, POLICY, NOW)

    assert mine == theirs
    assert verdict(database, twin).topic == "billing"


def test_mail_of_another_version_is_left_alone(database, receive, say):
    """Whose mistakes a memory does not know; so when another version is activated while mail is placed."""
    first, twin = receive(PARKING, PARKING)
    say(first, topic="billing")
    memory = learn_all(database)
    with database.unit_of_work() as session:
        session.execute(update(Email).where(Email.id == twin).values(model_version="v2"))
    (left,) = unplaced(database)

    place_some(database, left, memory, POLICY, NOW)

    assert verdict(database, twin).topic == "other"


def test_verdicts_of_before_say_what_was_learned_since(database, receive, say):
    """Before mail stands by them again, as after a rollback; by a memory that is no longer the newest they do not."""
    first, twin = receive(PARKING, PARKING)
    say(first, topic="billing")
    memory = learn_all(database)
    with database.unit_of_work() as session:
        session.execute(update(Email).where(Email.id == twin).values(model_version="v2"))
        main = mailbox_id(session, "main")

    renew_verdicts(database, main, [twin], memory, POLICY)
    renewed, stood = verdict(database, twin).topic, row(database, twin).email.topic
    say(first, topic="order")
    newer = learn_all(database)
    renew_verdicts(database, main, [twin], memory, POLICY)
    renew_verdicts(database, main, [twin], newer, POLICY)

    assert (renewed, stood) == ("billing", "other")
    assert verdict(database, twin).topic == "order"


def test_a_mailbox_without_labels_is_read_by_the_model_alone(database, receive):
    """Also where it has topics of its own: until the first label they are not guessed."""
    (email_id,) = receive(PARKING)
    with database.unit_of_work() as session:
        topics.add(session, mailbox_id(session, "main"), ["Parking"], NOW)

    assert (all_due(database), unplaced(database)) == ([], [])
    assert (verdict(database, email_id).topic, verdict(database, email_id).unaided) == ("other", None)


def test_urgency_is_learned_as_topics_are(database, receive, say):
    """Similar mail rises in the inbox."""
    first, twin = receive(PARKING, PARKING)
    before = row(database, twin).email.rank_at
    say(first, urgency=Urgency.CRITICAL)

    learn_all(database)
    place_all(database)

    assert verdict(database, twin).urgency == "critical"
    assert row(database, twin).email.rank_at < before
