"""Encoded words (RFC 2047) against the rules."""

from tests.imap_servers.ugly.write import Mails, mail

_SUBJECTS = {
    "unknown_charset": "=?x-klingon?q?nuqneH?=",
    "unknown_encoding": "=?utf-8?x?abc?=",
    "no_charset": "=??q?abc?=",
    "no_text": "=?utf-8?q??=",
    "never_closed": "=?utf-8?q?abc",
    "blanks_within": "=?utf-8?q?a b c?=",
    "within_a_word": "abc=?utf-8?q?def?=ghi",
    "within_another": "=?utf-8?q?=?utf-8?q?abc?=?=",
    "letter_split_between_two": "=?utf-8?q?T=C3?= =?utf-8?q?=BCr?=",
    "base64_of_wrong_length": "=?utf-8?b?A?=",
    "base64_with_rubbish": "=?utf-8?b?!!!!????====?=",
    "quoted_printable_broken": "=?utf-8?q?=ZZ=?=",
    "with_language": "=?utf-8*de?q?T=C3=BCr?=",
    "utf_7": "=?utf-7?q?+AADwAA-?=",
    "utf_16": "=?utf-16?b?AP8A?=",
    "codec_that_is_no_charset": "=?zip?b?eJwDAAAAAAE=?=",
    "line_end_within": "=?utf-8?q?a=0D=0ABcc:_victim@example.net?=",
    "nul_within": "=?utf-8?q?a=00b?=",
    "surrogates_within": "=?utf-8?b?7aCA7bCA?=",
    "escape_within": "=?utf-8?q?=1B[2J=07?=",
    "question_marks": "=?" * 100_000,
    "openings_and_ends": "=?utf-8?q?" * 20_000 + "?=" * 20_000,
    "ten_thousand_of_them": " ".join(f"=?utf-8?q?w{n}?=" for n in range(10_000)),
    "of_500000_letters": "=?utf-8?b?" + "QUJD" * 125_000 + "?=",
}


def mails() -> Mails:
    """Yield name and bytes of each."""
    for name, subject in _SUBJECTS.items():
        yield f"subject_{name}", mail(Subject=subject, From=f"{subject[:5_000]} <jo@example.org>")
    yield "in_an_address", mail(From="=?utf-8?q?jo=40example.org?=")
    yield "in_a_file_name", mail(Content_Disposition='attachment; filename="=?utf-8?q?../=00.pdf?="')
