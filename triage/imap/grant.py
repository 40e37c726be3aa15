"""What a login by OAuth rests on, as it is kept: the tokens, and when they need to be renewed."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from triage.imap.oauth import Tokens
from triage.storage.secrets import Secret

# Renewed a little before it runs out, or a login would meet the last moment of a token. The share keeps renewals rare
# where tokens live for seconds.
MARGIN, MARGIN_SHARE = timedelta(seconds=30), 100
# Clocks of two machines differ by less.
CLOCKS_DIFFER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Grant:
    """Tokens of an account, and the secret of the client that they were given to.

    Attributes:
        issued_at: When the access token was asked for.
        renew_at: When it is shown no more.
    """

    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)
    access_token: str = field(repr=False)
    issued_at: datetime
    renew_at: datetime

    def is_fresh(self, now: datetime) -> bool:
        """Say whether the access token may be shown; one from the future was issued before the clock was set back."""
        return self.issued_at - CLOCKS_DIFFER <= now < self.renew_at

    def renewed(self, tokens: Tokens, now: datetime) -> "Grant":
        """Return it with new tokens that were asked for at `now`."""
        return replace(
            self,
            access_token=tokens.access_token,
            refresh_token=tokens.refresh_token or self.refresh_token,
            issued_at=now,
            renew_at=now + tokens.lifetime - min(MARGIN, tokens.lifetime / MARGIN_SHARE),
        )

    def as_secret(self) -> Secret:
        """Return it as it is encrypted."""
        return {
            "client_secret": self.client_secret,
            "refresh_token": self.refresh_token,
            "access_token": self.access_token,
            "issued_at": self.issued_at.isoformat(),
            "renew_at": self.renew_at.isoformat(),
        }


def grant_of(secret: Secret) -> Grant:
    """Return what was encrypted."""
    return Grant(
        secret["client_secret"],
        secret["refresh_token"],
        secret["access_token"],
        datetime.fromisoformat(secret["issued_at"]),
        datetime.fromisoformat(secret["renew_at"]),
    )


def first_grant(client_secret: str, tokens: Tokens, now: datetime) -> Grant:
    """Return what somebody's consent gave, asked for at `now`."""
    return Grant(client_secret, tokens.refresh_token, "", now, now).renewed(tokens, now)
