"""Mail that is too large as a whole or in one place."""

from tests.imap_servers.ugly.write import TEXT, Mails, mail, multipart
from triage.mail.bounds import MAX_HEADER_BYTES, MAX_MESSAGE_BYTES

_LINE = b"A line of seventy-six letters, of which there are many more in this mail.  \r\n"


def mails() -> Mails:
    """Yield name and bytes of each."""
    yield "subject_of_a_megabyte", mail(Subject="a" * 1_000_000)
    yield "subject_of_100000_folds", mail(Subject="\r\n ".join(["a"] * 100_000))
    yield "header_of_2_megabytes", mail(last=b"X-Field: " + b"a" * 2 * MAX_HEADER_BYTES + b"\r\n")
    yield "header_of_2_megabytes_in_800_fields", mail(last=(b"X-Field: " + b"a" * 2_700 + b"\r\n") * 800)
    yield "fields_5000", mail(last=b"X-Field: a\r\n" * 5_000)
    yield "fields_of_trace_900", mail(last=b"Received: from a by b; Mon, 02 Mar 2026 10:00:00 +0000\r\n" * 900)
    yield "text_of_20_megabytes", mail(_LINE * (20 * 2**20 // len(_LINE)))
    yield "no_header_and_a_megabyte", TEXT.encode() * 40_000
    yield "larger_than_allowed_by_a_byte", mail().ljust(MAX_MESSAGE_BYTES + 1, b"a")
    yield (
        "of_100_megabytes",
        multipart(
            "\r\nBelow.", b"Content-Type: application/octet-stream\r\n\r\n" + _LINE * (100 * 2**20 // len(_LINE))
        ),
    )
