"""Routes to the policy of a mailbox: read it, try another on stored mail, put it in force, go back."""

from typing import Annotated

from fastapi import APIRouter, Body

from triage.api.access import ADMIN, READ
from triage.api.bodies import BoundedRoute
from triage.api.policy_schemas import (
    BackOrder,
    DryRunItem,
    DryRunOrder,
    History,
    PolicyItem,
    PolicyOrder,
    dry_run_item,
    history_of,
    policy_item,
)
from triage.api.services import NowDep, Services, ServicesDep
from triage.api.topics import MailboxPath
from triage.dry_run import dry_run
from triage.policies import checked, go_back, put_in_force
from triage.ranking import policy_text
from triage.storage.mailboxes import require_mailbox

# `path`: the name of a mailbox may have slashes.
router = APIRouter(prefix="/v1/mailboxes/{mailbox:path}/policy", tags=["policy"], route_class=BoundedRoute)

NOBODY = BackOrder()


@router.get("", dependencies=[READ])
def read_policy(mailbox: MailboxPath, services: ServicesDep) -> PolicyItem:
    """Return the policy of a mailbox, who put it in force, and how far open mail is placed by it."""
    return shown(services, mailbox)


@router.put("", dependencies=[ADMIN])
def replace_policy(mailbox: MailboxPath, order: PolicyOrder, services: ServicesDep, now: NowDep) -> PolicyItem:
    """Put a policy in force; stored mail that nobody has handled follows within seconds to minutes.

    422 names the entry at fault; nothing changes then. The same policy again changes nothing.
    """
    default = services.policies.default
    with services.database.unit_of_work() as session:
        number = require_mailbox(session, mailbox)
        put_in_force(
            session,
            number,
            order.text,
            default=default,
            author=order.author,
            reason=order.reason,
            now=now,
            instead_of=order.instead_of,
        )
    return changed(services, mailbox)


@router.get("/history", dependencies=[READ])
def read_history(mailbox: MailboxPath, services: ServicesDep) -> History:
    """List the policies that a mailbox had, newest first, with who put each in force, when and why."""
    with services.database.reading() as session:
        return history_of(session, mailbox)


@router.post("/back", dependencies=[ADMIN])
def return_to_policy_before(
    mailbox: MailboxPath, services: ServicesDep, now: NowDep, order: Annotated[BackOrder, Body()] = NOBODY
) -> PolicyItem:
    """Return to the policy before; a second time, to the one before that. 409 when there is none."""
    with services.database.unit_of_work() as session:
        number = require_mailbox(session, mailbox)
        go_back(session, number, default=services.policies.default, author=order.author, now=now)
    return changed(services, mailbox)


@router.post("/dry-run", dependencies=[READ])
def try_policy(mailbox: MailboxPath, order: DryRunOrder, services: ServicesDep) -> DryRunItem:
    """Return what a policy would change in the open mail of a mailbox, of the 10,000 most pressing; store nothing."""
    policy = services.policies.default if order.text is None else checked(order.text)
    with services.database.reading() as session:
        found = dry_run(session, require_mailbox(session, mailbox), policy, most=order.most)
    return dry_run_item(policy.version, found)


def shown(services: Services, mailbox: str) -> PolicyItem:
    """Return the policy of a mailbox as it is now."""
    with services.database.reading() as session:
        return policy_item(session, mailbox, services.policy, policy_text(services.settings.policy_file))


def changed(services: Services, mailbox: str) -> PolicyItem:
    """Let this process and a worker take up what was put in force; return it."""
    services.policies.forget()
    services.placing.make()
    return shown(services, mailbox)
