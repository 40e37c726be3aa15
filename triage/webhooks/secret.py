"""The secret of a webhook, and the one before it for as long as receivers may still know that alone."""

from datetime import datetime, timedelta

from triage.storage.secrets import Vault
from triage.storage.tables import Webhook

# While both sign, a receiver has time to be given the new one.
OVERLAP = timedelta(hours=24)
_NOW, _FORMER = "secret", "former"


def secrets_of(webhook: Webhook, vault: Vault, now: datetime) -> tuple[str, ...]:
    """Return what a webhook's events are signed with.

    Raises:
        SecretUnreadable: It was encrypted with another key.
        NoSecretKey: No key is set.
    """
    stored = vault.decrypt(webhook.secret)
    both = (stored[_NOW], stored.get(_FORMER, ""))
    is_former_known = webhook.former_until is not None and now < webhook.former_until
    return both if is_former_known and both[1] else both[:1]


def sealed(secret: str, vault: Vault, *, former: str = "") -> bytes:
    """Return a secret as it is stored, with the one before it.

    Raises:
        NoSecretKey: It cannot be encrypted.
    """
    return vault.encrypt({_NOW: secret, _FORMER: former})
