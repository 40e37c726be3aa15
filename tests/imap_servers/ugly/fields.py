"""Headers that are not made of fields."""

from tests.imap_servers.ugly.write import TEXT, Mails, mail

_FIRST = {
    "folded_line_first": b" folded onto nothing\r\n",
    "mbox_line_first": b"From jo@example.org Mon Mar  2 10:00:00 2026\r\n",
    "mbox_line_quoted_first": b">From jo@example.org Mon Mar  2 10:00:00 2026\r\n",
    "blank_lines_first": b"\r\n\r\n\r\n",
    "byte_order_mark_first": b"\xef\xbb\xbf",
    "nul_bytes_first": b"\0" * 100,
    "smtp_first": b"EHLO example.org\r\nMAIL FROM:<jo@example.org>\r\nDATA\r\n",
    "http_first": b"HTTP/1.1 200 OK\r\n",
}
_LAST = {
    "no_colon": b"This line is no field\r\n",
    "only_a_colon": b":\r\n",
    "no_name": b": value\r\n",
    "blank_before_colon": b"X-Field : value\r\n",
    "blank_in_name": b"X Field: value\r\n",
    "name_beyond_ascii": "X-Füld: value\r\n".encode(),
    "name_of_5000_letters": b"X" * 5_000 + b": value\r\n",
    "nul_in_name": b"X\0Y: value\r\n",
    "folded_by_blanks_only": b"X-Field: a\r\n \r\n\t\r\n b\r\n",
    "folded_100000_times": b"X-Field: a\r\n" + b" b\r\n" * 100_000,
    "eight_bit_junk": b"X-Field: " + bytes(range(128, 256)) + b"\r\n",
    "every_control_character": b"X-Field: " + bytes(set(range(1, 32)) - {10, 13}) + b"\r\n",
    "lone_carriage_returns": b"X-Field: a\rBcc: b\rContent-Type: text/html\r\n",
    "line_separators": "X-Field: a\u2028Bcc: b\u2029\x85\x0b\x0cc\r\n".encode(),
    "two_senders": b"From: Mallory <mallory@example.net>\r\n",
    "two_subjects": b"Subject: Another\r\n",
    "two_dates": b"Date: Sat, 01 Jan 2050 00:00:00 +0000\r\n",
    "two_message_ids": b"Message-ID: <another@example.org>\r\n",
    "two_content_types": b"Content-Type: multipart/mixed; boundary=x\r\n",
    "two_encodings": b"Content-Transfer-Encoding: base64\r\nContent-Transfer-Encoding: quoted-printable\r\n",
    "two_mime_versions": b"MIME-Version: 1.0\r\nMIME-Version: 9.9\r\n",
}
_SUBJECTS = {
    "missing": None,
    "empty": "",
    "blanks": " " * 5_000,
    "nul": "a\0b",
    "latin_1": b"T\xfcr klemmt",
    "every_byte": bytes(set(range(256)) - {10, 13}),
    "turning_direction": "invoice\u202efdp.exe",
    "zero_width": "\u200b\u200d\ufeff" * 5_000,
    "accents_piled_up": "a" + "\u0301" * 50_000,
    "terminal_escapes": "\x1b]0;owned\x07\x1b[2J",
    "markup": "<script>alert(1)</script>",
    "formula": '=HYPERLINK("http://example.net")',
    "template": "{{7*7}} ${7*7} %s %n {0.__class__}",
    "re_10000_times": "Re: " * 10_000,
}


def mails() -> Mails:
    """Yield name and bytes of each."""
    for name, lines in _FIRST.items():
        yield name, mail(first=lines)
    for name, lines in _LAST.items():
        yield name, mail(last=lines)
    for name, subject in _SUBJECTS.items():
        yield f"subject_{name}", mail(Subject=subject)
    yield (
        "no_field_but_the_text",
        mail(**dict.fromkeys(("From", "To", "Subject", "Date", "Message-ID", "Content-Type"))),
    )
    yield "no_header_at_all", TEXT.encode()
    yield "only_a_header", mail("").removesuffix(b"\r\n\r\n")
    yield "header_ends_in_a_field", mail("").removesuffix(b"\r\n\r\n")[:-5]
    yield "header_runs_into_text", mail("").removesuffix(b"\r\n") + TEXT.encode() * 10
    yield "header_again_below", mail(mail())
