"""The emails whose labels would teach most, as a page on which each takes one key."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from triage.api.access import READ
from triage.api.label_next import unsure_emails
from triage.api.services import NowDep, ServicesDep
from triage.feedback import topic_list
from triage.labels import Topic, Urgency
from triage.web.mailbox_choice import MailboxQuery, mailbox_choice
from triage.web.rendering import render

router = APIRouter(include_in_schema=False)

AT_ONCE = 10


@router.get("/label-next", response_class=HTMLResponse, dependencies=[READ])
def label_next_page(request: Request, services: ServicesDep, now: NowDep, mailbox: MailboxQuery = "") -> HTMLResponse:
    """Show unlabelled emails that the model is unsure of and that differ from each other."""
    choice = mailbox_choice(services, mailbox)
    items, topics = [], [str(topic) for topic in Topic]
    if choice.exists:
        with services.database.reading() as session:
            items = list(unsure_emails(session, choice.name, services.policy, now, limit=AT_ONCE))
            topics = [topic.name for topic, _ in topic_list(session, choice.name) if topic.retired_at is None]
    context = {"choice": choice, "items": items, "topics": topics, "urgencies": list(Urgency), "now": now}
    return render(request, "label_next.html", context)
