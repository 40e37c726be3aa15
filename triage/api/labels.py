"""Routes to what people say of mail."""

import json
from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.responses import StreamingResponse

from triage.api.access import LABEL, READ
from triage.api.bodies import BoundedRoute
from triage.api.bulk import NDJSON
from triage.api.emails import EmailId, email_response
from triage.api.label_schemas import (
    BY_API,
    Author,
    BulkLabelled,
    BulkLabelOrder,
    LabelHistory,
    LabelOrder,
    Withdrawn,
    WithdrawOrder,
    bulk_labelled,
    label_items,
)
from triage.api.schemas import EmailItem, LabelledEmail
from triage.api.services import NowDep, ServicesDep
from triage.api.submissions import MailboxQuery
from triage.errors import EmailNotFound
from triage.feedback import label, label_many, labelled_examples, withdraw, withdraw_many
from triage.labels import Source
from triage.storage import emails, labels

router = APIRouter(prefix="/v1", tags=["labels"], route_class=BoundedRoute)

LabelId = Annotated[int, Path(ge=1, le=2**63 - 1)]
EXPORT_DOCS: dict[int | str, dict[str, Any]] = {200: {"content": {NDJSON: {"schema": {"type": "string"}}}}}


@router.post("/emails/{email_id}/labels", dependencies=[LABEL])
def label_email(email_id: EmailId, order: LabelOrder, services: ServicesDep, now: NowDep) -> LabelledEmail:
    """Say what an email is; what is not said stays as it is. The same again by the same author adds nothing."""
    with services.database.unit_of_work() as session:
        done = label(
            session,
            [email_id],
            order.statement,
            source=Source.HUMAN,
            author=order.author,
            now=now,
            policy=services.policy,
        )
    if not done:
        raise EmailNotFound(email_id)
    services.learning.make()
    item = email_response(services, email_id, now)
    return LabelledEmail(**item.model_dump(by_alias=True), label_id=done[0].label_id, known=not done[0].is_new)


@router.get("/emails/{email_id}/labels", dependencies=[READ])
def list_labels(email_id: EmailId, services: ServicesDep) -> LabelHistory:
    """List what was said of an email, newest first, what was withdrawn included."""
    with services.database.reading() as session:
        emails.email_by_id(session, email_id)
        return LabelHistory(items=label_items(labels.history(session, email_id)))


@router.delete("/emails/{email_id}/labels/{label_id}", dependencies=[LABEL])
def withdraw_label(
    email_id: EmailId,
    label_id: LabelId,
    services: ServicesDep,
    now: NowDep,
    author: Annotated[Author, Query(description="who withdraws it")] = BY_API,
) -> EmailItem:
    """Withdraw a label: it stays in the history and counts no more. A second time changes nothing."""
    with services.database.unit_of_work() as session:
        withdraw(session, email_id, label_id, author=author, now=now, policy=services.policy)
    services.learning.make()
    return email_response(services, email_id, now)


@router.post("/labels/bulk", dependencies=[LABEL])
def label_bulk(order: BulkLabelOrder, services: ServicesDep, now: NowDep) -> BulkLabelled:
    """Say the same of emails named by `ids`, or of those that a `filter` lets pass, at most `limit` by one request.

    A filter is followed in the order of ids: ask again with `next_cursor` until it is `null`.
    """
    done = label_many(
        services.database,
        order.wanted,
        order.statement,
        source=Source.HUMAN,
        author=order.author,
        now=now,
        policy=services.policy,
        after=order.cursor,
        limit=order.limit,
    )
    services.learning.make()
    return bulk_labelled(done)


@router.post("/labels/withdraw", dependencies=[LABEL])
def withdraw_bulk(order: WithdrawOrder, services: ServicesDep, now: NowDep) -> Withdrawn:
    """Withdraw labels of many emails; what was said before counts again. A second time changes nothing."""
    count = withdraw_many(services.database, order.label_ids, author=order.author, now=now, policy=services.policy)
    services.learning.make()
    return Withdrawn(withdrawn=count)


@router.get("/labels", response_class=StreamingResponse, responses=EXPORT_DOCS, dependencies=[READ])
def export_labels(services: ServicesDep, mailbox: MailboxQuery = None) -> StreamingResponse:
    """Stream every labelled email with its labels in force, an object a line: examples that training takes."""
    examples = labelled_examples(services.database, mailbox)
    return StreamingResponse(_lines(examples), media_type=NDJSON)


def _lines(examples: Iterator[dict[str, object]]) -> Iterator[str]:
    for example in examples:
        yield json.dumps(example, ensure_ascii=False) + "\n"
