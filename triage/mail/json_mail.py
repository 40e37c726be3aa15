"""A mail that comes as JSON instead of RFC 5322 bytes."""

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import getaddresses, parseaddr
from typing import Annotated, Any

from pydantic import AfterValidator, AliasChoices, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic import ValidationError as PydanticError

from triage.errors import InvalidSubmission, MalformedMessage
from triage.mail.attachments import name_without_path
from triage.mail.html import text_of_html
from triage.mail.legible import legible_line, legible_text
from triage.mail.message import Address, Attachment, Message
from triage.mail.quotes import own_text

EARLIEST_YEAR, LATEST_YEAR = 1970, 9998
MOST_ADDRESSES, MOST_REFERENCES, MOST_ATTACHMENTS = 1000, 100, 1000
# No control characters: a name is shown, logged and asked for in addresses.
PRINTABLE = r"^[^\x00-\x1f\x7f]*$"


class JsonAddress(BaseModel):
    """An address as an object; a string such as `Anna Beck <anna@example.org>` stands for one too."""

    name: str = ""
    address: str = ""


def _address(value: object) -> object:
    if not isinstance(value, str):
        return value
    name, address = parseaddr(value)
    return {"name": name, "address": address or value}


def _addresses(value: object) -> object:
    if isinstance(value, str):
        return [{"name": name, "address": address} for name, address in getaddresses([value])]
    return [_address(one) for one in value] if isinstance(value, list) else value


def _missing_zone_is_utc(value: object) -> object:
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return value
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return value


def _within_calendar(moment: datetime) -> datetime:
    # Beyond these years arithmetic with dates overflows, and no mail was sent then.
    if not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
        raise ValueError(f"the year must lie from {EARLIEST_YEAR} to {LATEST_YEAR}")
    return moment


def _from_base64(value: object) -> object:
    # Pydantic's own type passes over characters that are no base64, and would store something nobody sent.
    return base64.b64decode("".join(value.split()), validate=True) if isinstance(value, str) else value


OneAddress = Annotated[JsonAddress, BeforeValidator(_address)]
ManyAddresses = Annotated[list[JsonAddress], BeforeValidator(_addresses)]
Moment = Annotated[AwareDatetime, BeforeValidator(_missing_zone_is_utc), AfterValidator(_within_calendar)]
MailboxName = Annotated[str, Field(min_length=1, max_length=200, pattern=PRINTABLE)]


class JsonAttachment(BaseModel):
    """A file of a mail in JSON."""

    filename: str = ""
    content_type: str = "application/octet-stream"
    content: Annotated[bytes, BeforeValidator(_from_base64)] = Field(b"", description="base64")


class JsonMail(BaseModel):
    """A mail in JSON. Everything may be missing, but not all of subject, text, html and attachments.

    Keys it does not know are kept with the stored bytes and otherwise ignored.
    """

    model_config = ConfigDict(extra="ignore", populate_by_name=True)

    mailbox: MailboxName | None = None
    from_: OneAddress = Field(JsonAddress(), alias="from")
    to: ManyAddresses = Field([], max_length=MOST_ADDRESSES)
    cc: ManyAddresses = Field([], max_length=MOST_ADDRESSES)
    reply_to: ManyAddresses = Field([], max_length=MOST_ADDRESSES)
    subject: str = ""
    text: str = Field("", validation_alias=AliasChoices("text", "body"))
    html: str = ""
    received_at: Moment | None = None
    date: Moment | None = None
    message_id: str = ""
    in_reply_to: str = ""
    references: list[str] = Field([], max_length=MOST_REFERENCES)
    attachments: list[JsonAttachment] = Field([], max_length=MOST_ATTACHMENTS)


def read_document(body: bytes | str) -> object:
    """Return what a text of JSON says.

    Raises:
        MalformedMessage: It is no JSON, or none that can be read.
    """
    try:
        return json.loads(body)
    except json.JSONDecodeError as error:
        raise MalformedMessage(
            f"not JSON: {error.msg} at character {error.pos}; correct it and send it again"
        ) from error
    except (ValueError, RecursionError) as error:
        # Bytes that are not UTF-8, numbers of thousands of digits, brackets without end.
        raise MalformedMessage("not JSON that can be read: not in UTF-8, or too deep or long somewhere") from error


def read_json_mail(document: object) -> JsonMail:
    """Check a mail in JSON.

    Raises:
        InvalidSubmission: A field has the wrong type or form, or there is nothing to read; it points to the field.
    """
    if not isinstance(document, Mapping):
        raise InvalidSubmission('a mail in JSON must be an object; send {"from": …, "subject": …, "text": …}')
    try:
        mail = JsonMail.model_validate(document)
    except PydanticError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        pointer = "".join(f"/{part}" for part in first["loc"])
        raise InvalidSubmission(
            f"{pointer.lstrip('/')} is not valid: {first['msg'].removeprefix('Value error, ')}", pointer=pointer
        ) from error
    if not (mail.subject.strip() or mail.text.strip() or mail.html.strip() or mail.attachments):
        raise InvalidSubmission("the mail is empty; give it a subject, text, html or attachments", pointer="/text")
    return mail


def canonical_bytes(document: Mapping[str, Any]) -> bytes:
    """Return the bytes that a mail in JSON is stored and told apart by: keys sorted, the mailbox left out."""
    kept = {key: value for key, value in document.items() if key != "mailbox"}
    return json.dumps(kept, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode()


def message_from_json(mail: JsonMail) -> Message:
    """Return the message that a checked mail in JSON stands for, as legible as one of bytes."""
    subject = legible_line(mail.subject)
    text, quoted_text = own_text(mail.text if mail.text.strip() else text_of_html(mail.html), subject=subject)
    references = map(legible_line, (*mail.references, mail.in_reply_to))
    return Message(
        message_id=legible_line(mail.message_id),
        references=tuple(dict.fromkeys(filter(None, references))),
        sender=_as_address(mail.from_),
        to=_as_addresses(mail.to),
        cc=_as_addresses(mail.cc),
        reply_to=_as_addresses(mail.reply_to),
        subject=subject,
        date=mail.date,
        received_at=mail.received_at,
        text=text,
        quoted_text=quoted_text,
        html=legible_text(mail.html),
        attachments=tuple(_as_attachment(position, part) for position, part in enumerate(mail.attachments)),
        is_automatic=False,
        is_bulk=False,
    )


def _as_attachment(position: int, part: JsonAttachment) -> Attachment:
    name = name_without_path(part.filename) or f"attachment-{position}"
    return Attachment(position, name, legible_line(part.content_type).lower(), False, part.content)


def _as_address(one: JsonAddress) -> Address:
    return Address(legible_line(one.name), legible_line(one.address))


def _as_addresses(many: list[JsonAddress]) -> tuple[Address, ...]:
    return tuple(map(_as_address, many))
