"""Multiparts without parts, without end, and without bottom."""

from tests.imap_servers.ugly.write import TEXT, Mails, mail, multipart

_PLAIN = "Content-Type: text/plain\r\n\r\nTwo people are inside.\r\n"
_HTML = "Content-Type: text/html\r\n\r\n<p>Two people are inside.</p>\r\n"


def mails() -> Mails:
    """Yield name and bytes of each."""
    yield from _boundaries()
    yield from _parts()
    yield from _depths()


def _boundaries() -> Mails:
    yield "never_closed", multipart(_PLAIN, end=b"")
    yield "never_opened", mail(TEXT, Content_Type="multipart/mixed; boundary=b")
    yield "closed_first", mail(b"--b--\r\n--b\r\n" + _PLAIN.encode(), Content_Type="multipart/mixed; boundary=b")
    yield "closed_again_and_again", multipart(_PLAIN, end=b"--b--\r\n" * 1_000)
    yield "cut_within_the_boundary", multipart(_PLAIN, end=b"--")
    yield "cut_within_a_header", multipart(_PLAIN, "Content-Type: text/pl", end=b"")
    yield "another_boundary", mail(b"--c\r\n" + _PLAIN.encode() + b"--c--", Content_Type="multipart/mixed; boundary=b")
    yield (
        "boundary_begins_another",
        mail("--bb\r\n\r\nOne\r\n--b\r\n\r\nTwo\r\n--bb--\r\n--b--\r\n", Content_Type="multipart/mixed; boundary=b"),
    )
    yield "boundary_followed_by_words", mail("--b words\r\n\r\nTwo\r\n", Content_Type="multipart/mixed; boundary=b")
    yield "same_boundary_inside", multipart("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nTwo\r\n--b--")
    yield "boundary_in_the_text", multipart(_PLAIN + "--b\r\nnot a part --b-- --b\r\n")


def _parts() -> Mails:
    yield "no_parts", multipart()
    yield "empty_parts", multipart(*[""] * 100)
    yield "parts_without_header", multipart(*["Two people"] * 10)
    yield "parts_with_only_a_header", multipart(*["Content-Type: text/plain"] * 10)
    yield "parts_5000", multipart(*[_PLAIN] * 5_000)
    yield "parts_999", multipart(*[_PLAIN] * 990)
    yield "fields_5000_in_a_part", multipart("X-Field: y\r\n" * 5_000 + "\r\nTwo")
    yield (
        "encoded_multipart",
        mail(
            "LS1iDQoNClR3bw0KLS1iLS0=", Content_Type="multipart/mixed; boundary=b", Content_Transfer_Encoding="base64"
        ),
    )
    yield (
        "words_before_of_a_megabyte",
        mail(
            b"a" * 1_000_000 + b"\r\n--b\r\n" + _PLAIN.encode() + b"--b--", Content_Type="multipart/mixed; boundary=b"
        ),
    )
    yield "mail_after_the_end", multipart(_PLAIN, end=b"--b--\r\n" + mail())
    yield "alternatives_that_differ", multipart(_PLAIN, _HTML.replace("Two", "Ten"), subtype="alternative")
    yield "alternatives_without_text", multipart("Content-Type: image/png\r\n\r\nx", subtype="alternative")
    yield "alternatives_5_times_html", multipart(*[_HTML] * 5, subtype="alternative")
    yield "related_to_nothing", multipart(_HTML.replace("Two", "<img src=cid:none@x>"), subtype="related")
    yield (
        "related_to_itself",
        multipart("Content-ID: <a>\r\n" + _HTML.replace("Two", "<img src=cid:a>"), subtype="related"),
    )
    yield "signed_without_signature", multipart(_PLAIN, subtype="signed")
    yield (
        "encrypted",
        multipart("Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1", "\r\nx", subtype="encrypted"),
    )
    yield "digest_of_rubbish", multipart("\r\nnot a mail", "\r\n\0\0", subtype="digest")
    yield "report_without_status", multipart(_PLAIN, subtype="report; report-type=delivery-status")
    yield (
        "report_of_rubbish",
        multipart("Content-Type: message/delivery-status\r\n\r\n\0:::\r\n\r\n\r\n:\r\n" * 10, subtype="report"),
    )
    yield "form_data", multipart('Content-Disposition: form-data; name="a"\r\n\r\nTwo', subtype="form-data")
    yield (
        "calendar_of_rubbish",
        multipart("Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\n" * 50),
    )


def _depths() -> Mails:
    for depth in (15, 50, 1_000):
        yield f"multiparts_{depth}_deep", mail(_nested(depth), Content_Type="multipart/mixed; boundary=b0")
    for depth in (3, 50, 500, 5_000):
        inner = b"Content-Type: message/rfc822\r\nSubject: Inside\r\n\r\n" * depth + mail()
        yield f"messages_{depth}_deep", inner
    for depth in (10, 50):
        wrapped = mail()
        for n in range(depth):
            wrapped = mail(
                b"--w%d\r\nContent-Type: message/rfc822\r\n\r\n%s\r\n--w%d--\r\n" % (n, wrapped, n),
                Content_Type=f"multipart/mixed; boundary=w{n}",
            )
        yield f"forwarded_{depth}_times", wrapped


def _nested(depth: int) -> str:
    """Return so many multiparts, each the only part of the one above, and a text at the bottom."""
    inner = (f"--b{n}\r\nContent-Type: multipart/mixed; boundary=b{n + 1}\r\n\r\n" for n in range(depth - 1))
    return f"{''.join(inner)}--b{depth - 1}\r\n{_PLAIN}"
