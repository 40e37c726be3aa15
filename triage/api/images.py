"""Routes to images: posted on their own, and those that came with emails."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Query, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from triage.api.access import ADMIN, READ, SUBMIT
from triage.api.bodies import read_body
from triage.api.image_schemas import ImageItem, SubmittedImage, image_item, submitted_image
from triage.api.problems import COME_BACK_LATER
from triage.api.services import NowDep, Services, ServicesDep
from triage.api.submissions import MailboxQuery, while_it
from triage.intake import accept_image, image_type
from triage.storage import images
from triage.storage.emails import QUEUED

router = APIRouter(prefix="/v1/images", tags=["images"])

ImageId = Annotated[int, Path(ge=1, le=2**63 - 1)]
WaitQuery = Annotated[float, Query(ge=0, le=30, description="seconds to wait for the finding")]
BODY_DOCS = {
    "requestBody": {
        "required": True,
        "content": {"image/*": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.post(
    "",
    status_code=202,
    response_model=SubmittedImage,
    openapi_extra=BODY_DOCS,
    responses=COME_BACK_LATER,
    dependencies=[SUBMIT],
)
async def submit_image(
    request: Request, services: ServicesDep, now: NowDep, mailbox: MailboxQuery = None, wait: WaitQuery = 0
) -> Response:
    """Accept the bytes of one image; the same bytes again are answered with 200 and the same id.

    JPEG, PNG, GIF, WebP, BMP and TIFF are told by how they begin, whatever the Content-Type says.
    """
    data = await read_body(request, services.settings.max_image_size * 2**20)
    if not data:
        raise HTTPException(400, "the body is empty; send the bytes of one image")
    if not image_type(data):
        raise HTTPException(415, "this begins as no image that we read; send JPEG, PNG, GIF, WebP, BMP or TIFF")
    into = mailbox or services.settings.default_mailbox
    receipt = await run_in_threadpool(accept_image, services.database, services.images, data, mailbox=into, now=now)
    item = await _recognized(services, receipt.image_id, wait)
    return JSONResponse(
        submitted_image(item, duplicate=receipt.duplicate).model_dump(mode="json"),
        status_code=200 if receipt.duplicate else 202,
        headers={"Location": f"/v1/images/{receipt.image_id}"},
    )


@router.get("/{image_id}", dependencies=[READ])
async def read_image(image_id: ImageId, services: ServicesDep, wait: WaitQuery = 0) -> ImageItem:
    """Return one image with what it was found to be."""
    return await _recognized(services, image_id, wait)


@router.delete("/{image_id}", status_code=204, dependencies=[ADMIN])
def delete_image(image_id: ImageId, services: ServicesDep) -> None:
    """Remove an image that was posted on its own; one of an email goes with its email."""
    with services.database.unit_of_work() as session:
        images.delete_image(session, image_id)


async def _recognized(services: Services, image_id: int, wait: float) -> ImageItem:
    """Return an image once it has a finding or was set aside, but after so many seconds at the latest."""

    def waits() -> bool:
        with services.database.reading() as session:
            return images.state_of(session, image_id) == QUEUED

    def item() -> ImageItem:
        with services.database.reading() as session:
            return image_item(images.image_row(session, image_id))

    if wait:
        await while_it(waits, wait)
    return await run_in_threadpool(item)
