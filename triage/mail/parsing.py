"""RFC 5322 bytes to a `Message`."""

from itertools import islice

from triage.errors import MalformedMessage
from triage.mail import bounds, headers, marks
from triage.mail.addresses import addresses
from triage.mail.attachments import MESSAGE, attachments
from triage.mail.body import Body, sorted_parts, text_and_html, text_of_files
from triage.mail.content import content_of
from triage.mail.encoded_words import header_text
from triage.mail.hints import is_hint
from triage.mail.message import Address, Message
from triage.mail.parts import Part, part_tree
from triage.mail.quotes import own_text
from triage.mail.repair import repaired

MAX_SUBJECT_CHARS = 2_000
_NOBODY = Address("", "")
# A mail attached to a mail attached to a mail is read; further down nobody looks.
_DEEPEST_MESSAGE = 3
# Of several the first that says something is read; nobody looks for it among many.
_MOST_MESSAGES = 3


def parse_message(raw: bytes) -> Message:
    """Return what a mail says, read as far as it can be: unknown charsets and broken parts are no reason to refuse it.

    The same bytes give the same message.

    Raises:
        MalformedMessage: The bytes are no mail at all, or exceed a bound (`triage.mail.bounds`).
    """
    bounds.check_size(len(raw))
    mail = part_tree(repaired(raw))
    body = sorted_parts(mail)
    subject = _subject(mail)
    text, quoted_text, html = _texts(mail, body, depth=0)
    own_id = headers.message_id(mail.field("Message-ID"))
    return Message(
        message_id=own_id,
        references=headers.references((mail.field("References"), mail.field("In-Reply-To")), own=own_id),
        sender=next(iter(addresses(mail.field("From")) or addresses(mail.field("Sender"))), _NOBODY),
        to=addresses(mail.field("To")),
        cc=addresses(mail.field("Cc")),
        reply_to=addresses(mail.field("Reply-To")),
        subject=subject,
        date=headers.moment(mail.field("Date")),
        received_at=headers.moment_of_trace(mail.field("Received")),
        text=text,
        quoted_text=quoted_text,
        html=html,
        attachments=attachments(body.files, html),
        is_automatic=marks.is_automatic(mail, subject),
        is_bulk=marks.is_bulk(mail),
    )


def _subject(mail: Part) -> str:
    # A letter takes up to nine signs in an encoded word, and each word some more.
    return header_text(mail.field("Subject")[: 20 * MAX_SUBJECT_CHARS])[:MAX_SUBJECT_CHARS]


def _texts(mail: Part, body: Body, *, depth: int) -> tuple[str, str, str]:
    """Return the newest writer's words, what is left out of them, and the HTML."""
    shown, html = text_and_html(body)
    text, quoted_text = own_text(shown, subject=_subject(mail))
    if is_hint(text) and mail.media_type != marks.REPORT and depth < _DEEPEST_MESSAGE:
        text = "\n\n".join(filter(None, (text, _attached_text(body, depth))))
    return text or text_of_files(body), quoted_text, html


def _attached_text(body: Body, depth: int) -> str:
    """Return the words of the first attached message that has any; who attaches one wants it to be read."""
    messages = (part for part in body.files if part.media_type == MESSAGE)
    for part in islice(messages, _MOST_MESSAGES):
        try:
            mail = part_tree(repaired(content_of(part)))
        except MalformedMessage:
            continue
        text, _, _ = _texts(mail, sorted_parts(mail), depth=depth + 1)
        if text:
            return text
    return ""
