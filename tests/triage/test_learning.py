"""A mailbox learns from labels: what is due, what is fitted, and which mail moves; on both databases."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import delete, event, select, update

from tests.fakes import FakeTextModel
from tests.make import NOW, POLICY, accept, make_intake, raw_message, reading
from triage import feedback, learning
from triage.classify import classify
from triage.handle import mark_done
from triage.labels import Topic, Urgency
from triage.learning import ALL_KNOW_AFTER, due, learn, place_some, renew_verdicts, stored_memory
from triage.ranking import Statement
from triage.serving.aided import AidedModel
from triage.storage import memories, topics
from triage.storage.inbox import inbox_row
from triage.storage.mailboxes import mailbox_id
from triage.storage.tables import Email, Memory, Verdict

LATER = NOW + ALL_KNOW_AFTER
MODEL = FakeTextModel(reading(topic=Topic.OTHER, confidence=0.6), version="v1")
PARKING = "parking garage barrier ticket lost"


@pytest.fixture
def receive(database, redis):
    """Take in mails and let a model read them; return their numbers."""

    def receives(*bodies, model=MODEL):
        start = len(emails_of(database))
        raws = [raw_message(f"mail {start + n}", body) for n, body in enumerate(bodies)]
        made = [one.email_id for one in accept(make_intake(database, redis), *raws)]
        if model is not None:
            read(database, made, model)
        return made

    return receives


@pytest.fixture
def say(database):
    """Label emails, a minute later each time; return the number of the last label."""
    minutes = iter(range(1, 1000))

    def says(*email_ids, source="human", author="anna", **heads):
        now = NOW + timedelta(minutes=next(minutes))
        with database.unit_of_work() as session:
            told = Statement(**heads)
            done = feedback.label(session, email_ids, told, source=source, author=author, now=now, policy=POLICY)
        return done[-1].label_id

    return says


@pytest.fixture
def withdraw(database):
    def withdraws(email_id, label_id):
        with database.unit_of_work() as session:
            feedback.withdraw(session, email_id, label_id, author="anna", now=NOW, policy=POLICY)

    return withdraws


def emails_of(database):
    with database.reading() as session:
        return list(session.scalars(select(Email.id)))


def read(database, ids, model=MODEL):
    with database.unit_of_work() as session:
        classify(session, ids, model, POLICY, NOW)


def all_due(database, version="v1"):
    with database.reading() as session:
        return list(due(session, lambda _: version))


def learn_all(database, version="v1"):
    """Learn what is due; return the memory that was fitted last, if any was."""
    fitted = [learn(database, one, NOW) for one in all_due(database, version)]
    return fitted[-1] if fitted else None


def unplaced(database):
    with database.reading() as session:
        return memories.unplaced(session)


def place_all(database, now=LATER):
    """Place mail until nothing is left, as a worker that is started anew before each step."""
    while left := unplaced(database):
        with database.reading() as session:
            memory = stored_memory(session, left[0].mailbox_id, left[0].fitted)
        place_some(database, left[0], memory, POLICY, now)


def verdict(database, email_id):
    with database.reading() as session:
        return session.scalars(select(Verdict).where(Verdict.email_id == email_id)).one()


def row(database, email_id):
    with database.reading() as session:
        return inbox_row(session, email_id)


def place(database, email_id):
    email = row(database, email_id).email
    return email.priority, email.band, email.topic, email.rank_at, email.reasons


def memory_row(database):
    with database.reading() as session:
        return session.scalars(select(Memory)).one()


# What is due


def test_nothing_is_due_without_labels_and_once_they_are_learned(database, receive, say):
    """A second look finds nothing, and learning twice fits once."""
    ids = receive(PARKING, "other words")
    nothing = all_due(database)
    say(ids[0], topic="billing")
    (mailbox,) = all_due(database)

    first, again = learn(database, mailbox, NOW), learn(database, mailbox, NOW)

    assert nothing == []
    assert (first.generation, first.model_version, again) == (1, "v1", None)
    assert all_due(database) == []
    assert memory_row(database).evidence == {"heads": {"topic": {"billing": 1}}, "mails": 1, "unread": 0}


def test_each_change_is_due_once(database, receive, say, withdraw):
    """A label, another of the same mail, a withdrawal, a new topic, a retired one, another model, a deletion."""
    ids = receive(PARKING, "other words")
    label_id = say(ids[0], topic="billing")
    learn_all(database)

    def change_topics(change):
        with database.unit_of_work() as session:
            change(session, mailbox_id(session, "main"))

    def forget():
        with database.unit_of_work() as session:
            session.execute(delete(Email).where(Email.id == ids[0]))

    changes = [
        lambda: say(ids[1], urgency="high"),
        lambda: say(ids[0], topic="order"),
        lambda: withdraw(ids[0], label_id),
        lambda: change_topics(lambda session, main: topics.add(session, main, ["Parking"], NOW)),
        lambda: change_topics(lambda session, main: topics.retire(session, main, "Parking", NOW)),
        forget,
    ]
    for generation, change in enumerate(changes, start=2):
        change()
        assert learn_all(database).generation == generation
        assert all_due(database) == []
    assert [one.version for one in all_due(database, "v2")] == ["v2"]


def test_rules_teach_nothing(database, receive, say):
    """What a rule says is the rule's: it is not learned from, and does not even call for a fit."""
    ids = receive(PARKING, PARKING + " again", PARKING + " and again")
    say(ids[0], topic="billing", source="rule", author="rule 1")
    by_rule_alone = all_due(database)
    say(ids[1], topic="order")
    say(ids[1], urgency="high", source="rule", author="rule 1")
    learn_all(database)
    say(ids[2], topic="billing", source="rule", author="rule 1")

    assert by_rule_alone == []
    assert memory_row(database).evidence["heads"] == {"topic": {"order": 1}}
    assert all_due(database) == []


def test_a_label_of_a_retired_topic_is_left_out(database, receive, say):
    """It stays the label of its mail."""
    ids = receive(PARKING, "other words")
    say(ids[0], topic="order")
    say(ids[1], topic="billing")
    with database.unit_of_work() as session:
        topics.retire(session, mailbox_id(session, "main"), "order", NOW)

    memory = learn_all(database)

    assert memory_row(database).evidence["heads"] == {"topic": {"billing": 1}}
    assert "order" not in memory.heads["topic"].labels
    assert row(database, ids[0]).email.topic == "order"


def test_labelled_mail_that_is_read_later_is_learned_later(database, receive, say):
    """It is not forgotten, and as long as it waits nothing is fitted again and again."""
    waiting, known = receive(PARKING, model=None), receive("other words")
    say(waiting[0], topic="billing")
    nothing_read = learn_all(database)
    say(known[0], topic="order")
    first = learn_all(database)
    still = all_due(database)
    read(database, waiting)

    assert nothing_read is None
    assert (first.generation, still) == (1, [])
    assert learn_all(database).generation == 2
    assert memory_row(database).evidence == {"heads": {"topic": {"billing": 1, "order": 1}}, "mails": 2, "unread": 0}
    assert all_due(database) == []


def test_what_was_learned_of_one_model_is_kept_until_the_next_has_read_labelled_mail(database, receive, say):
    """Whoever rolls back at once finds it as it was."""
    (email_id,) = receive(PARKING)
    say(email_id, topic="billing")
    learn_all(database)

    assert learn_all(database, "v2") is None
    assert all_due(database, "v1") == []
    assert all_due(database, None) == []


def test_nobody_learns_while_the_version_is_in_doubt(database, receive, say):
    """Workers with different versions would learn for ever after each other."""
    say(*receive(PARKING), topic="billing")

    assert all_due(database, None) == []
    assert len(all_due(database)) == 1


def test_looking_for_what_is_due_reads_no_mail(database, receive, say):
    """With nothing new it asks for counts of labels and topics, and what was fitted (as A-20 asks of trainings)."""
    say(*receive(PARKING, "other words"), topic="billing")
    learn_all(database)
    statements = []
    event.listen(database.engine, "before_cursor_execute", lambda *told: statements.append(told[2]))

    assert all_due(database) == []

    asked = [one for one in statements if one.startswith("SELECT")]
    assert [one.split("FROM ")[1].split()[0] for one in asked] == ["memory", "topic", "label"]
    assert not any(name in one for one in asked for name in ("message", "verdict", "weights", "representation"))


def test_a_label_that_comes_while_a_memory_is_fitted_is_learned_next(database, receive, say, monkeypatch):
    """The fit notes the labels that it knew of, so the other is found."""
    ids = receive(PARKING, "other words")
    say(ids[0], topic="billing")
    fit = learning.learned_from

    def slow(*told):
        say(ids[1], topic="order")
        monkeypatch.undo()
        return fit(*told)

    monkeypatch.setattr(learning, "learned_from", slow)
    learn_all(database)

    assert memory_row(database).evidence["mails"] == 1
    assert learn_all(database).generation == 2
    assert memory_row(database).evidence["mails"] == 2


def test_of_two_fits_at_once_one_is_kept(database, receive, say):
    """And what the other knew more is learned next."""
    ids = receive(PARKING, "other words")
    say(ids[0], topic="billing")
    (earlier,) = all_due(database)
    say(ids[1], topic="order")
    (later,) = all_due(database)

    learn(database, later, NOW)
    learn(database, earlier, NOW)

    assert memory_row(database).labels_seen == later.labels_seen
    assert all_due(database) == []


# Which mail moves


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
