"""What an identity provider remembers: who allowed what, and what their codes and tokens are worth."""

import base64
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta


class InvalidGrant(Exception):
    """A code or a refresh token is not worth anything (RFC 6749 §5.2)."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a client gets for a code or a refresh token."""

    access_token: str
    refresh_token: str


@dataclass(frozen=True, slots=True)
class Code:
    """What a code was given for."""

    user: str
    redirect_uri: str
    challenge: str


class Consents:
    """Codes are worth one use, refresh tokens too while they rotate; an access token is worth its lifetime.

    Attributes:
        lifetime: Of access tokens that are given out from now on.
        rotates: Whether a refresh token is replaced by its use.
        refreshes: How many refreshes were granted.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.lifetime = timedelta(hours=1)
        self.rotates = True
        self.refreshes = 0
        self._clock = clock
        self._codes: dict[str, Code] = {}
        self._refreshes: dict[str, str] = {}  # token to user
        self._accesses: dict[str, tuple[str, float]] = {}  # token to user and end, in seconds since 1970

    def code(self, user: str, *, redirect_uri: str, challenge: str) -> str:
        """Return a code for what a user has just allowed; `challenge` as in RFC 7636, method S256."""
        made = secrets.token_urlsafe()
        self._codes[made] = Code(user, redirect_uri, challenge)
        return made

    def redeem(self, code: str, *, redirect_uri: str, verifier: str) -> Tokens:
        """Return tokens for a code.

        Raises:
            InvalidGrant: The code is unknown or used up, or was given to somebody else.
        """
        given = self._codes.pop(code, None)
        if given is None or given.redirect_uri != redirect_uri or given.challenge != challenge_of(verifier):
            raise InvalidGrant
        return self.grant(given.user)

    def grant(self, user: str) -> Tokens:
        """Return tokens as after a consent, without anybody having been asked."""
        refresh_token = secrets.token_urlsafe()
        self._refreshes[refresh_token] = user
        return Tokens(self._access(user), refresh_token)

    def refresh(self, refresh_token: str) -> Tokens:
        """Return further tokens.

        Raises:
            InvalidGrant: The refresh token is unknown, was replaced, or its user has taken the consent back.
        """
        user = self._refreshes.get(refresh_token)
        if user is None:
            raise InvalidGrant
        self.refreshes += 1
        if not self.rotates:
            return Tokens(self._access(user), refresh_token)
        del self._refreshes[refresh_token]
        return self.grant(user)

    def revoke(self, user: str) -> None:
        """Let a user take their consent back: none of their tokens is worth anything any more."""
        self._refreshes = {token: whose for token, whose in self._refreshes.items() if whose != user}
        self._accesses = {token: kept for token, kept in self._accesses.items() if kept[0] != user}

    def user_of(self, access_token: str) -> str | None:
        """Return whom an access token stands for, `None` when it is worth nothing (any more)."""
        user, ends = self._accesses.get(access_token, (None, 0.0))
        return user if self._clock() < ends else None

    def _access(self, user: str) -> str:
        made = secrets.token_urlsafe()
        self._accesses[made] = (user, self._clock() + self.lifetime.total_seconds())
        return made


def challenge_of(verifier: str) -> str:
    """Return the challenge of a verifier by S256 (RFC 7636 §4.2)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
