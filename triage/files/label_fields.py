"""What one line of labels says, and of which mail."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StrictBool
from pydantic import ValidationError as PydanticError

from triage.errors import InvalidLabel, InvalidSubmission
from triage.intake import APPLICATION_JSON, Submission
from triage.labels import LONGEST_AUTHOR, Sentiment, Urgency, topic_name
from triage.mail import canonical_bytes, read_json_mail
from triage.mail.json_mail import PRINTABLE, JsonMail, MailboxName, Moment
from triage.ranking import HEADS, Statement

TEXTS = ("subject", "body", "text", "html")
NAMES_AN_EMAIL = ("id", "digest", "message_id", *TEXTS)
_OF_MAIL = {field.alias or name for name, field in JsonMail.model_fields.items()} | {"body"}
COLUMNS = {*HEADS, *NAMES_AN_EMAIL, *_OF_MAIL, "author", "said_at"}
_MOST_DIGITS = 20


@dataclass(frozen=True, slots=True)
class LabelledMail:
    """What a line says of one mail, and which mail that is.

    Attributes:
        email_id: Its number here; `None` where the line names it otherwise, for elsewhere that is another mail's.
        digest: Of its bytes, as an export gives it.
        mail: The mail itself, to be taken in if it is not stored. Whoever labelled it has dealt with it.
    """

    statement: Statement
    email_id: int | None
    digest: bytes | None
    message_id: str
    mail: Submission | None
    mailbox: str | None
    author: str | None
    said_at: datetime | None


def _number(value: object) -> object:
    is_number = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < _MOST_DIGITS
    return int(str(value)) if is_number else value


def _topic(value: str) -> str:
    try:
        return topic_name(value)
    except InvalidLabel as error:
        raise ValueError(str(error)) from error


class _Line(BaseModel):
    model_config = ConfigDict(extra="ignore")

    id: Annotated[Any, BeforeValidator(_number)] = None
    topic: Annotated[str, AfterValidator(_topic)] | None = None
    sentiment: Sentiment | None = None
    urgency: Urgency | None = None
    action_required: StrictBool | None = None
    digest: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] | None = None
    message_id: str = ""
    mailbox: MailboxName | None = None
    author: Annotated[str, Field(min_length=1, max_length=LONGEST_AUTHOR, pattern=PRINTABLE)] | None = None
    said_at: Moment | None = None


def labelled_mail(document: Mapping[str, Any]) -> LabelledMail | InvalidSubmission:
    """Return what a line says, or why it says nothing. Unknown keys are ignored."""
    # An empty topic is none, in JSON as in a cell.
    said = {key: value for key, value in document.items() if not (key in HEADS and value == "")}
    try:
        line = _Line.model_validate(said)
        statement = Statement(line.topic, line.sentiment, line.urgency, line.action_required)
        if not statement.heads:
            return InvalidSubmission(f"no label; give one of {', '.join(HEADS)}")
        mail = _mail(document)
    except PydanticError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        field = str(first["loc"][0])
        return InvalidSubmission(f"{field} is not valid: {first['msg'].removeprefix('Value error, ')}")
    except InvalidSubmission as error:
        return error
    except (ValueError, RecursionError):
        return InvalidSubmission("the mail is not JSON that can be kept; correct it")
    otherwise = mail is not None or line.digest is not None or line.message_id.strip()
    email_id = None if otherwise else line.id
    if not otherwise and not (type(email_id) is int and 0 < email_id < 2**63):
        return InvalidSubmission("no mail; give the id of a stored email, its message_id, or subject and body")
    return LabelledMail(
        statement=statement,
        email_id=email_id,
        digest=None if line.digest is None else bytes.fromhex(line.digest),
        message_id=line.message_id.strip(),
        mail=mail,
        mailbox=line.mailbox,
        author=line.author,
        said_at=line.said_at,
    )


def _mail(document: Mapping[str, Any]) -> Submission | None:
    """Return the mail of a line; what is said of it is no part of it, so that another label makes no other mail."""
    if not any(document.get(name) for name in TEXTS):
        return None
    mail = {key: value for key, value in document.items() if key in _OF_MAIL}
    read = read_json_mail(mail)
    return Submission(canonical_bytes(mail), APPLICATION_JSON, json_mail=read, handled=True)
