"""Labels from a file, some at a time: which mail is meant, what is said of it, and what became of each line.

Mail that is not stored is committed before its label is. Whoever is stopped between the two repeats the import: the
mail is known then, and is labelled.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from operator import itemgetter

from sqlalchemy.orm import Session

from triage.errors import EmailNotFound, InvalidLabel, InvalidSubmission, TriageError
from triage.feedback import Saying, add_topics, label_each
from triage.files import LabelledItem, LabelledMail
from triage.intake import Outcome
from triage.intake.patience import PatientIntake
from triage.labels import Source
from triage.ranking import Policies
from triage.storage import emails, topics
from triage.storage.mailboxes import mailbox_id
from triage.storage.session import Database


class Became(StrEnum):
    """What became of a line."""

    STORED = "stored"  # the mail was new, and is labelled
    LABELLED = "labelled"  # the mail was there
    KNOWN = "known"  # so was the label
    REFUSED = "refused"


@dataclass(slots=True)
class ImportTally:
    """What became of the lines so far; every line is in exactly one count."""

    became: Counter[Became] = field(default_factory=Counter)
    refusals: list[tuple[str, TriageError]] = field(default_factory=list)

    def refuse(self, name: str, error: TriageError) -> None:
        """Count a line that was refused, with the reason."""
        self.became[Became.REFUSED] += 1
        self.refusals.append((name, error))

    def summary(self) -> str:
        """Say it in one line."""
        counts = ", ".join(f"{self.became[one]:,} {one}" for one in Became)
        return f"{self.became.total():,} given: {counts}"


@dataclass(frozen=True, slots=True)
class LabelImport:
    """What importing labels takes.

    Attributes:
        mailbox: Of lines that name none.
        author: Of lines that name none.
        adds_topics: A topic that the mailbox does not have is added, not refused.
    """

    database: Database
    intake: PatientIntake
    policy: Policies
    mailbox: str
    author: str
    adds_topics: bool = False

    def take(self, items: Sequence[LabelledItem], tally: ImportTally) -> None:
        """Label what the lines say and count what became of each. Safe to repeat."""
        lines = [_Line(item.name, item.found) for item in items if isinstance(item.found, LabelledMail)]
        refused: dict[str, TriageError] = {
            item.name: item.found for item in items if not isinstance(item.found, LabelledMail)
        }
        with self.database.reading() as session:
            for mailbox, of_mailbox in self._by_mailbox(lines).items():
                _find(session, mailbox, of_mailbox)
        # Before any mail is taken in: one whose label is refused is not stored without it.
        self._settle_topics([line for line in lines if line.error is None])
        self._take_in([line for line in lines if line.error is None and line.email_id is None])
        with self.database.unit_of_work() as session:
            for together in _rounds(line for line in lines if line.error is None):
                self._label(session, together, tally)
        refused |= {line.name: line.error for line in lines if line.error is not None}
        for item in items:
            if item.name in refused:
                tally.refuse(item.name, refused[item.name])

    def _settle_topics(self, lines: Sequence["_Line"]) -> None:
        by_topic: dict[tuple[str, str], list[_Line]] = {}
        for line in lines:
            if line.mail.statement.topic is not None:
                mailbox = line.in_mailbox or line.mail.mailbox or self.mailbox
                by_topic.setdefault((mailbox, line.mail.statement.topic), []).append(line)
        with self.database.unit_of_work() as session:
            # In order, so that two imports with the same topics wait for each other and never in a circle.
            for (mailbox, topic), of_topic in sorted(by_topic.items(), key=itemgetter(0)):
                try:
                    if self.adds_topics:
                        add_topics(session, mailbox, [topic], datetime.now(UTC))
                    else:
                        topics.topic_for(session, mailbox, topic)
                except InvalidLabel as error:
                    for line in of_topic:
                        line.error = error

    def _take_in(self, lines: list["_Line"]) -> None:
        for mailbox, of_mailbox in self._by_mailbox(lines).items():
            given = [line.mail.mail for line in of_mailbox if line.mail.mail is not None]
            for line, receipt in zip(of_mailbox, self.intake.accept(given, mailbox=mailbox), strict=True):
                line.email_id, line.error = receipt.email_id, receipt.error
                line.is_new = receipt.outcome is Outcome.STORED

    def _label(self, session: Session, lines: Iterable["_Line"], tally: ImportTally) -> None:
        by_email = {line.email_id: line for line in lines if line.email_id is not None}
        sayings = [
            Saying(email_id, line.mail.statement, line.mail.author or self.author, line.mail.said_at)
            for email_id, line in by_email.items()
        ]
        done = label_each(session, sayings, source=Source.IMPORT, now=datetime.now(UTC), policy=self.policy)
        for one in done:
            line = by_email.pop(one.email_id)
            told = Became.STORED if line.is_new else Became.LABELLED if one.is_new else Became.KNOWN
            tally.became[told] += 1
        for email_id, line in by_email.items():
            line.error = EmailNotFound(email_id)  # deleted at this moment

    def _by_mailbox(self, lines: Iterable["_Line"]) -> dict[str, list["_Line"]]:
        found: dict[str, list[_Line]] = {}
        for line in lines:
            found.setdefault(line.mail.mailbox or self.mailbox, []).append(line)
        return found


@dataclass(slots=True)
class _Line:
    """A line on its way.

    Attributes:
        email_id: Which email it is about, once that is known.
        in_mailbox: The mailbox of an email that it named by its number.
        error: Why it is refused.
    """

    name: str
    mail: LabelledMail
    email_id: int | None = None
    in_mailbox: str | None = None
    error: TriageError | None = None
    is_new: bool = False


def _find(session: Session, mailbox: str, lines: Sequence[_Line]) -> None:
    """Find the stored emails that lines are about: by the digest of their bytes, by Message-ID, by number."""
    place = mailbox_id(session, mailbox)
    by_digest: dict[bytes, tuple[int, str]] = {}
    by_message_id: dict[str, list[int]] = {}
    if place is not None:
        by_digest = emails.ids_by_digest(session, place, [one.mail.digest for one in lines if one.mail.digest])
        by_message_id = emails.ids_by_message_id(
            session, place, [one.mail.message_id for one in lines if one.mail.message_id]
        )
    mailboxes = emails.mailbox_names_of(session, [one.mail.email_id for one in lines if one.mail.email_id])
    for line in lines:
        named = by_message_id.get(line.mail.message_id, [])
        if line.mail.digest in by_digest:
            line.email_id = by_digest[line.mail.digest][0]
        elif len(named) == 1:
            line.email_id = named[0]
        elif named:
            line.error = InvalidSubmission(
                f"emails {', '.join(map(str, named))} of mailbox {mailbox} have this message_id; name one by its id"
            )
        elif line.mail.email_id in mailboxes:
            line.email_id, line.in_mailbox = line.mail.email_id, mailboxes[line.mail.email_id]
        elif line.mail.email_id is not None:
            line.error = EmailNotFound(line.mail.email_id)
        elif line.mail.mail is None:
            line.error = InvalidSubmission(
                f"mailbox {mailbox} holds no such mail; add subject and body to take it in, or name another mailbox"
            )


def _rounds(lines: Iterable[_Line]) -> Iterator[list[_Line]]:
    """Yield lines, in their order, so that no two of a round are about the same email."""
    rounds: list[list[_Line]] = []
    seen: Counter[int | None] = Counter()
    for line in lines:
        if seen[line.email_id] == len(rounds):
            rounds.append([])
        rounds[seen[line.email_id]].append(line)
        seen[line.email_id] += 1
    yield from rounds
