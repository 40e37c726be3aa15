"""From an envelope to the bytes of a message."""

from collections.abc import Mapping, Sequence

from training.sample_mail import documents, people
from training.sample_mail.attachments import attached
from training.sample_mail.automatic import automatic_fields, is_urgent_looking, report
from training.sample_mail.envelope import OUR_ZONE, Envelope
from training.sample_mail.headers import address_field, date_field, ids_field, text_field
from training.sample_mail.markup import in_html
from training.sample_mail.mime import Field, Part, field_lines, file_part, multipart, text_part
from triage.labels import Language

_LONGEST_LINE = 998  # octets, RFC 5322 section 2.1.1
_LANGUAGE_TAGS = {Language.GERMAN: "de-DE", Language.ENGLISH: "en-GB"}
# Address blocks for documentation (RFC 5737).
_NETWORKS = ("192.0.2", "198.51.100", "203.0.113")


def compose(envelope: Envelope) -> bytes:
    """Return the message as it lay in our mailbox, trace fields included."""
    content = _content(envelope)
    fields = (*_trace_fields(envelope), *_letter_fields(envelope), *automatic_fields(envelope))
    mime_fields = (("MIME-Version", "1.0"), *content.fields)
    return field_lines((*fields, *mime_fields)) + b"\r\n" + content.body


def _trace_fields(envelope: Envelope) -> list[Field]:
    """Return what servers add, ours on top; its time is that of arrival."""
    chance, domain = envelope.chance, people.domain(envelope.sender)
    ids = chance.token("queue", 20).upper()
    relay = f"{chance.pick('network', _NETWORKS)}.{chance.number('relay', 250) + 2}"
    writer = f"{_NETWORKS[0]}.{chance.number('writer', 250) + 2}"
    ours = (
        f"from out.{domain} (out.{domain} [{relay}])\r\n"
        f"\tby mx1.{people.HOUSE} (Postfix) with ESMTPS id {ids[:10]}\r\n"
        f"\tfor <{people.INBOX.address}>; {date_field(envelope.sent_at.astimezone(OUR_ZONE))} (CEST)"
    )
    theirs = (
        f"from [{writer}] (client.{domain} [{writer}])\r\n"
        f"\tby out.{domain} with ESMTPSA id {ids[10:]}; {date_field(envelope.sent_at)}"
    )
    wants_no_reply = envelope.letter.kind in {"absence", "bounce"}
    return [
        ("Return-Path", "<>" if wants_no_reply else f"<{envelope.sender.address}>"),
        ("Delivered-To", people.INBOX.address),
        ("Received", ours),
        ("Received", theirs),
    ]


def _letter_fields(envelope: Envelope) -> list[Field]:
    client, letter = envelope.client, envelope.letter
    style = {"charset": client.charset(envelope.subject + envelope.sender.name), "word": client.word}
    client_fields = [(name, value.format(language=_LANGUAGE_TAGS[letter.language])) for name, value in client.fields]
    copies = [people.person(copy, envelope.chance.seed) for copy in letter.cc]
    fields = [
        ("From", address_field([envelope.sender], **style)),
        ("Reply-To", address_field(envelope.reply_to, **style)),
        ("To", address_field([envelope.inbox], **style)),
        ("Cc", address_field(copies, **style)),
        ("Subject", text_field(envelope.subject, name="Subject", **style)),
        ("Date", date_field(envelope.sent_at)),
        ("Message-ID", envelope.message_id),
        ("In-Reply-To", "".join(envelope.references[-1:])),
        ("References", ids_field(envelope.references)),
        ("X-Priority", "1 (Highest)" if is_urgent_looking(envelope) else ""),
    ]
    # Some clients that are given no subject write the field all the same.
    kept = {"Subject"} if envelope.chance.number("subject", 2) else frozenset()
    return [(name, value) for name, value in fields if value or name in kept] + client_fields


def _content(envelope: Envelope) -> Part:
    letter = envelope.letter
    if letter.kind == "bounce":
        return report(envelope, _plain(envelope))
    inline = [entry for entry in letter.attachments if "cid" in entry]
    files = [entry for entry in letter.attachments if "cid" not in entry and entry["kind"] != "signature"]
    parts = [_text(envelope, inline), *(_file(envelope, entry) for entry in files)]
    content = parts[0] if len(parts) == 1 else _wrapped(envelope, "mixed", parts)
    is_signed = any(entry["kind"] == "signature" for entry in letter.attachments)
    return _signed(envelope, content) if is_signed else content


def _text(envelope: Envelope, inline: Sequence[Mapping[str, str]]) -> Part:
    markup = envelope.client.markup
    if markup is None:
        parts = [_plain(envelope), *(_file(envelope, entry) for entry in inline)]
        return parts[0] if not inline else _wrapped(envelope, "mixed", parts)
    pictures = "".join(f'<div><img src="cid:{entry["cid"]}" alt="{entry["name"]}"></div>' for entry in inline)
    is_letterhead = envelope.letter.kind == "newsletter"
    page = in_html(envelope.text, markup, **{"before" if is_letterhead else "after": pictures})
    page_part = _encoded_text(envelope, page, subtype="html")
    if inline:
        page_part = _wrapped(envelope, "related", [page_part, *(_file(envelope, entry) for entry in inline)])
    if envelope.client.is_html_only:
        return page_part
    return _wrapped(envelope, "alternative", [_plain(envelope), page_part])


def _plain(envelope: Envelope) -> Part:
    client = envelope.client
    return _encoded_text(envelope, client.break_lines(envelope.text) + "\n", parameters=client.parameters)


def _encoded_text(envelope: Envelope, text: str, *, subtype: str = "plain", parameters: str = "") -> Part:
    charset = envelope.client.charset(text)
    fits = all(len(line.encode(charset)) <= _LONGEST_LINE for line in text.split("\n"))
    encoding = "7bit" if text.isascii() else envelope.client.encoding
    if encoding in {"7bit", "8bit"} and not fits:
        encoding = "quoted-printable"
    return text_part(text, charset=charset, encoding=encoding, subtype=subtype, parameters=parameters)


def _file(envelope: Envelope, entry: Mapping[str, str]) -> Part:
    return attached(entry, in_words=envelope.client.filename_words)


def _wrapped(envelope: Envelope, subtype: str, parts: Sequence[Part]) -> Part:
    token = envelope.chance.token(f"boundary {subtype}", 20)
    boundary = envelope.client.boundary.format(token=token)
    return multipart(subtype, parts, boundary=boundary, preamble=envelope.client.preamble)


def _signed(envelope: Envelope, content: Part) -> Part:
    signature = file_part(
        documents.UNSIGNED_SIGNATURE,
        (
            ("Content-Type", 'application/pkcs7-signature; name="smime.p7s"'),
            ("Content-Disposition", 'attachment; filename="smime.p7s"'),
        ),
    )
    return multipart(
        "signed",
        [content, signature],
        boundary=envelope.client.boundary.format(token=envelope.chance.token("boundary signed", 20)),
        parameters=' protocol="application/pkcs7-signature";\r\n\tmicalg=sha-256;',
    )
