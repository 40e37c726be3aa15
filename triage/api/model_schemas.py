"""Models of a mailbox as they look from outside; the API and `--json` on the command line give the same."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from triage.api.label_schemas import BY_API, Author
from triage.api.services import Services
from triage.errors import InvalidBundle, MailboxNotFound, QueueUnavailable
from triage.mail.json_mail import PRINTABLE
from triage.registry.cards import card_in, card_of
from triage.registry.listing import Versions, left_to_read_again, versions_of
from triage.serving.manifest import DEFAULT_BUNDLE, Manifest, manifest_in
from triage.storage.mailboxes import mailbox_id, name_of, require_mailbox
from triage.storage.models import StoredModel
from triage.storage.rereading import Progress, mailbox_ids
from triage.storage.tables import Shadow

SHIPPED = "shipped"


class ShadowItem(BaseModel):
    """How a version differs from the active one, beside which it reads new mail."""

    started_at: datetime
    stopped_at: datetime | None
    emails: int = Field(description="that both have read")
    differing: dict[str, dict[str, int]] = Field(description="head to `active → candidate` to emails")
    examples: list[dict[str, Any]] = Field(description="emails on which they differ, newest last, by number")


class ModelItem(BaseModel):
    """A version."""

    version: str
    state: str = Field(description="active, kept, or dropped: its bundle was, and it cannot be activated any more")
    is_shipped: bool
    created_at: datetime | None = Field(description="`null` for the shipped model")
    size_bytes: int | None
    activated_at: datetime | None = Field(description="the last time, if it ever was")
    activated_by: str | None
    reason: str | None
    figures: dict[str, Any] = Field(description="what its manifest says it is worth, and on which mail")
    shadow: ShadowItem | None


class RereadingItem(BaseModel):
    """How far reading mail again with the active version has come; labelled mail comes first."""

    done: int
    of: int
    refused: int | None = Field(description="of those left, the ones that it could not read; `null` without Redis")


class ModelList(BaseModel):
    """The versions of a mailbox, the shipped model among them, newest first."""

    mailbox: str
    active: str = Field(description="version that the mailbox is read with")
    rereading: RereadingItem | None = Field(description="`null` while there is no mail, or the bundle is not here")
    items: list[ModelItem]


class ModelOrder(BaseModel):
    """Of which mailbox, and who says so."""

    model_config = ConfigDict(extra="forbid")

    mailbox: Annotated[str, Field(min_length=1, max_length=200, pattern=PRINTABLE)] | None = Field(
        None, description="the default mailbox when left out"
    )
    author: Author = Field(BY_API, description="who says so, as the caller knows them")
    reason: Annotated[str, Field(max_length=500, pattern=PRINTABLE)] = Field("", description="why, for the list")


def model_list(services: Services, mailbox: str | None) -> ModelList:
    """Return the versions of a mailbox, of the default one where none is named.

    Raises:
        MailboxNotFound: There is no such mailbox.
    """
    name, shipped = mailbox or services.settings.default_mailbox, shipped_manifest(services)
    with services.database.reading() as session:
        known = mailbox_id(session, name)
        if known is None and mailbox is not None:
            raise MailboxNotFound(mailbox)
        if known is None:
            found = Versions(None, None, [], [], {}, None)
        else:
            found = versions_of(session, known, shipped, deep=services.settings.deep_stage)
    items = [_stored_item(one, found) for one in found.stored] + [_shipped_item(shipped, found)]
    return ModelList(
        mailbox=name,
        active=found.active or _shipped_version(shipped),
        rereading=_rereading(services, found.in_use, found.progress),
        items=sorted(items, key=lambda item: item.state != "active"),
    )


def model_card(services: Services, mailbox: str | None, version: str) -> str:
    """Return the card of a version of a mailbox, of the default one where none is named.

    Raises:
        MailboxNotFound: There is no such mailbox.
        ModelNotFound: It has no such version.
        ModelUnfit: The version has no card, or not any more.
        InvalidBundle: What holds the card cannot be read.
    """
    wanted = version_named(services, version)
    if wanted is None:
        return card_in(services.settings.bundle or DEFAULT_BUNDLE)
    with services.database.reading() as session:
        return card_of(session, require_mailbox(session, mailbox or services.settings.default_mailbox), wanted)


def unfinished_rereading(services: Services) -> list[dict[str, Any]]:
    """Return the mailboxes whose mail is being read again, and how far that is."""
    shipped, told = shipped_manifest(services), []
    with services.database.reading() as session:
        for known in mailbox_ids(session):
            left = left_to_read_again(session, known, shipped, deep=services.settings.deep_stage)
            if left is not None:
                version, progress = left
                told.append({"mailbox": name_of(session, known), "version": version, **asdict(progress)})
    return told


def version_named(services: Services, text: str) -> str | None:
    """Return the version that somebody names; `None` for the shipped model, by that word or its version."""
    return None if text in (SHIPPED, _shipped_version(shipped_manifest(services))) else text


def shipped_manifest(services: Services) -> Manifest | None:
    """Return what the shipped model, or the bundle in its place, says of itself; `None` where it is not here."""
    with suppress(InvalidBundle):
        return manifest_in(services.settings.bundle or DEFAULT_BUNDLE)
    return None


def _shipped_version(shipped: Manifest | None) -> str:
    return SHIPPED if shipped is None else shipped.version


def _stored_item(stored: StoredModel, found: Versions) -> ModelItem:
    shadow = found.shadows.get(stored.version)
    state = "kept" if stored.is_archived else "dropped"
    return ModelItem(
        version=stored.version,
        state="active" if stored.version == found.active else state,
        is_shipped=False,
        created_at=stored.created_at,
        size_bytes=stored.size_bytes,
        figures=_figures(stored.manifest),
        shadow=None if shadow is None else _shadow_item(shadow),
        **_activated(found, stored.version),
    )


def _shipped_item(shipped: Manifest | None, found: Versions) -> ModelItem:
    return ModelItem(
        version=_shipped_version(shipped),
        state="active" if found.active is None else "kept",
        is_shipped=True,
        created_at=None,
        size_bytes=None,
        figures={} if shipped is None else dict(shipped.figures),
        shadow=None,
        **_activated(found, None),
    )


def _activated(found: Versions, version: str | None) -> dict[str, Any]:
    newest = next((one for one in found.activations if one.version == version), None)
    return {
        "activated_at": None if newest is None else newest.activated_at,
        "activated_by": None if newest is None else newest.author,
        "reason": None if newest is None else newest.reason,
    }


def _figures(manifest: Mapping[str, Any]) -> dict[str, Any]:
    figures = manifest.get("figures")
    return figures if isinstance(figures, dict) else {}


def _shadow_item(shadow: Shadow) -> ShadowItem:
    return ShadowItem(
        started_at=shadow.started_at,
        stopped_at=shadow.stopped_at,
        emails=shadow.emails,
        differing=shadow.differing,
        examples=shadow.examples,
    )


def _rereading(services: Services, version: str | None, progress: Progress | None) -> RereadingItem | None:
    if version is None or progress is None:
        return None
    refused = None
    with suppress(QueueUnavailable):
        refused = len(services.reading_again.refused(version))
    return RereadingItem(done=progress.done, of=progress.of, refused=refused)
