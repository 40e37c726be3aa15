"""Headers copied into the text."""

import pytest

from triage.mail.copied_headers import copied_header_end, lines_above


@pytest.mark.parametrize(
    "text",
    [
        "Von: Info <info@example.com>\nGesendet: Montag, 2. März 2026 10:00\nAn: Jan\nBetreff: AW: Server",
        "From: Info <info@example.com>\nSent: Monday, March 2, 2026 10:00 AM\nTo: Jan\nSubject: RE: Server",
        "*Von:* Info <info@example.com>\n*Gesendet:* Montag, 2. März 2026 10:00\n*An:* Jan",
        "Gesendet: Montag, 02. März 2026 um 10:00 Uhr\nVon: Info\nAn: jan@example.org\nBetreff: Server",
        "From: Info <info@example.com>\nSubject: Server",
        "From:\tInfo/EXAMPLE on 03/02/2026 10:00 AM\nTo:\tJan/EXAMPLE@EXAMPLE\ncc:\nSubject:\tServer",
        "An: Jan Roth <jan@example.org>; Lager\n <lager@example.org>;\nKopie: Ute\nBetreff: Server",
        "Von: Info\n\nGesendet: Montag, 2. März 2026\n\nAn: Jan\n\nBetreff: Server",
        "De : Info <info@example.com>\nEnvoyé : lundi 2 mars 2026\nÀ : Jan\nObjet : Server",
    ],
)
def test_copied_headers_are_known(text):
    """A copied header ends where its last field ends."""
    lines = text.split("\n")

    assert copied_header_end([*lines, "", "old text"], 0) == len(lines)


@pytest.mark.parametrize(
    "text",
    [
        "Von: 02.03.2026\nBis: 05.03.2026\nGrund: Urlaub",
        "Von: Hamburg\nfahre ich selbst.",
        "Name: Pia\nE-Mail: pia@example.org\nBetreff: Rohrbruch",
        "To: whom it may concern\nplease come.",
        "from: the database, to: the archive",
    ],
)
def test_forms_and_prose_are_no_headers(text):
    """What a person fills in or says is text."""
    assert copied_header_end(text.split("\n"), 0) is None


def test_a_broken_subject_belongs_to_the_header():
    """The end of a long subject that a mailer broke is no text."""
    lines = ["From: a@example.org", "To: b@example.org", "Subject: " + "long " * 12, "subject", "", "text"]

    assert copied_header_end(lines, 0) == 4


@pytest.mark.parametrize("rule", ["________________________________", "-----", " *"])
def test_the_rule_above_belongs_to_the_header(rule):
    """A rule and blank lines above a copied header go with it; the text above them stays."""
    lines = ["My text.", "", rule if rule != " *" else "*****", ""]

    assert lines_above(lines, range(4)) == 1


def test_the_sender_above_belongs_to_the_header():
    """Lotus Notes writes name and date above `To:`."""
    assert lines_above(["My text.", "", "Peter Lux", "05.03.2026 21:15", ""], range(5)) == 2
