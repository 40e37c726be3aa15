"""Message-IDs and references that identify nothing."""

from tests.imap_servers.ugly.write import Mails, mail

_IDS = {
    "missing": None,
    "empty": "",
    "empty_brackets": "<>",
    "no_brackets": "ordinary@example.org",
    "brackets_doubled": "<<ordinary@example.org>>",
    "bracket_never_closed": "<ordinary@example.org",
    "blanks_within": "< ordinary @ example.org >",
    "folded_within": "<ordinary\r\n @example.org>",
    "beyond_ascii": "<tür@example.org>",
    "eight_bit_junk": b"<\xff\xfe\x80@example.org>",
    "nul": "<a\0b@example.org>",
    "no_at_sign": "<ordinary>",
    "two_of_them": "<a@example.org> <b@example.org>",
    "of_100000_letters": "<" + "a" * 100_000 + "@example.org>",
    "quoted": '<"a b"@example.org>',
    "markup": "<script>alert(1)</script>",
}
_REFERENCES = {
    "to_itself": "<ordinary@example.org>",
    "twenty_thousand": " ".join(f"<{n}@example.org>" for n in range(20_000)),
    "the_same_20000_times": "<a@example.org>" * 20_000,
    "brackets_only": "<>" * 50_000,
    "openings_only": "<" * 100_000,
    "prose": "your message of Monday",
    "commas_between": "<a@example.org>,<b@example.org>",
    "cut": "<a@example.org> <b@exam",
}


def mails() -> Mails:
    """Yield name and bytes of each."""
    for name, own in _IDS.items():
        yield f"message_id_{name}", mail(Message_ID=own)
    for name, references in _REFERENCES.items():
        yield f"references_{name}", mail(References=references, In_Reply_To=references)
