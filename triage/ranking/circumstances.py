"""What the policy looks at besides the reading."""

from dataclasses import dataclass
from datetime import datetime

from triage.ranking.finding import ImageFinding
from triage.ranking.importance import NO_EVIDENCE, Evidence


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the policy looks at besides the reading.

    Attributes:
        sender_address: As in the From header, any case.
        is_automatic: A machine sent it, or it went to many.
        findings: What its images were found to be.
        recipients: Addresses it was sent to, any case.
        subject: As it came; rules look for words in it.
        text: What its writer wrote, quotations left out; empty where no rule looks for words.
        received_at: When it came; `None` where nobody knows, and no rule about times fits.
        evidence: What people did with earlier mail of the sender.
    """

    sender_address: str = ""
    is_automatic: bool = False
    findings: tuple[ImageFinding, ...] = ()
    recipients: tuple[str, ...] = ()
    subject: str = ""
    text: str = ""
    received_at: datetime | None = None
    evidence: Evidence = NO_EVIDENCE


NO_CIRCUMSTANCES = Circumstances()
