"""Bytes that are no lines of text, and lines that go on."""

import random

from tests.imap_servers.ugly.write import TEXT, Mails, mail

_WHOLE = {
    "empty": b"",
    "one_byte": b"a",
    "one_nul": b"\0",
    "one_line_end": b"\r\n",
    "line_ends_only": b"\r\n" * 1_000,
    "carriage_returns_only": b"\r" * 1_000,
    "blanks_only": b" " * 1_000,
    "nul_bytes_only": b"\0" * 10_000,
    "every_byte": bytes(range(256)) * 40,
    "random_bytes": random.Random(2).randbytes(100_000),
    "random_bytes_as_lines": random.Random(3).randbytes(100_000).replace(b"a", b"\r\n").replace(b"b", b": "),
    "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n",
    "jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(1_000),
    "zip": b"PK\x03\x04" + bytes(1_000),
    "json": b'{"from": "jo@example.org", "subject": "Hi"}',
    "web_page": b"<!DOCTYPE html><html><body>Hi</body></html>",
    "ebcdic": mail().decode().encode("cp500"),
    "utf_16": mail().decode().encode("utf-16"),
    "utf_16_without_mark": mail().decode().encode("utf-16-le"),
    "utf_32": mail().decode().encode("utf-32"),
    "line_feeds_only": mail().replace(b"\r\n", b"\n"),
    "carriage_returns_for_line_ends": mail().replace(b"\r\n", b"\r"),
    "line_ends_reversed": mail().replace(b"\r\n", b"\n\r"),
    "line_ends_doubled": mail().replace(b"\r\n", b"\r\r\n"),
    "line_ends_mixed": mail(TEXT * 3).replace(b"\r\n", b"\n", 3).replace(b"\r\n", b"\r", 2),
    "no_last_line_end": mail("Two people"),
}
_BODIES = {
    "none": "",
    "nul_bytes": b"Two\0people\0" * 100,
    "lone_carriage_returns": "Two\rpeople\r" * 1_000,
    "form_feeds_and_others": "a\x0bb\x0cc\x1cd\x1de\x1ef\x85g\u2028h\u2029i",
    "dots": ".\r\n..\r\n.\r\nQUIT\r\n",
    "mbox_lines": "From jo@example.org Mon Mar  2 10:00:00 2026\r\nSubject: Not a mail\r\n\r\n" * 100,
    "line_of_200000": "a" * 200_000,
    "line_of_200000_blanks": " " * 200_000 + "x",
    "line_of_200000_quotes": ">" * 200_000,
    "line_of_200000_dashes": "-" * 200_000 + "x",
    "line_of_200000_underscores": "_ " * 100_000 + "x",
    "line_of_10_megabytes": "a " * 5_000_000,
    "a_million_line_ends": "\r\n" * 1_000_000,
    "quotes_1000_deep": "".join(">" * n + " quoted\r\n" for n in range(1_000)),
    "signatures_10000": "-- \r\nJo\r\n" * 10_000,
    "quote_headings_5000": "On Mon, Mar 2, 2026 at 10:00 Jo wrote:\r\n> yes\r\n" * 5_000,
    "quote_heading_never_ends": "On Mon, " * 20_000,
    "forwarded_5000_times": "---------- Forwarded message ---------\r\nFrom: Jo\r\nSubject: x\r\n" * 5_000,
    "addresses_for_patterns": "a@" * 50_000 + "!",
    "links_for_patterns": "http://" * 50_000,
    "parentheses_for_patterns": "(" * 50_000 + ")" * 50_000,
    "accents_piled_up": "a" + "\u0301" * 100_000,
    "turning_direction": "\u202e" * 10_000 + "evil",
    "emoji_joined": "👩\u200d" * 20_000,
    "noncharacters": "\ufffe\uffff\U0010ffff" * 1_000,
}


def mails() -> Mails:
    """Yield name and bytes of each."""
    for name, raw in _WHOLE.items():
        yield name, raw
    for name, body in _BODIES.items():
        yield f"text_{name}", mail(body)
