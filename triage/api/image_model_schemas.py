"""Versions of what recognises images as they look from outside; the API and `--json` give the same."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from triage.api.label_schemas import BY_API, Author
from triage.api.services import Services
from triage.errors import InvalidBundle
from triage.mail.json_mail import PRINTABLE
from triage.registry.image_versions import ImageVersions, image_versions
from triage.serving.image_manifest import DEFAULT_IMAGE_BUNDLE, LEARNED
from triage.serving.recognizer_manifest import RecognizerManifest, recognizer_manifest_in
from triage.storage.recognizers import StoredRecognizer

SHIPPED = "shipped"


class ImageModelItem(BaseModel):
    """A version of what recognises images."""

    version: str
    state: str = Field(description="active, kept, or dropped: its bundle was, and it cannot be activated any more")
    is_shipped: bool
    kind: str | None = Field(description="image, or image-cascade; `null` where the shipped bundle is not here")
    classes: list[str]
    created_at: datetime | None = Field(description="`null` for the shipped bundle")
    size_bytes: int | None
    figures: dict[str, Any] = Field(description="what its manifest says it is worth, and on which images")


class ImageActivationItem(BaseModel):
    """That a version became the active one."""

    version: str
    activated_at: datetime
    author: str
    reason: str


class ImageModelList(BaseModel):
    """All versions, the active one first, and the last activations, newest first."""

    active: str = Field(description="version that images are recognised with, of all mailboxes")
    items: list[ImageModelItem]
    activations: list[ImageActivationItem]


class ImageModelOrder(BaseModel):
    """Who says so, and why."""

    model_config = ConfigDict(extra="forbid")

    author: Author = Field(BY_API, description="who says so, as the caller knows them")
    reason: Annotated[str, Field(max_length=500, pattern=PRINTABLE)] = Field("", description="why, for the list")


def image_model_list(services: Services) -> ImageModelList:
    """Return every version, the shipped bundle among them."""
    shipped = _shipped_manifest(services)
    with services.database.reading() as session:
        found = image_versions(session)
    name = SHIPPED if shipped is None else shipped.version
    items = [_stored_item(one, found) for one in found.stored] + [_shipped_item(name, shipped, found)]
    return ImageModelList(
        active=found.active or name,
        items=sorted(items, key=lambda item: item.state != "active"),
        activations=[
            ImageActivationItem(
                version=one.version or name, activated_at=one.activated_at, author=one.author, reason=one.reason
            )
            for one in found.activations
        ],
    )


def image_version_named(services: Services, text: str) -> str | None:
    """Return the version that somebody names; `None` for the shipped bundle, by that word or its version."""
    shipped = _shipped_manifest(services)
    return None if text == SHIPPED or (shipped is not None and text == shipped.version) else text


def _shipped_manifest(services: Services) -> RecognizerManifest | None:
    with suppress(InvalidBundle):
        return recognizer_manifest_in(services.settings.image_bundle or DEFAULT_IMAGE_BUNDLE)
    return None


def _stored_item(stored: StoredRecognizer, found: ImageVersions) -> ImageModelItem:
    state = "kept" if stored.is_archived else "dropped"
    return ImageModelItem(
        version=stored.version,
        state="active" if stored.version == found.active else state,
        is_shipped=False,
        kind=stored.manifest["kind"],
        classes=stored.manifest["classes"],
        created_at=stored.created_at,
        size_bytes=stored.size_bytes,
        figures=_figures(stored.manifest["figures"]),
    )


def _shipped_item(name: str, shipped: RecognizerManifest | None, found: ImageVersions) -> ImageModelItem:
    return ImageModelItem(
        version=name,
        state="active" if found.active is None else "kept",
        is_shipped=True,
        kind=None if shipped is None else shipped.kind,
        classes=[] if shipped is None else list(shipped.classes),
        created_at=None,
        size_bytes=None,
        figures={} if shipped is None else _figures(shipped.figures),
    )


def _figures(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return figures without the digests of what was learned from: many, and nothing to look at."""
    return {name: figure for name, figure in told.items() if name != LEARNED}
