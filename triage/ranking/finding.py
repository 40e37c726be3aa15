"""What images of an email were found to be, as far as ranking goes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from triage.ranking.policy import PriorityPolicy


@dataclass(frozen=True, slots=True)
class ImageFinding:
    """What the image model says of one image of an email.

    Attributes:
        kind: The likeliest class, with its probability `confidence`.
        is_decoration: It says nothing: a tracking pixel, a spacer, the small logo of a signature.
    """

    kind: str
    confidence: float
    is_decoration: bool = False


def stored_findings(stored: Sequence[Mapping[str, Any]] | None) -> tuple[ImageFinding, ...]:
    """Return the findings that an email keeps; images that could not be decoded say nothing."""
    return tuple(
        ImageFinding(one["kind"], one["confidence"], one["is_decoration"]) for one in stored or () if "kind" in one
    )


def findings_that_count(findings: Sequence[ImageFinding], policy: "PriorityPolicy") -> dict[str, tuple[float, float]]:
    """Return the classes that move a priority, with the confidence of the surest image of each and what that adds.

    As everywhere a probability counts as far as it goes: a class of which the model is half sure adds half. However
    many images of a class there are, it counts once, and decorations never do.
    """
    surest: dict[str, float] = {}
    for one in findings:
        if not one.is_decoration and policy.finding_adjustment.get(one.kind):
            surest[one.kind] = max(one.confidence, surest.get(one.kind, 0.0))
    return {kind: (sure, sure * policy.finding_adjustment[kind]) for kind, sure in sorted(surest.items())}


def images_count(findings: Sequence[ImageFinding], policy: "PriorityPolicy") -> bool:
    """Say whether images move a priority, or may see to a band."""
    return bool(findings) and (policy.looks_at_images or bool(findings_that_count(findings, policy)))
