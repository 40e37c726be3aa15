"""Machines and mass mail."""

import pytest

from tests.triage.mail.make import message, multipart, part
from triage.mail import parse_message


@pytest.mark.parametrize(
    "fields",
    [
        {"Auto-Submitted": "auto-replied; owner-email=x"},
        {"Auto-Submitted": "auto-generated"},
        {"X-Autoreply": "yes"},
        {"Precedence": "auto_reply"},
        {"Return-Path": "<>"},
        {"From": "MAILER-DAEMON@mx.example.org (Mail Delivery System)"},
        {"Subject": "Automatische Antwort: Heizung"},
        {"Subject": "=?utf-8?q?Abwesenheitsnotiz=3A_Heizung?="},
        {"Subject": "Out of Office: heating"},
    ],
)
def test_machines_are_known_by_their_marks(fields):
    """Auto-replies, absence notes and bounces are automatic."""
    assert parse_message(message(**fields)).is_automatic


@pytest.mark.parametrize(
    "fields",
    [{}, {"Auto-Submitted": "no"}, {"Return-Path": "<jo@example.org>"}, {"Subject": "Re: Automatic door stuck"}],
)
def test_people_are_no_machines(fields):
    """A mail that a person wrote is not automatic."""
    assert not parse_message(message(**fields)).is_automatic


def test_reports_are_automatic():
    """A delivery report is automatic, whoever it says it is from."""
    assert parse_message(multipart(part("Gone."), subtype="report")).is_automatic


@pytest.mark.parametrize(
    "fields",
    [{"List-Id": "<a.b>"}, {"List-Unsubscribe": "<mailto:x@y>"}, {"Precedence": "Bulk"}, {"Precedence": "list"}],
)
def test_mass_mail_is_known_by_its_marks(fields):
    """Mailing lists and newsletters are bulk, and a plain mail is not."""
    assert parse_message(message(**fields)).is_bulk
    assert not parse_message(message()).is_bulk
