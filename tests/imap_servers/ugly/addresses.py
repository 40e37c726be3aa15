"""Addresses that are none, too many, or written to mislead."""

from tests.imap_servers.ugly.write import Mails, mail

_SENDERS = {
    "no_sender": None,
    "empty": "",
    "null_path": "<>",
    "only_a_name": "Jo Doe",
    "only_a_domain": "@example.org",
    "no_domain": "jo",
    "two_at_signs": "jo@x@example.org",
    "route": "<@relay.example,@other.example:jo@example.org>",
    "group": "Team: jo@example.org, kim@example.org;",
    "group_never_closed": "Team: jo@example.org",
    "group_in_group": "A: B: jo@example.org;;",
    "several_senders": "jo@example.org, kim@example.org, al@example.org",
    "angle_never_closed": "Jo <jo@example.org",
    "angles_doubled": "Jo <<jo@example.org>>",
    "quote_never_closed": '"Jo Doe <jo@example.org>',
    "quotes_within_quotes": '"Jo "The Boss" Doe" <jo@example.org>',
    "backslashes": '"' + "\\" * 10_001 + '" <jo@example.org>',
    "comment_never_closed": "jo@example.org (Jo",
    "comments_10000_deep": "(" * 10_000 + "Jo" + ")" * 10_000 + " jo@example.org",
    "comments_opened_100000_times": "(" * 100_000 + " jo@example.org",
    "emoji": "🦄@example.org",
    "emoji_in_name_unencoded": "Jo 🦄 <jo@example.org>",
    "domain_beyond_ascii": "jo@bücher.example",
    "domain_in_punycode_broken": "jo@xn--\xff.example",
    "name_looks_like_another_address": '"boss@example.com" <mallory@example.net>',
    "name_turns_direction": "\u202egro.elpmaxe@oj\u202c <mallory@example.net>",
    "mailto": "mailto:jo@example.org?subject=x",
    "control_characters": "Jo\x07\x1b[31m <jo@example.org>",
    "nul": "Jo\0Doe <jo@example.org\0>",
    "address_of_200000_letters": "j" * 200_000 + "@example.org",
    "domain_of_50000_dots": "jo@" + "." * 50_000,
    "commas_only": "," * 50_000,
    "angles_only": "<" * 50_000,
}
_RECIPIENTS = {
    "undisclosed": "undisclosed-recipients:;",
    "semicolons_between": "jo@example.org; kim@example.org",
    "ten_thousand": ", ".join(f"person{n}@example.org" for n in range(10_000)),
    "ten_thousand_folded": ",\r\n ".join(f'"Person {n}" <person{n}@example.org>' for n in range(10_000)),
    "ten_thousand_groups": " ".join(f"g{n}:;" for n in range(10_000)),
}


def mails() -> Mails:
    """Yield name and bytes of each."""
    for name, sender in _SENDERS.items():
        yield f"from_{name}", mail(From=sender)
    for name, recipients in _RECIPIENTS.items():
        yield f"to_{name}", mail(To=recipients, Cc=recipients)
