"""What a request works with: made once per application, found on it by every route."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request
from redis import Redis

from triage.api.access import known_access
from triage.failures import DeadLetters
from triage.imap.accounts import Accounts
from triage.imap.verification import Verifying
from triage.intake import Intake, QueueLimit, parse_anew
from triage.network import Guard
from triage.policies import HeldPolicies, WatchedPolicies
from triage.queue import (
    Doorbell,
    Inlet,
    LearningCall,
    PlacingCall,
    Predictions,
    ReadingAgain,
    WorkStream,
    celery_app,
    connect,
)
from triage.queue.lanes import IMAGES
from triage.queue.training import call_trainer
from triage.ranking import load_policy
from triage.settings import Settings, vault_of
from triage.storage.seal import Seal
from triage.storage.secrets import Vault
from triage.storage.session import Database
from triage.trainings import Calendar
from triage.webhooks.webhooks import Webhooks


@dataclass(frozen=True, slots=True)
class Services:
    """The database, Redis, and the use cases over them."""

    settings: Settings
    database: Database
    redis: Redis
    stream: WorkStream
    images: Inlet
    predictions: Predictions
    learning: LearningCall
    reading_again: ReadingAgain
    policies: WatchedPolicies
    placing: PlacingCall
    intake: Intake
    failures: DeadLetters
    vault: Vault
    accounts: Accounts
    verifying: Verifying
    webhooks: Webhooks
    calendar: Calendar
    call_trainer: Callable[[], None]

    @property
    def policy(self) -> HeldPolicies:
        """The policies in force, for one request: what is returned never changes."""
        return self.policies.current()

    def within(self, mailboxes: frozenset[str] | None) -> "Services":
        """Return the same for a request that may see and change some mailboxes alone; `None` for all.

        What looks after the whole instance, the limit of waiting mail and the policies in force, still sees all of it.
        """
        if mailboxes is None:
            return self
        database, settings = self.database.within(mailboxes), self.settings
        if settings.default_mailbox not in mailboxes:
            settings = settings.model_copy(update={"default_mailbox": min(mailboxes)})
        return replace(
            self,
            settings=settings,
            database=database,
            intake=replace(self.intake, database=database),
            failures=replace(self.failures, database=database),
            accounts=replace(self.accounts, database=database),
        )

    def close(self) -> None:
        """Close every connection."""
        self.database.close()
        self.redis.close()


def make_services(settings: Settings) -> Services:
    """Make what every request works with; nothing connects before it is used.

    Raises:
        InvalidPolicy: The policy file cannot be used.
    """
    client, app = connect(settings.redis_url), celery_app(settings.redis_url)
    database, stream, guard = Database(settings.database_url), WorkStream(client), Guard(settings.allowed_networks)
    policies = WatchedPolicies(database, load_policy(settings.policy_file))
    doorbell, vault = Doorbell(client, app), vault_of(settings)
    images = Inlet.of(IMAGES, client, app)
    return Services(
        settings=settings,
        database=database,
        redis=client,
        stream=stream,
        images=images,
        predictions=Predictions(client, app, Seal(database)),
        learning=LearningCall(client, app),
        reading_again=ReadingAgain(client, app),
        policies=policies,
        placing=PlacingCall(client, app),
        intake=Intake(
            database,
            stream,
            doorbell,
            policies,
            limit=QueueLimit(settings.max_queued, settings.max_queue_age),
            images=images,
        ),
        failures=DeadLetters(
            database,
            stream,
            doorbell,
            images,
            lambda session, email_id, now: parse_anew(session, email_id, policies.current(), now),
        ),
        vault=vault,
        accounts=Accounts(database, vault, guard),
        verifying=Verifying(),
        webhooks=Webhooks(database, vault, guard),
        calendar=Calendar(settings.train_after_labels, settings.train_every),
        call_trainer=lambda: call_trainer(client, app),
    )


async def services_of(request: Request) -> Services:
    """Return the services of the application that a request came to, as far as its access reaches."""
    services: Services = request.app.state.services
    access = known_access(request)
    return services if access is None else services.within(access.mailboxes)


ServicesDep = Annotated[Services, Depends(services_of)]


def utc_now() -> datetime:
    """Return the time at which a request is served."""
    return datetime.now(UTC)


NowDep = Annotated[datetime, Depends(utc_now)]
