"""Texts that are not in the charset that they claim, and charsets that are none."""

from tests.imap_servers.ugly.write import Mails, mail

_WORDS = "Die Tür klemmt, 500 € Schaden. Приём. 電話ください。\r\n"
_BODIES = {
    "utf-8": _WORDS.encode("utf-16"),
    "us-ascii": _WORDS.encode(),
    "iso-8859-1": _WORDS.encode() + b"\0\x80\x9f",
    "utf-16": _WORDS.encode("utf-16-le"),  # without a byte order mark
    "utf-16le": _WORDS.encode("utf-16-be"),
    "utf-16be": _WORDS.encode("utf-16-be")[:-1],  # of odd length
    "utf-32": _WORDS.encode("utf-32")[:-3],
    "utf-7": b"Die T+APw-r, 500 +IKw- +AGE +/////w- +-",
    "utf-8-sig": b"\xef\xbb\xbf" * 3 + _WORDS.encode(),
    "iso-2022-jp": b"\x1b$B\x21\x1b(Z\xff\x1b",
    "iso-2022-kr": b"\x1b$)C\x0e\xff\xff\x0f",
    "hz-gb-2312": b"~{\xff\xff~}~~",
    "gb18030": b"\x81\x30\x81\xff\xfe",
    "big5": b"\xa4\xff\xff\x81",
    "shift_jis": b"\x81\xff\xfc\xfd",
    "euc-kr": b"\xa1\xff\xc9\xa1",
    "koi8-r": _WORDS.encode("utf-8"),
    "windows-1252": b"\x81\x8d\x8f\x90\x9d",
}
# Python knows codecs by some of these names, and they turn text into no text.
_NAMES = {
    "unknown": "x-klingon",
    "empty": "",
    "quoted_and_unclosed": '"utf-8',
    "path": "../../../etc/passwd",
    "zip": "zip",
    "zlib": "zlib_codec",
    "bz2": "bz2",
    "hex": "hex",
    "rot13": "rot13",
    "base64": "base64_codec",
    "idna": "idna",
    "punycode": "punycode",
    "unicode_escape": "unicode_escape",
    "raw_unicode_escape": "raw_unicode_escape",
    "undefined": "undefined",
    "mbcs": "mbcs",
    "cp65001": "cp65001",
    "user_defined": "x-user-defined",
    "twice": "utf-8; charset=utf-16",
    "of_10000_letters": "u" * 10_000,
    "with_nul": "utf-8\0",
    "with_emoji": "🦄",
    "number": "8",
}


def mails() -> Mails:
    """Yield name and bytes of each."""
    for name, body in _BODIES.items():
        yield f"not_{name}", mail(body, Content_Type=f"text/plain; charset={name}")
    for name, charset in _NAMES.items():
        yield f"named_{name}", mail(_WORDS, Content_Type=f"text/plain; charset={charset}")
    for name in ("overlong", "surrogates", "cut"):
        body = {"overlong": b"\xc0\xaf\xe0\x80\xaf", "surrogates": b"\xed\xa0\x80\xed\xb0\x80", "cut": "€".encode()[:2]}
        yield f"utf_8_{name}", mail(body[name])
    yield "escapes_of_surrogates", mail(r"\ud800\udfff\x00", Content_Type="text/plain; charset=unicode_escape")
