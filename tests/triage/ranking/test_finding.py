"""What attached images add to a priority."""

import tomllib
from importlib.resources import files

import pytest

from tests.make import POLICY, reading
from triage.errors import InvalidPolicy
from triage.ranking import Circumstances, ImageFinding, policy_from, priority, reasons

SHIPPED = tomllib.loads(files("triage.ranking").joinpath("policy.toml").read_text(encoding="utf-8"))
SCREENSHOT = ImageFinding("screenshot", 0.97)
LOGO = ImageFinding("logo", 0.99)


def test_a_policy_of_an_earlier_release_stays_valid_and_images_move_nothing():
    """Without the table the priority is that of the reading."""
    policy = policy_from({name: table for name, table in SHIPPED.items() if name != "finding_adjustment"})

    assert priority(reading(), policy, Circumstances(findings=(SCREENSHOT,))) == priority(reading(), policy)


@pytest.mark.parametrize("figure", [2, "much", True])
def test_a_figure_that_cannot_be_is_refused(figure):
    """The error names the place."""
    with pytest.raises(InvalidPolicy, match=r"\[finding_adjustment\] photo"):
        policy_from(SHIPPED | {"finding_adjustment": {"photo": figure}})


@pytest.mark.parametrize("findings", [(LOGO,), (ImageFinding("screenshot", 0.97, is_decoration=True),)])
def test_what_does_not_count_is_no_reason(findings):
    """Logos and decorations add nothing and are not spoken of."""
    circumstances = Circumstances(findings=findings)

    assert priority(reading(), POLICY, circumstances) == priority(reading(), POLICY)
    assert "image" not in [reason.factor for reason in reasons(reading(), POLICY, circumstances)]


def test_effects_with_images_and_automatic_mail_add_up():
    """The sum of all effects is the difference to an ordinary mail."""
    circumstances = Circumstances(is_automatic=True, findings=(SCREENSHOT, ImageFinding("photo", 0.5)))
    found = reasons(reading(), POLICY, circumstances, most=9)

    expected = priority(reading(), POLICY, circumstances) - POLICY.default_priority
    assert sum(reason.effect for reason in found) == pytest.approx(expected)
    assert [reason.text for reason in found if reason.factor == "image"] == [
        "a screenshot is attached (97\N{NO-BREAK SPACE}%)",
        "a photo is attached (50\N{NO-BREAK SPACE}%)",
    ]
