"""Which labels count, and what is said of those that do not."""

from datetime import timedelta

from tests.triage.trainings.make import NOW, sent, spoken
from triage.labels import Topic
from triage.trainings.selection import select
from triage.trainings.sides import Side

TOPICS = [*map(str, Topic), "Parking"]


def test_labels_that_are_ignored_are_counted_by_reason():
    """A-21: what was said by a rule, taken back, or of a topic that is gone teaches nobody."""
    selection = select(
        [
            spoken(1, topic="order"),
            spoken(2, source="rule", topic="order"),
            spoken(3, is_withdrawn=True, topic="order"),
            spoken(4, topic="Heating"),
            spoken(5, topic="Heating", urgency="high"),
        ],
        TOPICS,
    )

    assert [(one.email_id, one.said) for one in selection.chosen] == [(1, {"topic": "order"}), (5, {"urgency": "high"})]
    assert selection.ignored == {
        "said by a rule alone": 1,
        "taken back": 1,
        "its topic is no longer one of the mailbox": 2,
    }


def test_a_topic_with_too_few_labels_says_how_many_it_has():
    """A-24: it is not learned, and the topics that the shipped model knows are."""
    three = [spoken(number, topic="Parking") for number in range(1, 4)]
    eight = [spoken(number, topic="parking") for number in range(1, 9)]

    few, enough = select(three, TOPICS), select(eight, TOPICS)

    assert few.waiting_topics == ["topic Parking: 3 of 8 labels"]
    assert few.topics == tuple(map(str, Topic))
    assert few.ignored == {"too few labels of its topic": 3}
    assert enough.topics == tuple(TOPICS)
    assert {one.said["topic"] for one in enough.chosen} == {"Parking"}


def test_the_newest_word_counts_head_by_head_and_a_rule_never():
    """As it does in the inbox."""
    later = NOW + timedelta(minutes=1)
    said = [
        spoken(1, label_id=1, topic="order", urgency="high"),
        spoken(1, label_id=2, said_at=later, topic="billing"),
        spoken(1, label_id=3, said_at=later, source="rule", sentiment="negative"),
    ]

    assert select(said, TOPICS).chosen[0].said == {"topic": "billing", "urgency": "high"}


def test_too_little_is_said_before_anything_is_read():
    """With how many there are and how many it takes."""
    selection = select([spoken(number, topic="order") for number in range(1, 11)], TOPICS)
    learned = len(selection.on(Side.LEARNED))

    assert selection.blockers[0] == f"{learned} of 20 labelled emails to learn from; label more mail"
    assert "of 20 labelled emails to judge a model by" in selection.blockers[1]


def test_mail_of_a_conversation_that_is_on_both_sides_is_left_out():
    """Else a model would be judged by what it has read in the answer."""
    held, learned = (
        next(f"w{n}@example.org" for n in range(99) if _side(f"w{n}@example.org") is side)
        for side in (Side.HELD_OUT, Side.LEARNED)
    )
    mails = [sent(1, held, thread="one"), sent(2, learned, thread="one", begun_by=held)]

    selection = select([spoken(mail.email_id, mail=mail, topic="order") for mail in mails], TOPICS)

    assert [one.email_id for one in selection.chosen] == [1]
    assert selection.ignored == {"its conversation is partly learned and partly held out": 1}


def _side(sender):
    return select([spoken(1, mail=sent(1, sender), topic="order")], TOPICS).chosen[0].side
