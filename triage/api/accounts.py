"""Routes to accounts. What talks to mail servers runs in threads, as every route that is no coroutine does."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Path, Response

from triage.api.access import ADMIN
from triage.api.account_schemas import (
    AccountItem,
    AccountList,
    NewAccount,
    Tested,
    VerifiedFolder,
    account_item,
    folder_item,
)
from triage.api.bodies import BoundedRoute
from triage.api.services import NowDep, ServicesDep, utc_now
from triage.errors import AccountNotFound, NoSecretKey, StorageUnavailable, TriageError
from triage.imap.accounts import first_shown
from triage.imap.door import Door
from triage.imap.inspection import inspect
from triage.imap.verification import verify
from triage.mail.json_mail import PRINTABLE

router = APIRouter(prefix="/v1/accounts", tags=["accounts"], route_class=BoundedRoute)

Name = Annotated[str, Path(min_length=1, max_length=200, pattern=PRINTABLE)]
# Not about the mail server: the question could not be asked.
UNASKED = (AccountNotFound, NoSecretKey, StorageUnavailable)


@router.get("", dependencies=[ADMIN])
def list_accounts(services: ServicesDep, now: NowDep) -> AccountList:
    """List every account and how it goes with it."""
    return AccountList(items=[account_item(*found) for found in services.accounts.with_status(now)])


@router.post("", status_code=201, dependencies=[ADMIN])
def add_account(services: ServicesDep, now: NowDep, new: NewAccount, response: Response) -> AccountItem:
    """Add an account that logs in by password; by default the login is tried first, and nothing stored if it fails."""
    # Whoever gives a host over the network may not send us where only we can go.
    account = replace(new.as_account(services.settings.default_mailbox, now), guard=services.accounts.guard)
    services.accounts.require_new(account, insecure=new.insecure)
    secret = {"password": new.password.get_secret_value()}
    if new.test:
        inspect(account, first_shown(account, secret))
    services.accounts.add(account, secret, now, insecure=new.insecure)
    response.headers["Location"] = f"/v1/accounts/{account.name}"
    return account_item(*services.accounts.one_with_status(account.name, now))


@router.get("/{name}", dependencies=[ADMIN])
def read_account(name: Name, services: ServicesDep, now: NowDep) -> AccountItem:
    """Return one account and how it goes with it."""
    return account_item(*services.accounts.one_with_status(name, now))


@router.delete("/{name}", status_code=204, dependencies=[ADMIN])
def remove_account(name: Name, services: ServicesDep) -> None:
    """Forget an account; the emails that it brought stay."""
    services.accounts.remove(name)


@router.post("/{name}/test", dependencies=[ADMIN])
def try_account(name: Name, services: ServicesDep) -> Tested:
    """Log in and look into each folder; nothing is read and nothing changed. That it does not work is an answer too."""
    try:
        folders = services.accounts.test(name)
    except UNASKED:
        raise
    except TriageError as error:
        return Tested(works=False, problem=str(error), folders=[])
    return Tested(works=True, problem="", folders=[folder_item(folder) for folder in folders])


@router.post("/{name}/verify", dependencies=[ADMIN])
def verify_account(name: Name, services: ServicesDep) -> list[VerifiedFolder]:
    """Compare all that is on the server with all that is here, and fetch what is missing. Nothing is changed there.

    Answers when that is done, which takes as long as fetching does; meanwhile it is refused for the same account.
    """
    account = services.accounts.by_name(name)
    door = Door(account, services.database, services.intake, utc_now)
    with services.verifying.alone(name):
        return [VerifiedFolder.model_validate(one) for one in verify(door, services.accounts.shown(account))]
