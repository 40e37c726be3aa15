"""The images of real mail give pixels or a sentence, and from the child the same as from this process."""

import tarfile

import pytest

from triage.errors import InvalidImage, MalformedMessage
from triage.images.decoder import Decoder
from triage.images.decoding import decode_here
from triage.images.faults import Fault
from triage.images.formats import format_of
from triage.mail import parse_message


def images_of(archive):
    """Give the attachments of a tar archive of mails that claim to be images, by type or by their first bytes."""
    with tarfile.open(archive) as mails:
        for member in mails:
            if (file := mails.extractfile(member)) is None:
                continue
            try:
                message = parse_message(file.read())
            except MalformedMessage:
                continue
            for one in message.attachments:
                if one.content_type.startswith("image/") or format_of(one.content):
                    yield f"{member.name} {one.position}", one.content


def outcome(decode, data):
    """Return format, size and pixels, or the sentence."""
    try:
        decoded = decode(data)
    except InvalidImage as error:
        return str(error)
    return decoded.format, decoded.width, decoded.height, decoded.pixels.tobytes()


@pytest.mark.parametrize("archive", ["spamassassin-raw/raw.tar.gz", "mail-fixtures/fixtures.tar.gz"])
def test_images_of_real_mail(shared_data, archive, record_property):
    """Each has an answer, and it does not depend on what the child may not do."""
    with Decoder(32, "pad") as decoder:
        found = {
            name: (outcome(decoder.decode, data), outcome(lambda data: decode_here(data, 32, "pad"), data))
            for name, data in images_of(shared_data / archive)
        }

    assert found
    assert [name for name, (there, here) in found.items() if there != here] == []
    seen = [there for there, _ in found.values() if isinstance(there, tuple)]
    faults = {fault.name: sum(there == fault for there, _ in found.values()) for fault in Fault}
    record_property("figure", f"{archive}: {len(seen)} of {len(found)} images decoded; {faults}")
