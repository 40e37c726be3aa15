"""What is due to be learned, and what a fit takes in."""

from sqlalchemy import delete, event

from tests.make import NOW
from tests.triage.learning.make import PARKING, all_due, learn_all, memory_row, read, row
from triage import learning
from triage.learning import learn
from triage.storage import topics
from triage.storage.mailboxes import mailbox_id
from triage.storage.tables import Email


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
