"""Tracking pixels, spacers, icons and the logos of signatures count for nothing; what a person attached does."""

import pytest

from triage.images.decoration import is_decoration


@pytest.mark.parametrize(
    ("width", "height", "kind"),
    [
        (1, 1, None),
        (600, 1, None),
        (1, 900, "photo"),
        (32, 32, "photo"),
        (64, 48, None),
        (220, 80, "logo"),
        (800, 200, "logo"),
    ],
)
def test_decoration(width, height, kind):
    """Small or thin images whatever they show, and small logos."""
    assert is_decoration(width, height, kind)


@pytest.mark.parametrize(
    ("width", "height", "kind"),
    [(220, 80, "screenshot"), (220, 80, None), (1_200, 900, "logo"), (300, 400, "receipt"), (640, 480, "photo")],
)
def test_content(width, height, kind):
    """A large logo may be what the mail is about, and a small screenshot is one."""
    assert not is_decoration(width, height, kind)
