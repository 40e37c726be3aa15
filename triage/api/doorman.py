"""Tells who sends a request: by its key, or by the session of a browser.

What a key is good for is looked up once in some seconds and remembered meanwhile, so that knowing it costs a request
next to nothing; a key that is revoked is refused as soon as that is over.
"""

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from time import monotonic
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import cookie_parser

from triage.access import Access, Scope, digest_of
from triage.api.wrong_keys import WrongKeys
from triage.errors import NotAllowed, NotLetIn, StorageUnavailable, TransientError
from triage.storage import keys, logins
from triage.storage.session import Database

REMEMBERED_SECONDS = 3.0
MOST_REMEMBERED = 10_000
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
# A header that pages of other sites cannot send: a browser would ask us first, and we never say yes.
PAGE_HEADER = "x-triage-page"
EVERYBODY = Access("api", frozenset({Scope.ADMIN}))

NO_KEY = "this takes a key; send `Authorization: Bearer KEY` with one from `triage keys create`, or log in at /login"
WRONG_KEY = "this key is not known, or not any more; `triage keys create` makes another"
FOREIGN = "a change must come from a page of this inbox; load the page again, or use a key"

Lookup = Callable[[bytes], Access | None]


class Doorman:
    """Knows who may come in; one for each application, used by its event loop alone.

    Args:
        database: Where keys and sessions are.
        is_open: Let everybody in as an administrator.
        cookie: Name of the cookie that carries a session.
        wrong_keys: What slows down those who guess.
    """

    def __init__(self, database: Database, *, is_open: bool, cookie: str, wrong_keys: WrongKeys) -> None:
        self._database = database
        self._is_open = is_open
        self.cookie = cookie
        self._wrong_keys = wrong_keys
        self._known: OrderedDict[bytes, tuple[float, Access]] = OrderedDict()
        # Noting that a key was used may wait for whoever changes the database; no request waits for that.
        self._notes = ThreadPoolExecutor(1, "key-notes")

    async def access(self, headers: Headers, method: str, address: str) -> Access:
        """Return what a request may do.

        Raises:
            NotLetIn: It has no key and no session, or one that is not good.
            NotAllowed: It would change something by a session, and no page of ours sent it.
            TooManyWrongKeys: Its address sent too many.
            StorageUnavailable: The database does not answer.
        """
        if self._is_open:
            return EVERYBODY
        if (told := headers.get("authorization")) is not None:
            return await self._by_key(told, address)
        secret = cookie_parser(headers.get("cookie", "")).get(self.cookie)
        access = None if secret is None else await self._known_or_looked_up(digest_of(secret), self._session)
        if access is None:
            raise NotLetIn(NO_KEY)
        if method not in SAFE_METHODS and not is_own_page(headers):
            raise NotAllowed(FOREIGN)
        return access

    def recognised(self, headers: Headers) -> bytes | None:
        """Return the digest of the key or session that a request names, if it was good lately; looks nothing up."""
        told = headers.get("authorization")
        secret = cookie_parser(headers.get("cookie", "")).get(self.cookie) if told is None else told.partition(" ")[2]
        digest = digest_of((secret or "").strip())
        return digest if digest in self._known else None

    def forget(self) -> None:
        """Look everybody up anew: a key or a session was just ended here."""
        self._known.clear()

    def close(self) -> None:
        """Wait until what is to be noted is noted."""
        self._notes.shutdown()

    async def key_is_good(self, secret: str, address: str) -> int | None:
        """Return the number of a key that a person logs in with, or `None`; slowed down as any wrong key.

        Raises:
            TooManyWrongKeys: This address sent too many.
            StorageUnavailable: The database does not answer.
        """
        self._wrong_keys.require_patience(address)
        found = await run_in_threadpool(self._key_id, digest_of(secret))
        if found is None:
            self._wrong_keys.note(address)
        return found

    async def _by_key(self, told: str, address: str) -> Access:
        kind, _, secret = told.partition(" ")
        digest = digest_of(secret.strip())
        if digest not in self._known:  # a good one is heeded, whatever else comes from its address
            self._wrong_keys.require_patience(address)
        access = await self._known_or_looked_up(digest, self._key) if kind.lower() == "bearer" else None
        if access is None:
            self._wrong_keys.note(address)
            raise NotLetIn(WRONG_KEY)
        return access

    async def _known_or_looked_up(self, digest: bytes, look_up: Lookup) -> Access | None:
        until, known = self._known.get(digest, (0.0, None))
        if known is not None and monotonic() < until:
            return known
        try:
            found = await run_in_threadpool(look_up, digest)
        except StorageUnavailable:
            # While the database is away nobody can revoke a key either; what was known holds.
            if known is None:
                raise
            return known
        if found is None:
            self._known.pop(digest, None)
            return None
        self._known[digest] = (monotonic() + REMEMBERED_SECONDS, found)
        self._known.move_to_end(digest)
        while len(self._known) > MOST_REMEMBERED:
            self._known.popitem(last=False)
        return found

    def _key(self, digest: bytes) -> Access | None:
        now = datetime.now(UTC)
        with self._database.reading() as session:
            key = keys.key_of(session, digest, now)
        if key is None:
            return None
        if not keys.is_noted(key, now):
            self._notes.submit(self._note_used, key.id, now)
        return keys.access_of(key, actor=f"key:{key.name}")

    def _session(self, digest: bytes) -> Access | None:
        with self._database.reading() as session:
            return logins.access_by_session(session, digest, datetime.now(UTC))

    def _key_id(self, digest: bytes) -> int | None:
        with self._database.reading() as session:
            key = keys.key_of(session, digest, datetime.now(UTC))
        return None if key is None else key.id

    def _note_used(self, key_id: int, now: datetime) -> None:
        with suppress(TransientError), self._database.unit_of_work() as session:
            keys.note_used(session, key_id, now)


def is_own_page(headers: Headers) -> bool:
    """Tell whether a browser, also an old one, says that a page of ours sent this."""
    if PAGE_HEADER in headers or headers.get("sec-fetch-site") == "same-origin":
        return True
    origin = headers.get("origin") or headers.get("referer")
    return origin is not None and urlsplit(origin).netloc == headers.get("host")
