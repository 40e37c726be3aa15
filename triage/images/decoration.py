"""Which images are decoration: nobody sent them to be looked at."""

from triage.labels import ImageKind

# Tracking pixels and spacers are this thin, or thinner.
_THIN = 16
# Icons of networks and phones in signatures; nothing legible fits.
_ICON = 64
# The logo of a signature. A larger one may be what the mail is about.
_LOGO = 256


def is_decoration(width: int, height: int, kind: str | None = None) -> bool:
    """Say whether an image is decoration and counts for nothing: a tracking pixel, a spacer, an icon, a small logo.

    Args:
        width: In pixels.
        height: In pixels.
        kind: What the recogniser takes it for; `None` before it was asked.
    """
    shorter, longer = sorted((width, height))
    return shorter <= _THIN or longer <= _ICON or (kind == ImageKind.LOGO and shorter <= _LOGO)
