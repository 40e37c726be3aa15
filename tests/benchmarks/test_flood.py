"""The made mail that grouping is judged by."""

from benchmarks.outage_mail import outages, phrases


def said(part):
    """All phrases of a part, those that leave something out apart."""
    lists = [phrases()["writers"][part][language] for language in ("en", "de")]
    lists += [outage[language] for outage in outages(part) for language in ("en", "de")]
    return {phrase for one in lists for name in one for phrase in one[name] if phrase and phrase != "{name}"}


def test_outages_for_judging_share_no_phrase_with_those_for_tuning():
    """What the numbers were chosen on says nothing in the words of what they are judged by."""
    assert said("tuning") & said("judging") == set()
    assert {outage["name"] for outage in outages("tuning")} & {outage["name"] for outage in outages("judging")} == set()
