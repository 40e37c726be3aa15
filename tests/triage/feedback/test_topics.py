"""Topics of a mailbox's own."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from tests.make import NOW, accept, make_intake, raw_message
from triage import feedback
from triage.errors import InvalidLabel, MailboxNotFound, UnknownTopic
from triage.labels import Topic
from triage.storage import labels, mailboxes, topics

NINE = [topic.value for topic in Topic]


def add(database, *names, mailbox="main", now=NOW):
    with database.unit_of_work() as session:
        feedback.add_topics(session, mailbox, names, now)


def retire(database, name, mailbox="main"):
    with database.unit_of_work() as session:
        feedback.retire_topic(session, mailbox, name, NOW)


def listed(database, mailbox="main"):
    with database.reading() as session:
        return [one.name for one, _ in feedback.topic_list(session, mailbox) if one.retired_at is None]


def test_mailbox_begins_with_the_nine_and_adds_its_own(database, ids):
    """A list of its own begins with what the mailbox had; another mailbox keeps the nine."""
    before = listed(database)
    add(database, "Rechnung", "Kündigung", now=NOW + timedelta(hours=1))

    assert before == NINE
    assert sorted(listed(database)) == sorted([*NINE, "Rechnung", "Kündigung"])
    add(database, mailbox="support")
    assert sorted(listed(database, "support")) == sorted(NINE)


def test_german_topic_is_said_in_any_case_and_kept_as_its_mailbox_spells_it(database, ids, say, row):
    """Case and the way in which umlauts are composed make no other topic."""
    add(database, "Kündigungen & Straße")

    (first,) = say(ids[0], topic="KU\u0308NDIGUNGEN & STRASSE")
    (again,) = say(ids[0], topic="kündigungen & straße")

    assert row(ids[0]).email.topic == "Kündigungen & Straße"
    assert again.label_id == first.label_id


def test_topic_is_added_once_however_it_is_spelled(database, ids):
    """The first spelling stays."""
    add(database, "Rechnung")
    add(database, " RECHNUNG ", "Billing", "rechnung")

    assert sorted(listed(database)) == sorted([*NINE, "Rechnung"])


def test_retired_topic_labels_no_more_and_stays_on_mail(database, ids, say, row):
    """What was labelled keeps it; added again it comes back with its name."""
    add(database, "Rechnung")
    say(ids[0], topic="Rechnung")
    retire(database, "rechnung")

    with pytest.raises(UnknownTopic, match="has no topic Rechnung"):
        say(ids[1], topic="Rechnung")
    assert row(ids[0]).email.topic == "Rechnung"
    add(database, "RECHNUNG")
    say(ids[1], topic="rechnung")
    assert row(ids[1]).email.topic == "Rechnung"


def test_one_of_the_nine_can_be_retired(database, ids):
    """The first change of a list writes it down; all can go."""
    for name in NINE:
        retire(database, name)

    assert listed(database) == []


@pytest.mark.parametrize(
    "name", ["", "  ", "a\nb", "a\x00b", "a\u2028b", "\u200b", "\ud800", "x" * 101, "\x7f", "ü" * 101]
)
def test_name_that_cannot_be_shown_is_refused(database, ids, name):
    """Nothing is added of a list with such a name."""
    with pytest.raises(InvalidLabel):
        add(database, "Rechnung", name)

    assert listed(database) == NINE


@pytest.mark.parametrize("name", ["ß" * 100, "ﬃ" * 100, "𝔢" * 100, "👩‍👩‍👧 Familie", "می‌خواهم", "a/b", "100 % sicher"])
def test_name_in_any_script_is_kept(database, ids, say, row, name):
    """A hundred characters of any script fit, however they fold."""
    add(database, name)

    say(ids[0], topic=name)

    assert row(ids[0]).email.topic == name


def test_unknown_mailbox_or_topic_is_told(database, ids):
    """Listing or retiring what is not there names it; adding makes the mailbox."""
    with pytest.raises(MailboxNotFound):
        listed(database, "nowhere")
    with pytest.raises(MailboxNotFound):
        retire(database, "billing", "nowhere")
    with pytest.raises(UnknownTopic):
        retire(database, "Rechnung")
    add(database, "Rechnung", mailbox="neu")
    assert "Rechnung" in listed(database, "neu")


def test_topics_are_those_of_the_emails_own_mailbox(database, redis, ids, say):
    """A topic of one mailbox is unknown to the other, and labelling both with it labels neither."""
    (receipt,) = accept(make_intake(database, redis), raw_message("else"), mailbox="support")
    add(database, "Rechnung")

    with pytest.raises(UnknownTopic, match="mailbox support has no topic Rechnung"):
        say([ids[0], receipt.email_id], topic="Rechnung")

    with database.reading() as session:
        assert labels.labels_in_force(session, [ids[0], receipt.email_id]) == {}


def test_emails_are_counted_by_the_topic_in_force(database, ids, say):
    """Each email counts once: not what was overruled, not what was withdrawn, a rule only where no person spoke."""
    say(ids, source="rule", author="r", topic="bulk")
    say(ids[:3], topic="billing")
    say(ids[0], topic="order")
    say(ids[1], urgency="high")

    with database.reading() as session:
        mailbox = mailboxes.mailbox_id(session, "main")
        assert labels.count_by_topic(session, mailbox) == {"order": 1, "billing": 2, "bulk": 1}


def test_filters_offer_the_topics_of_all_mailboxes_once(database, ids):
    """The nine while a mailbox has them, and what the mailboxes added."""
    add(database, "Rechnung")
    with database.reading() as session:
        assert sorted(topics.names_in_use(session)) == sorted([*NINE, "Rechnung"])
    retire(database, "bulk")

    with database.reading() as session:
        assert "bulk" not in topics.names_in_use(session)


def test_topics_that_many_add_at_once_are_there_once(database, ids):
    """Whoever begins the list, and in whatever order and spelling."""
    names = ["Rechnung", "Kündigung", "Ware", "Lob"]
    start = Barrier(6)

    def adds(turn):
        start.wait(30)
        spelled = [name.upper() if turn % 2 else name for name in names]
        add(database, *(spelled if turn % 3 else reversed(spelled)))

    with ThreadPoolExecutor(6) as threads:
        for one in [threads.submit(adds, turn) for turn in range(6)]:
            one.result(60)

    assert sorted(name.lower() for name in listed(database)) == sorted(name.lower() for name in [*NINE, *names])
