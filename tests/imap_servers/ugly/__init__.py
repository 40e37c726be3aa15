"""Malformed and hostile mail, generated: hundreds of mails of invented text, each named for what is wrong with it."""

from collections.abc import Iterator

from tests.imap_servers.ugly import (
    addresses,
    attachments,
    charsets,
    content_types,
    dates,
    encoded_words,
    fields,
    html,
    identifiers,
    lines,
    sizes,
    structure,
    transfer,
)

_KINDS = (
    addresses,
    attachments,
    charsets,
    content_types,
    dates,
    encoded_words,
    fields,
    html,
    identifiers,
    lines,
    sizes,
    structure,
    transfer,
)


def ugly_mails() -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of every ugly mail, always the same; together they are some 215 MB, so one at a time."""
    for kind in _KINDS:
        for name, raw in kind.mails():
            yield f"{kind.__name__.rpartition('.')[2]}/{name}", raw
