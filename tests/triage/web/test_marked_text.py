"""Where the passages that moved a mail stand in it."""

from triage.web.marked_text import Piece, marked


def test_passage_is_found_whatever_its_case_and_punctuation():
    """The model quotes folded words without signs; people see their own spelling, marked."""
    pieces = marked("Hello. Nobody's here, NOW!", {"urgency": ["here now"]})

    assert pieces == [Piece("Hello. Nobody's "), Piece("here, NOW", ("urgency",)), Piece("!")]


def test_pieces_give_the_text_again():
    """Nothing is lost or added, whatever overlaps."""
    text = "a b c d a b c d <b>a</b>"
    pieces = marked(text, {"topic": ["a b c"], "urgency": ["b c d", "a"], "action": ["nowhere", ""]})

    assert "".join(piece.text for piece in pieces) == text
    assert pieces[0] == Piece("a b c d", ("urgency", "topic"))


def test_common_word_is_marked_a_few_times():
    """A word that stands everywhere would make everything yellow."""
    assert sum(1 for piece in marked("now " * 50, {"urgency": ["now"]}) if piece.factors) == 3
