"""The programs people write mail with, as far as a message betrays them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from training.sample_mail import markup, replies, wrapping
from training.sample_mail.headers import holds
from training.sample_mail.markup import Markup
from training.sample_mail.mime import Field
from triage.labels import Language

_MOBILE = {Language.GERMAN: "Von meinem iPhone gesendet", Language.ENGLISH: "Sent from my iPhone"}
_GALAXY = {Language.GERMAN: "Von meinem Galaxy gesendet", Language.ENGLISH: "Sent from my Galaxy"}


@dataclass(frozen=True, slots=True)
class Client:
    """A mail program.

    Attributes:
        charsets: Tried in order; the first that holds a text is taken.
        encoding: Transfer encoding of text that is not plain ASCII in short lines.
        word: How it encodes header words, `q` or `b`.
        markup: How it writes HTML; `None` when it does not.
        is_html_only: It sends no plain text beside the HTML.
        break_lines: What it does to long lines of plain text.
        parameters: What it adds to the content type of plain text.
        history: How it shows what a reply answers.
        fields: Header fields that it always writes, `{language}` for a language tag.
        message_id: Its form, from `{token}` and the sender's `{domain}`.
        boundary: The form of its MIME boundaries, from `{token}`.
        preamble: What it says to readers that know no MIME.
        footer: What it appends to every text.
        filename_words: It writes file names in encoded words instead of RFC 2231, which no standard allows.
    """

    charsets: tuple[str, ...] = ("us-ascii", "utf-8")
    encoding: str = "quoted-printable"
    word: str = "q"
    markup: Markup | None = None
    is_html_only: bool = False
    break_lines: Callable[[str], str] = str
    parameters: str = ""
    history: replies.History = replies.gmail
    fields: tuple[Field, ...] = ()
    message_id: str = "<{token}@{domain}>"
    boundary: str = "{token}"
    preamble: str = ""
    footer: Mapping[Language, str] = field(default_factory=dict)
    filename_words: bool = False

    def charset(self, text: str) -> str:
        """Return the charset it would send a text in."""
        return next(charset for charset in self.charsets if holds(charset, text))


CLIENTS: Mapping[str, Client] = {
    "outlook": Client(
        charsets=("us-ascii", "iso-8859-1", "Windows-1252", "utf-8"),
        markup=markup.OUTLOOK,
        history=replies.outlook,
        fields=(("X-Mailer", "Microsoft Outlook 16.0"), ("Content-Language", "{language}")),
        message_id="<{token}$@{domain}>",
        boundary="----=_NextPart_000_{token}",
        preamble="This is a multi-part message in MIME format.",
    ),
    "exchange": Client(
        charsets=("utf-8",),
        encoding="base64",
        word="b",
        markup=markup.OUTLOOK,
        history=replies.outlook,
        fields=(("Accept-Language", "{language}, en-US"), ("X-MS-Has-Attach", ""), ("X-MS-TNEF-Correlator", "")),
        message_id="<{token}@EURPRD04.PROD.MAILHUB.example>",
        boundary="_000_{token}EURPRD04_",
        filename_words=True,
    ),
    "gmail": Client(
        charsets=("utf-8",),
        markup=markup.GMAIL,
        message_id="<CA+{token}@mail.fastpost.example>",
        boundary="000000000000{token}",
    ),
    "iphone": Client(
        markup=markup.PHONE,
        history=replies.apple,
        fields=(("X-Mailer", "iPhone Mail (22G86)"),),
        boundary="Apple-Mail-{token}",
        footer=_MOBILE,
    ),
    "iphone plain": Client(
        encoding="base64",
        word="b",
        history=replies.apple,
        fields=(("X-Mailer", "iPhone Mail (21H16)"),),
        boundary="Apple-Mail-{token}",
        footer=_MOBILE,
    ),
    "apple mail": Client(
        charsets=("us-ascii", "iso-8859-1", "windows-1252", "utf-8"),
        markup=markup.APPLE,
        history=replies.apple,
        fields=(("X-Mailer", "Apple Mail (2.3826.700.81)"),),
        boundary="Apple-Mail=_{token}",
    ),
    "thunderbird": Client(
        charsets=("UTF-8",),
        encoding="8bit",
        break_lines=wrapping.flowed,
        parameters="; format=flowed",
        history=replies.thunderbird,
        fields=(("User-Agent", "Mozilla Thunderbird"), ("Content-Language", "{language}")),
        boundary="------------{token}",
    ),
    "thunderbird html": Client(
        charsets=("UTF-8",),
        encoding="8bit",
        word="b",
        markup=markup.THUNDERBIRD,
        break_lines=wrapping.flowed,
        parameters="; format=flowed",
        history=replies.thunderbird,
        fields=(("User-Agent", "Mozilla Thunderbird"), ("Content-Language", "{language}")),
        boundary="------------{token}",
    ),
    "thunderbird old": Client(
        charsets=("iso-8859-15", "UTF-8"),
        encoding="8bit",
        break_lines=wrapping.flowed,
        parameters="; format=flowed",
        history=replies.thunderbird,
        fields=(("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:60.0) Thunderbird/60.9.1"),),
        boundary="------------{token}",
    ),
    "galaxy": Client(
        charsets=("utf-8",),
        encoding="base64",
        word="b",
        markup=markup.PHONE,
        boundary="--_com.phone.email_{token}",
        footer=_GALAXY,
    ),
    "webmail": Client(
        charsets=("UTF-8",),
        markup=markup.WEBMAIL,
        is_html_only=True,
        history=replies.thunderbird,
        fields=(("X-Priority", "3"), ("Importance", "normal"), ("Sensitivity", "Normal")),
        message_id="<trinity-{token}@{domain}>",
        boundary="abmob-{token}",
    ),
    "webmail old": Client(
        charsets=("iso-8859-1", "iso-8859-15", "utf-8"),
        encoding="8bit",
        break_lines=wrapping.wrapped,
        history=replies.thunderbird,
        fields=(("User-Agent", "SquirrelMail/1.4.23"), ("X-Priority", "3 (Normal)"), ("Importance", "Normal")),
        message_id="<{token}.squirrel@{domain}>",
        boundary="----=_{token}",
    ),
    "web form": Client(
        charsets=("utf-8",),
        encoding="8bit",
        break_lines=wrapping.wrapped,
        fields=(("X-Mailer", "PHPMailer 6.9.1"),),
        boundary="b1_{token}",
    ),
    "mailing": Client(charsets=("utf-8",), markup=markup.MAILING, boundary="_----{token}"),
    "mailing html": Client(charsets=("utf-8",), markup=markup.MAILING, is_html_only=True, boundary="_----{token}"),
    "program": Client(
        charsets=("us-ascii", "utf-8"), encoding="8bit", break_lines=wrapping.wrapped, boundary="=_{token}"
    ),
}

# What people use, each as often as it stands here; offices and private writers alike.
PEOPLE = (
    *("outlook",) * 6,
    *("gmail",) * 5,
    *("iphone",) * 3,
    *("iphone plain",) * 3,
    *("exchange",) * 3,
    *("thunderbird",) * 3,
    *("apple mail",) * 2,
    *("galaxy",) * 2,
    *("webmail",) * 2,
    *("webmail old",) * 2,
    *("thunderbird old",) * 2,
    "thunderbird html",
)
