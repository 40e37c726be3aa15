"""What a person does with webhooks: add, look, try, stop, give another secret, send again, remove."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from triage.audit import note
from triage.errors import InvalidWebhook
from triage.network import Guard
from triage.outbox import TEST, Event, rows_of
from triage.storage import outbox, webhooks
from triage.storage.mailboxes import names_by_id, require_mailbox
from triage.storage.secrets import Vault
from triage.storage.session import Database
from triage.storage.tables import Delivery, Webhook
from triage.webhooks.secret import OVERLAP, sealed, secrets_of
from triage.webhooks.signature import new_secret
from triage.webhooks.target import target_of

MOST_WEBHOOKS = 50
# Events that are sent again in one transaction.
MOST_REPLAYED = 1000


@dataclass(frozen=True, slots=True)
class WebhookStatus:
    """A webhook and how it goes with it.

    Attributes:
        mailbox: The one it is told of; `None` for all.
        problem: One sentence, empty while all is well.
        failing_since: When the first of several tries in a row failed; `None` while events are taken.
    """

    id: int
    url: str
    events: tuple[str, ...]
    mailbox: str | None
    created_at: datetime
    disabled_at: datetime | None
    problem: str
    failing_since: datetime | None
    waiting: int
    delivered: int
    failed: int


@dataclass(frozen=True, slots=True)
class Webhooks:
    """The webhooks of an instance, what encrypts their secrets, and what keeps them out of our own network."""

    database: Database
    vault: Vault
    guard: Guard
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def add(self, url: str, events: Sequence[Event], mailbox: str | None = None) -> tuple[WebhookStatus, str]:
        """Store a webhook; return it with the secret that its receiver needs, which is shown this once.

        Raises:
            InvalidWebhook: It cannot be sent to, hears of nothing, or there are too many.
            HostRefused: It leads into our own network.
            MailboxNotFound: There is no such mailbox.
            NoSecretKey: Its secret cannot be encrypted.
        """
        self._require_reachable(url)
        if not events:
            raise InvalidWebhook(f"a webhook hears of something; name events, of {', '.join(Event)}")
        secret, now = new_secret(), self.clock()
        row = Webhook(
            url=url, events=sorted(set(events)), secret=sealed(secret, self.vault), created_at=now, problem=""
        )
        with self.database.unit_of_work() as session:
            if webhooks.count(session) >= MOST_WEBHOOKS:
                raise InvalidWebhook(f"there are {MOST_WEBHOOKS} webhooks, and no more are told; remove one first")
            row.mailbox_id = None if mailbox is None else require_mailbox(session, mailbox)
            number = webhooks.add(session, row)
            host = target_of(url).host
            note(
                session, "webhook.added", _named(number), mailbox_id=row.mailbox_id, host=host, events=list(row.events)
            )
        return self.one(number), secret

    def all(self) -> list[WebhookStatus]:
        """Return every webhook and how it goes with it, in the order of numbers."""
        with self.database.reading() as session:
            names, counts = names_by_id(session), outbox.counts(session)
            return [_status(row, names, counts.get(row.id, {})) for row in webhooks.all_webhooks(session)]

    def one(self, webhook_id: int) -> WebhookStatus:
        """Return a webhook and how it goes with it.

        Raises:
            WebhookNotFound: There is none of this number.
        """
        with self.database.reading() as session:
            row = webhooks.by_id(session, webhook_id)
            return _status(row, names_by_id(session), outbox.counts(session).get(webhook_id, {}))

    def remove(self, webhook_id: int) -> None:
        """Forget a webhook with all that waits for it.

        Raises:
            WebhookNotFound: There is none of this number.
        """
        with self.database.unit_of_work() as session:
            webhooks.by_id(session, webhook_id)
            webhooks.remove(session, webhook_id)
            note(session, "webhook.removed", _named(webhook_id))

    def enable(self, webhook_id: int) -> WebhookStatus:
        """Tell a webhook again, of what waited and what happens from now on. Safe to repeat.

        Raises:
            WebhookNotFound: There is none of this number.
        """
        with self.database.unit_of_work() as session:
            if webhooks.by_id(session, webhook_id, to_change=True).disabled_at is not None:
                webhooks.change(session, webhook_id, disabled_at=None, problem="", failing_since=None)
                note(session, "webhook.enabled", _named(webhook_id))
        return self.one(webhook_id)

    def disable(self, webhook_id: int) -> WebhookStatus:
        """Tell a webhook nothing more; what waits stays, and what happens meanwhile it never hears of. Safe to repeat.

        Raises:
            WebhookNotFound: There is none of this number.
        """
        with self.database.unit_of_work() as session:
            if webhooks.by_id(session, webhook_id, to_change=True).disabled_at is None:
                webhooks.change(session, webhook_id, disabled_at=self.clock(), problem="")
                note(session, "webhook.disabled", _named(webhook_id))
        return self.one(webhook_id)

    def give_secret(self, webhook_id: int) -> str:
        """Give a webhook another secret and return it; for a day the one before signs as well.

        Raises:
            WebhookNotFound: There is none of this number.
            SecretUnreadable: The one before was encrypted with another key.
        """
        secret, now = new_secret(), self.clock()
        with self.database.unit_of_work() as session:
            row = webhooks.by_id(session, webhook_id, to_change=True)
            row.secret = sealed(secret, self.vault, former=secrets_of(row, self.vault, now)[0])
            row.former_until = now + OVERLAP
            note(session, "webhook.secret_given", _named(webhook_id))
        return secret

    def try_out(self, webhook_id: int) -> int:
        """Let an event wait that tells of nothing; return the number of its delivery.

        Raises:
            WebhookNotFound: There is none of this number.
        """
        with self.database.unit_of_work() as session:
            webhooks.by_id(session, webhook_id)
            rows = rows_of(TEST, _named(webhook_id), {"webhook": webhook_id}, [webhook_id], self.clock())
            return outbox.add_deliveries(session, rows, self.clock())[0]

    def log(
        self, webhook_id: int, *, state: str | None = None, before: int | None = None, limit: int = 50
    ) -> Sequence[Delivery]:
        """Return what was sent to a webhook and what waits, newest first.

        Raises:
            WebhookNotFound: There is none of this number.
        """
        with self.database.reading() as session:
            webhooks.by_id(session, webhook_id)
            return outbox.deliveries(session, webhook_id, state=state, before=before, limit=limit)

    def replay(self, webhook_id: int, delivery_id: int) -> Delivery:
        """Send one event again, under the same message id.

        Raises:
            WebhookNotFound: There is no such webhook.
            DeliveryNotFound: It has no such event, or that is not kept any more.
        """
        with self.database.unit_of_work() as session:
            webhooks.by_id(session, webhook_id)
            outbox.delivery(session, webhook_id, delivery_id)
            self._replay(session, webhook_id, [delivery_id])
            return outbox.delivery(session, webhook_id, delivery_id)

    def replay_failed(self, webhook_id: int, since: datetime | None = None) -> int:
        """Send all events again that were given up, of those that came since a moment; return how many.

        Raises:
            WebhookNotFound: There is no such webhook.
        """
        count = 0
        while True:
            with self.database.unit_of_work() as session:
                webhooks.by_id(session, webhook_id)
                given_up = outbox.failed_since(session, webhook_id, since, limit=MOST_REPLAYED)
                self._replay(session, webhook_id, given_up)
            count += len(given_up)
            if len(given_up) < MOST_REPLAYED:
                return count

    def encrypt_anew(self) -> int:
        """Encrypt every secret with the first key, all or none; return how many.

        Raises:
            SecretUnreadable: One was encrypted with a key that we do not have.
        """
        with self.database.unit_of_work() as session:
            rows = webhooks.all_webhooks(session)
            for row in rows:
                row.secret = self.vault.encrypt_anew(row.secret)
        return len(rows)

    def _replay(self, session: Session, webhook_id: int, delivery_ids: Sequence[int]) -> None:
        if delivery_ids:
            outbox.replay(session, delivery_ids, self.clock())
            note(session, "webhook.replayed", _named(webhook_id), deliveries=list(delivery_ids))

    def _require_reachable(self, url: str) -> None:
        target = target_of(url)
        try:
            found = self.guard.addresses(target.host, target.port)
        except OSError:
            return  # a name that is not known yet; whoever sends asks again
        if not target.is_encrypted and not all(map(self.guard.is_allowed, found)):
            raise InvalidWebhook(
                f"{target.host} is only told over https; http is for networks that TRIAGE_ALLOWED_NETWORKS names"
            )


def _named(webhook_id: int) -> str:
    return f"webhook {webhook_id}"


def _status(row: Webhook, names: dict[int, str], counts: dict[str, int]) -> WebhookStatus:
    return WebhookStatus(
        id=row.id,
        url=row.url,
        events=tuple(row.events),
        mailbox=None if row.mailbox_id is None else names.get(row.mailbox_id),
        created_at=row.created_at,
        disabled_at=row.disabled_at,
        problem=row.problem,
        failing_since=row.failing_since,
        waiting=counts.get(outbox.WAITING, 0),
        delivered=counts.get(outbox.DELIVERED, 0),
        failed=counts.get(outbox.FAILED, 0),
    )
