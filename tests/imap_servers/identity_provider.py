"""An identity provider as Google and Microsoft run one (RFC 6749, 7636, 7662), except that it asks nobody."""

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Self
from urllib.parse import urlencode

from tests.imap_servers.consents import Consents, InvalidGrant, Tokens
from tests.imap_servers.identity_http import IdentityServer, Reply, Request

HANG = 0
_LONGEST_HANG_SECONDS = 120
_INVALID_GRANT = {"error": "invalid_grant", "error_description": "expired, used up or taken back"}


class IdentityProvider:
    """A context manager that runs one on loopback, in threads.

    Attributes:
        consents: What it remembers; a test takes a user's consent back there, or shortens the life of tokens.
        authorization_url: Where a browser is sent; it comes back at once with the consent of `user`.
        token_url: Where codes and refresh tokens are exchanged.
        introspection_url: Where Dovecot asks what an access token is worth.
        client_id: The client that it knows.
        client_secret: What that client proves itself with; empty for a client that cannot keep one.
        user: Who consents: the name of a mail user. When empty, consent is denied.
        asked_for: The grant types that tokens were asked for with so far, whatever the answer was.

    Args:
        clock: Says the time in seconds since 1970.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.consents = Consents(clock)
        self.client_id, self.client_secret, self.user = "triage-test", "secret-of-the-client", ""
        self.asked_for: list[str] = []
        self._failures: deque[Reply] = deque()
        self._is_over = threading.Event()
        self._lock = threading.Lock()
        self._server = IdentityServer(self._answer)
        address = f"http://127.0.0.1:{self._server.server_port}"
        self.authorization_url, self.token_url = f"{address}/authorize", f"{address}/token"
        self.introspection_url = f"{address}/introspect"

    def fail(self, status: int, *, retry_after_seconds: int | None = None, times: int = 1) -> None:
        """Answer the next requests for tokens with an HTTP status instead; `HANG` is no answer while it runs."""
        headers = {} if retry_after_seconds is None else {"Retry-After": str(retry_after_seconds)}
        self._failures.extend([Reply(status, {"error": "temporarily_unavailable"}, headers)] * times)

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, request: Request) -> Reply:
        if request.path == "/token" and self._failures:
            return self._failed(request.form)
        endpoints = {"/authorize": self._authorize, "/token": self._token, "/introspect": self._introspect}
        with self._lock:
            return endpoints[request.path](request.form)

    def _failed(self, form: Mapping[str, str]) -> Reply:
        self.asked_for.append(form.get("grant_type", ""))
        reply = self._failures.popleft()
        if reply.status != HANG:
            return reply
        self._is_over.wait(_LONGEST_HANG_SECONDS)
        return Reply(503)

    def _authorize(self, asked: Mapping[str, str]) -> Reply:
        said = self._consent(asked) | ({"state": asked["state"]} if "state" in asked else {})
        return Reply(302, headers={"Location": f"{asked['redirect_uri']}?{urlencode(said)}"})

    def _consent(self, asked: Mapping[str, str]) -> dict[str, str]:
        if asked.get("client_id") != self.client_id or asked.get("response_type") != "code":
            return {"error": "unauthorized_client"}
        if asked.get("code_challenge_method") != "S256" or not asked.get("code_challenge"):
            return {"error": "invalid_request", "error_description": "PKCE with S256 is required"}
        if not self.user:
            return {"error": "access_denied"}
        challenge = asked["code_challenge"]
        return {"code": self.consents.code(self.user, redirect_uri=asked["redirect_uri"], challenge=challenge)}

    def _token(self, form: Mapping[str, str]) -> Reply:
        self.asked_for.append(form.get("grant_type", ""))
        if (form.get("client_id"), form.get("client_secret", "")) != (self.client_id, self.client_secret):
            return Reply(401, {"error": "invalid_client"})
        if form.get("grant_type") not in {"authorization_code", "refresh_token"}:
            return Reply(400, {"error": "unsupported_grant_type"})
        try:
            return Reply(200, self._written(self._tokens(form)))
        except InvalidGrant:
            return Reply(400, _INVALID_GRANT)

    def _tokens(self, form: Mapping[str, str]) -> Tokens:
        if form["grant_type"] == "refresh_token":
            return self.consents.refresh(form.get("refresh_token", ""))
        return self.consents.redeem(
            form.get("code", ""), redirect_uri=form.get("redirect_uri", ""), verifier=form.get("code_verifier", "")
        )

    def _written(self, tokens: Tokens) -> Mapping[str, object]:
        return {
            "token_type": "Bearer",
            "access_token": tokens.access_token,
            "refresh_token": tokens.refresh_token,
            "expires_in": int(self.consents.lifetime.total_seconds()),
        }

    def _introspect(self, form: Mapping[str, str]) -> Reply:
        user = self.consents.user_of(form.get("token", ""))
        return Reply(200, {"active": True, "username": user} if user else {"active": False})
