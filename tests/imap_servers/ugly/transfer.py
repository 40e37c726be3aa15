"""Bodies that are not encoded as they say."""

import base64
import random

from tests.imap_servers.ugly.write import TEXT, Mails, mail

_BASE64 = {
    "rubbish": "!!! not base64 at all ???",
    "one_letter": "A",
    "padding_first": "====QUJD",
    "padding_within": "QUI=QUJD" * 1_000,
    "padding_missing": "QUI",
    "blanks_between": " ".join("VHdvIHBlb3BsZQ=="),
    "lines_of_one": "\r\n".join("VHdvIHBlb3BsZQ=="),
    "text_below": base64.b64encode(TEXT.encode()).decode() + "\r\n\r\n-- \r\nA list's footer\r\n",
    "twice": base64.b64encode(base64.b64encode(TEXT.encode())).decode(),
    "plain_text": TEXT,
    "eight_bit": b"\xff\xfe\x80",
    "of_nul_bytes": base64.b64encode(b"\0" * 10_000).decode(),
    "of_random_bytes": base64.b64encode(random.Random(1).randbytes(100_000)).decode(),
    "in_one_line_of_a_megabyte": "QUJD" * 250_000,
}
_QUOTED_PRINTABLE = {
    "broken_escapes": "=ZZ =1 =  = a=\r\n=",
    "only_equals": "=" * 100_000,
    "soft_break_last": "abc=\r\n",
    "raw_eight_bit": "Tür=C3=BCr".encode("latin-1"),
    "nul": "a=00b=00",
    "base64": "VHdvIHBlb3BsZQ==",
    "blanks_at_ends": "a   \t  \r\n" * 1_000,
}
_ENCODINGS = (
    "x-rot13",
    "8bit",
    "7bit",
    "binary",
    "utf-8",
    "base64, base64",
    "quoted-printable;",
    "",
    "\0",
    "x-uuencode",
)
_UUENCODED = "begin 644 a.txt\r\n#0V%T\r\n`\r\nend\r\n"
_IN_TEXT = {
    "uuencoded": _UUENCODED,
    "uuencoded_never_ends": "begin 644 a.txt\r\n" + "M" * 61 + "\r\n",
    "uuencoded_wrong_lengths": "begin 644 ../../a\r\n~~~~\r\n\x01\xff\r\nend\r\n",
    "uuencoded_10000_files": _UUENCODED * 10_000,
    "yencoded": b"=ybegin line=128 size=3 name=a\r\n\x8b\x8c\x8d\r\n=yend size=3\r\n",
    "binhex": "(This file must be converted with BinHex 4.0)\r\n:$f*TEQKPH#jKF`\r\n",
    "gzipped": b"\x1f\x8b\x08\0\0\0\0\0\0\xff\xff\xff",
}


def mails() -> Mails:
    """Yield name and bytes of each."""
    for name, body in _BASE64.items():
        yield f"base64_{name}", mail(body, Content_Transfer_Encoding="base64")
    for name, body in _QUOTED_PRINTABLE.items():
        yield f"quoted_printable_{name}", mail(body, Content_Transfer_Encoding="quoted-printable")
    for number, encoding in enumerate(_ENCODINGS):
        yield f"encoding_{number}", mail("Tür. VHdv =3D\r\n", Content_Transfer_Encoding=encoding)
    for name, body in _IN_TEXT.items():
        yield name, mail(body)
    yield "uuencoded_as_declared", mail(_UUENCODED, Content_Transfer_Encoding="x-uuencode")
