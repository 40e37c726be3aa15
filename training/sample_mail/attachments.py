"""The files that a letter carries, as MIME parts."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from training.sample_mail import documents
from training.sample_mail.headers import text_field
from training.sample_mail.mime import Part, file_part

PICTURES = Path(__file__).parent / "pictures"

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def attached(entry: Mapping[str, Any], *, in_words: bool = False) -> Part:
    """Return the part for one file of the plan.

    Args:
        entry: `kind`, `name`, what the kind needs, and `cid` for a picture shown within the text.
        in_words: The client writes names in encoded words, against RFC 2047 section 5.
    """
    content_type, content = _KINDS[entry["kind"]](entry)
    name = entry.get("wrapped_as", entry["name"])
    disposition = "inline" if "cid" in entry else "attachment"
    fields = [
        ("Content-Type", f"{content_type};\r\n\t{_parameter('name', name, in_words)}"),
        ("Content-Disposition", f"{disposition};\r\n\t{_parameter('filename', name, in_words)}"),
    ]
    if "cid" in entry:
        fields.append(("Content-ID", f"<{entry['cid']}>"))
    return file_part(content, fields)


def _parameter(key: str, value: str, in_words: bool) -> str:
    if value.isascii():
        return f'{key}="{value}"'
    if in_words:
        return f'{key}="{text_field(value, charset="utf-8", word="q", name=key)}"'
    return f"{key}*=UTF-8''{quote(value)}"


def _lines(entry: Mapping[str, Any]) -> bytes:
    return "".join(f"{line}\r\n" for line in entry["lines"]).encode(entry.get("charset", "utf-8"))


def _picture(entry: Mapping[str, Any]) -> tuple[str, bytes]:
    file = PICTURES / entry["picture"]
    return {".jpg": "image/jpeg", ".png": "image/png"}[file.suffix], file.read_bytes()


def _calendar(entry: Mapping[str, Any]) -> tuple[str, bytes]:
    keys = ("summary", "place", "start", "end", "uid")
    return "text/calendar; charset=utf-8; method=PUBLISH", documents.calendar(*(entry[key] for key in keys))


_KINDS: Mapping[str, Callable[[Mapping[str, Any]], tuple[str, bytes]]] = {
    "pdf": lambda entry: ("application/pdf", documents.pdf(entry["lines"])),
    "docx": lambda entry: (_WORD, documents.docx(entry["lines"])),
    "csv": lambda entry: ("text/csv", _lines(entry)),
    "html": lambda entry: ("text/html", _lines(entry)),
    "zip": lambda entry: ("application/zip", documents.archive({entry["inner"]: _lines(entry)})),
    "winmail": lambda entry: ("application/ms-tnef", documents.winmail(entry["name"], _lines(entry))),
    "calendar": _calendar,
    "picture": _picture,
}
