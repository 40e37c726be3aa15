"""What the gates of mail and of images share: how sure a difference must be, how it is told, and what follows."""

from dataclasses import dataclass

# Shares of the draws within the two intervals of a difference: for what speaks against a candidate, and for it.
CERTAINTY = (0.95, 0.99)
CALIBRATED = 0.05  # a calibration error up to here is never held against a candidate


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a candidate, and why, as a sentence."""

    activates: bool
    reason: str


def difference(active: float, candidate: float, within: tuple[float, float], *, of: str, on: str) -> str:
    """Return a figure of both as part of a sentence.

    Args:
        active: Of what is active.
        candidate: Of the candidate.
        within: Bounds of the difference, candidate less active.
        of: What is active, `model`.
        on: What the figures rest on, `120 labels held out`.
    """
    low, high = within
    both = f"{active:.3f} of the active {of}, {candidate:.3f} of the candidate"
    return f"{both} (difference {low:+.3f} to {high:+.3f}, {on})"
