"""Routes to trainings of mailboxes."""

from contextlib import suppress
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from triage.api.access import READ, TRAIN
from triage.api.bodies import BoundedRoute
from triage.api.services import NowDep, Services, ServicesDep
from triage.api.training_schemas import MailboxTraining, TrainingItem, TrainingPage, mailbox_training, training_item
from triage.errors import MailboxNotFound, QueueUnavailable
from triage.labels import LONGEST_AUTHOR
from triage.mail.json_mail import PRINTABLE, MailboxName
from triage.queue.heartbeat import living_workers, why_untrained
from triage.storage import mailboxes
from triage.storage import trainings as stored
from triage.trainings import Cause, overview, report_page, request, training

router = APIRouter(prefix="/v1", tags=["trainings"], route_class=BoundedRoute)

# A page of pictures: it runs nothing, fetches nothing, and nobody's browser guesses at its type.
STILL = {
    "Content-Security-Policy": "default-src 'none'; img-src data:; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private",
}


class NewTraining(BaseModel):
    """Which mailbox to train, the default one if none is named."""

    model_config = ConfigDict(extra="forbid")

    mailbox: MailboxName | None = None
    author: str = Field("api", min_length=1, max_length=LONGEST_AUTHOR, pattern=PRINTABLE)


@router.post("/trainings", status_code=202, dependencies=[TRAIN])
def begin(services: ServicesDep, now: NowDep, response: Response, new: NewTraining | None = None) -> TrainingItem:
    """Ask for a training. While one of the mailbox is not finished, that one is the answer.

    It ends at once, as `skipped`, when nothing is new since the last one.
    """
    mailbox, author = (None, "api") if new is None else (new.mailbox, new.author)
    item = begin_training(services, mailbox or services.settings.default_mailbox, author, now)
    response.headers["Location"] = f"/v1/trainings/{item.id}"
    return item


@router.get("/trainings", dependencies=[READ])
def list_trainings(
    services: ServicesDep,
    mailbox: Annotated[MailboxName | None, Query(description="all of them if not given")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> TrainingPage:
    """List trainings, newest first."""
    return TrainingPage(items=listed(services, mailbox, limit))


@router.get("/trainings/{training_id}", dependencies=[READ])
def one_training(services: ServicesDep, training_id: Annotated[int, Path(ge=1, le=2**63 - 1)]) -> TrainingItem:
    """Return a training: how far it is, or how it ended and why."""
    return shown(services, training_id)


@router.get("/trainings/{training_id}/report", response_class=HTMLResponse, dependencies=[READ])
def report(services: ServicesDep, training_id: Annotated[int, Path(ge=1, le=2**63 - 1)]) -> HTMLResponse:
    """Return what the candidate is worth as a page with pictures. It names mail by its number, and quotes none.

    404 while the training has not ended, and where there is no page, with the reason.
    """
    with services.database.reading() as session:
        return HTMLResponse(report_page(session, training_id), headers=STILL)


@router.get("/models/current/training", dependencies=[READ])
def current_training(
    services: ServicesDep,
    now: NowDep,
    mailbox: Annotated[MailboxName | None, Query(description="the default one if not given")] = None,
) -> MailboxTraining:
    """Say which labels a training would use now, which not and why, what the last one came to, and when the next is."""
    name = mailbox or services.settings.default_mailbox
    with services.database.reading() as session:
        told = overview(session, name, services.calendar, now)
    try:
        why = why_untrained(living_workers(services.redis))
    except QueueUnavailable as error:
        why = f"nobody can be called to train: {error}"
    return mailbox_training(told, [why] if why else [])


def begin_training(services: Services, mailbox: str, author: str, now: datetime) -> TrainingItem:
    """Ask for a training of a mailbox, and call a worker for it."""
    with services.database.unit_of_work() as session:
        asked = request(session, mailbox, cause=Cause.PERSON, author=author, now=now)
        item = training_item(asked, {asked.mailbox_id: mailbox})
    if not item.is_final:
        # The row is stored; beat calls again until somebody comes.
        with suppress(QueueUnavailable):
            services.call_trainer()
    return item


def listed(services: Services, mailbox: str | None, limit: int) -> list[TrainingItem]:
    """Return the newest trainings of a mailbox, or of all."""
    with services.database.reading() as session:
        found = stored.newest_trainings(session, _known(session, mailbox), limit=limit)
        names = mailboxes.names_by_id(session)
    return [training_item(one, names) for one in found]


def shown(services: Services, training_id: int) -> TrainingItem:
    """Return a training."""
    with services.database.reading() as session:
        return training_item(training(session, training_id), mailboxes.names_by_id(session), in_full=True)


def _known(session: Session, mailbox: str | None) -> int | None:
    found = None if mailbox is None else mailboxes.mailbox_id(session, mailbox)
    if mailbox is not None and found is None:
        raise MailboxNotFound(mailbox)
    return found
