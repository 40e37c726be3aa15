"""The policy of a mailbox as a page: its text, what another would change, and who changed it."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from triage.api.access import READ
from triage.api.policies import read_history, read_policy
from triage.api.policy_schemas import History
from triage.api.services import NowDep, ServicesDep
from triage.labels import Band
from triage.web.language import Language, language_of
from triage.web.mailbox_choice import MailboxQuery, mailbox_choice
from triage.web.rendering import render

router = APIRouter(include_in_schema=False)


@router.get("/policy", response_class=HTMLResponse, dependencies=[READ])
def policy_page(
    request: Request,
    services: ServicesDep,
    now: NowDep,
    mailbox: MailboxQuery = "",
    shown: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
) -> HTMLResponse:
    """Show the policy in force, or with `shown` the text of one that was."""
    choice, language = mailbox_choice(services, mailbox), language_of(request)
    policy = read_policy(choice.name, services) if choice.exists else None
    history = read_history(choice.name, services) if choice.exists else History(items=[])
    earlier = next((one for one in history.items if one.id == shown and one.text is not None), None)
    context = {
        "choice": choice,
        "policy": policy,
        "history": history.items,
        "earlier": earlier,
        "text": (earlier or policy).text if policy else "",
        "words": policy_words(language),
        "now": now,
    }
    return render(request, "policy.html", context)


def policy_words(language: Language) -> dict[str, Any]:
    """Return what the page's script says."""
    return {
        "js": {**language.words("policy_js"), "unreachable": language.t("js.unreachable")},
        "band": [(str(band), language.word("band", band)) for band in reversed(Band)],
        "filters": {},
    }
