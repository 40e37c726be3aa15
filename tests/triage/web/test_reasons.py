"""Reasons in the language of the reader."""

import pytest

from tests.make import POLICY, reading
from triage.api.schemas import ReasonItem
from triage.ranking import Circumstances, Evidence, reasons
from triage.web.language import CODES, language
from triage.web.reasons import reason_text


@pytest.mark.parametrize("counts", [{"raised": 9}, {"lowered": 9}, {"soon": 9}, {"swept": 9}])
def test_what_was_learned_of_a_sender_is_told_in_every_language(counts):
    """The sentence has the figures and the address; in English it is the one that is stored."""
    mail = Circumstances("anna@example.org", evidence=Evidence(12, **counts))
    (stored,) = (one for one in reasons(reading(), POLICY, mail) if one.factor == "importance")
    reason = ReasonItem.model_validate(stored.as_json())

    told = [reason_text(reason, None, language(code), None) for code in CODES]

    assert told[0] == stored.text
    assert len(set(told)) == len(CODES)
    assert all("9" in one and "12" in one and "anna@example.org" in one for one in told)
