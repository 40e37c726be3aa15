"""Routes to what recognises images: which versions there are, and which one is active for all mailboxes."""

from typing import Annotated

from fastapi import APIRouter, Body, Path

from triage.api.access import ADMIN_OF_ALL, READ
from triage.api.bodies import BoundedRoute
from triage.api.image_model_schemas import ImageModelList, ImageModelOrder, image_model_list, image_version_named
from triage.api.services import NowDep, ServicesDep
from triage.mail.json_mail import PRINTABLE
from triage.registry import image_versions

router = APIRouter(prefix="/v1/images/models", tags=["images"], route_class=BoundedRoute)

VersionPath = Annotated[
    str, Path(min_length=1, max_length=100, pattern=PRINTABLE, description="a version, or `shipped`")
]
OrderBody = Annotated[ImageModelOrder, Body()]
NO_ORDER = ImageModelOrder()


@router.get("", dependencies=[READ])
def list_image_models(services: ServicesDep) -> ImageModelList:
    """List the versions that images can be recognised with, which one is active, and who made it so."""
    return image_model_list(services)


@router.post("/rollback", dependencies=[ADMIN_OF_ALL])
def roll_back_images(services: ServicesDep, now: NowDep, order: OrderBody = NO_ORDER) -> ImageModelList:
    """Return to the version that was active before; a second time, to the one before that. 409 when there is none."""
    with services.database.unit_of_work() as session:
        image_versions.roll_back(session, author=order.author, now=now)
    return image_model_list(services)


@router.post("/{version}/activate", dependencies=[ADMIN_OF_ALL])
def activate_images(
    version: VersionPath, services: ServicesDep, now: NowDep, order: OrderBody = NO_ORDER
) -> ImageModelList:
    """Recognise images with a version from now on; those that have a finding keep it.

    409 when its bundle was dropped or this release cannot recognise with it; nothing changes then.
    """
    wanted = image_version_named(services, version)
    with services.database.unit_of_work() as session:
        image_versions.activate(session, wanted, author=order.author, reason=order.reason, now=now)
    return image_model_list(services)
