"""Pictures of what the gate compares: what is worse beyond chance can be told from what is not."""

from io import BytesIO

import pytest
from PIL import Image

from training.pictures import picture_of_comparison
from triage.trainings.decision import Compared, Comparison

BLUE, RED = (0x1F, 0x5F, 0xA8), (0xB3, 0x26, 0x1E)


def compared(name, low, high):
    """A figure whose difference lies between two bounds, in 95 % of the draws and in 99 %."""
    return Compared(name, 100, 0.5, 0.5 + (low + high) / 2, (low, high), (low - 0.01, high + 0.01))


def colours_of(*figures):
    """Return whether anything is drawn as better, and whether as worse."""
    drawn = picture_of_comparison(Comparison("active", "candidate", 100, figures, ()))
    with Image.open(BytesIO(drawn)) as picture:
        found = {colour for _, colour in picture.convert("RGB").getcolors(picture.width * picture.height)}
    return BLUE in found, RED in found


@pytest.mark.parametrize(
    ("figure", "is_better", "is_worse"),
    [
        (compared("topic_macro_f1", 0.02, 0.08), True, False),
        (compared("topic_macro_f1", -0.08, -0.02), False, True),
        (compared("topic_macro_f1", -0.02, 0.08), False, False),
        (compared("urgency_ece", -0.08, -0.02), True, False),
        (compared("urgency_ece", 0.02, 0.08), False, True),
    ],
    ids=["better", "worse", "chance", "error fell", "error rose"],
)
def test_what_is_beyond_chance_is_drawn_so(figure, is_better, is_worse):
    """Of a calibration error less is better."""
    assert colours_of(figure) == (is_better, is_worse)
