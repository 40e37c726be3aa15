"""When each letter was sent and arrived, its Message-ID, and what it answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from training.sample_mail import people
from training.sample_mail.chance import Chance
from training.sample_mail.clients import CLIENTS, PEOPLE, Client
from training.sample_mail.plan import Letter
from training.sample_mail.replies import Earlier, outlook
from triage.demo.hours import moment
from triage.labels import Language
from triage.mail import Address

OUR_ZONE = ZoneInfo("Europe/Berlin")
# A Thursday morning; which one matters to nobody, since the demo moves all dates. Of those that come by chance.
NEWEST = datetime(2026, 10, 15, 11, 7, tzinfo=OUR_ZONE)

_CLIENT_OF_KIND = {
    "form": "web form",
    "newsletter": "mailing",
    "notice": "program",
    "absence": "exchange",
    "bounce": "program",
    "scam": "mailing html",
}
_ENGLISH_ZONES = (ZoneInfo("Europe/London"), ZoneInfo("Europe/London"), OUR_ZONE, UTC)
_SIGNATURES = {
    Language.GERMAN: "Freundliche Grüße\n\nStadtwerke Sample\nKundenservice",
    Language.ENGLISH: "Kind regards\n\nStadtwerke Sample\nCustomer Service",
}
_OUR_DELAY = timedelta(minutes=95)
_PREFIX = {Language.GERMAN: "AW: ", Language.ENGLISH: "Re: "}


@dataclass(frozen=True, slots=True)
class Envelope:
    """A letter with all that is known of it before its bytes are written.

    Attributes:
        sender: Who is named in From; for a web form that is the form, and the writer stands in Reply-To.
        references: Message-IDs of the thread so far, root first; empty for a letter of its own.
        text: What is seen of it in plain text, with the history below.
    """

    letter: Letter
    chance: Chance
    client: Client
    sender: Address
    reply_to: tuple[Address, ...]
    inbox: Address
    sent_at: datetime
    message_id: str
    references: tuple[str, ...]
    subject: str
    text: str


def envelopes(letters: Sequence[Letter], seed: int) -> list[Envelope]:
    """Return the letters in their envelopes, in the same order; a reply must come after what it answers."""
    by_slug: dict[str, Envelope] = {}
    for letter, sent_at in zip(letters, _sending_times(letters, seed), strict=True):
        by_slug[letter.slug] = _envelope(letter, sent_at, Chance(seed, letter.row["id"]), by_slug)
    return list(by_slug.values())


def _sending_times(letters: Sequence[Letter], seed: int) -> list[datetime]:
    """Spread the letters over the five days before the newest, as mail comes; those last that name their minutes."""
    by_chance = [letter for letter in letters if not letter.after]
    shares = sorted(Chance(seed, letter.row["id"]).fraction("arrival") for letter in by_chance)
    times = [moment(share / shares[-1], NEWEST).replace(microsecond=0) for share in shares]
    for letter in letters[len(by_chance) :]:
        times.append(times[-1] + timedelta(minutes=letter.after))
    return times


def _envelope(letter: Letter, sent_at: datetime, chance: Chance, by_slug: Mapping[str, Envelope]) -> Envelope:
    name = letter.client or _CLIENT_OF_KIND.get(letter.kind) or chance.pick("client", PEOPLE)
    client, writer = CLIENTS[name], people.person(letter.sender, chance.seed)
    is_form = letter.kind == "form"
    sender = people.FORM if is_form else writer
    zone = OUR_ZONE if letter.language is Language.GERMAN else chance.pick("zone", _ENGLISH_ZONES)
    return Envelope(
        letter=letter,
        chance=chance,
        client=client,
        sender=sender,
        reply_to=(writer,) if is_form else (),
        inbox=people.inbox(chance),
        sent_at=sent_at.astimezone(zone),
        message_id=client.message_id.format(token=chance.token("message id"), domain=people.domain(sender)),
        references=_references(letter, chance, by_slug),
        subject=_subject(letter, by_slug),
        text=_text(letter, client, sent_at, by_slug),
    )


def _references(letter: Letter, chance: Chance, by_slug: Mapping[str, Envelope]) -> tuple[str, ...]:
    ours = f"<{chance.token('our answer')}@{people.HOUSE}>"
    if letter.answers:
        before = by_slug[letter.answers]
        return (*before.references, before.message_id, ours)
    is_reply = letter.subject.lower().startswith(("re:", "aw:")) and letter.kind == "person"
    # What such a letter answers was sent before our five days and is not among the sample.
    return (ours,) if is_reply or letter.kind in {"absence", "bounce"} else ()


def _subject(letter: Letter, by_slug: Mapping[str, Envelope]) -> str:
    if not letter.answers:
        return letter.subject
    subject = by_slug[letter.answers].subject
    return subject if subject.lower().startswith(("re:", "aw:")) else _PREFIX[letter.language] + subject


def _text(letter: Letter, client: Client, sent_at: datetime, by_slug: Mapping[str, Envelope]) -> str:
    parts = [letter.body.strip()]
    if letter.kind == "person" and client.footer:
        parts.append(client.footer[letter.language])
    if letter.answers:
        parts.append(client.history(_our_answer(letter, sent_at, by_slug), letter.language))
    return "\n\n".join(parts)


def _our_answer(letter: Letter, sent_at: datetime, by_slug: Mapping[str, Envelope]) -> Earlier:
    """Return what we wrote between two letters of a thread, soon after the first; we write with Outlook."""
    before = by_slug[letter.answers]
    theirs = Earlier(before.sender, people.INBOX, before.subject, before.sent_at.astimezone(OUR_ZONE), before.text)
    text = f"{letter.ours}\n\n{_SIGNATURES[letter.language]}\n\n{outlook(theirs, letter.language)}"
    at = before.sent_at + min((sent_at - before.sent_at) / 2, _OUR_DELAY)
    return Earlier(
        sender=Address("Stadtwerke Sample", people.INBOX.address),
        to=before.sender,
        subject=_subject(letter, by_slug),
        sent_at=at.astimezone(OUR_ZONE),
        text=text,
    )
