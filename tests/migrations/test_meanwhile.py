"""Migrations of the release to come, while this one takes in, reads and shows mail."""

import threading
from collections import Counter
from typing import Self

import pytest
from sqlalchemy import func, select, text

from tests.chaos.production import Production
from tests.migrations.next_release import NextRelease
from tests.migrations.test_turns import COLUMN, INDEX, said_by
from tests.system.conftest import until
from triage.embedded import PrivateRedis
from triage.storage import schema
from triage.storage.session import Database
from triage.storage.tables import Email, Verdict

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

STEPS = (
    COLUMN,
    (
        'op.add_column("verdict", sa.Column("weight", sa.Integer(), server_default="0", nullable=False))',
        'op.drop_column("verdict", "weight")',
    ),
    (
        'op.create_table("kind", sa.Column("id", row_id(), sa.ForeignKey("email.id"), primary_key=True))',
        'op.drop_table("kind")',
    ),
    INDEX,
)


class Traffic:
    """People who send mail and look at the inbox, until told to stop.

    Attributes:
        answers: How often each status was the answer.
        accepted: Numbers of the emails that were accepted.
    """

    def __init__(self, production: Production) -> None:
        self._http = production.http
        self._stop = threading.Event()
        self.answers: Counter[int] = Counter()
        self.accepted: set[int] = set()
        self._threads = [threading.Thread(target=self._send), threading.Thread(target=self._look)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(60)
            assert not thread.is_alive()

    def goes_on(self, count: int) -> None:
        """Return when so many more emails were accepted."""
        wanted = len(self.accepted) + count
        until(lambda: len(self.accepted) >= wanted, 120)

    def _send(self) -> None:
        number = 0
        while not self._stop.wait(0.05):
            number += 1
            mail = {"from": "a@example.org", "subject": f"Order {number}", "text": f"Where is parcel {number}?"}
            answer = self._http.post("/v1/emails", json=mail)
            self.answers[answer.status_code] += 1
            if answer.is_success:
                self.accepted.add(answer.json()["id"])

    def _look(self) -> None:
        while not self._stop.wait(0.05):
            for path in ("/v1/inbox", "/readyz", "/v1/status"):
                self.answers[self._http.get(path).status_code] += 1


def test_mail_is_taken_in_read_and_shown_while_the_next_release_migrates(postgres_url, tmp_path):
    """No request fails, no mail is lost or waits for ever, and this release starts anew on what the next one left.

    In the middle somebody holds the table of emails for long: the migration gives way and is tried again.
    """
    following = NextRelease.made(tmp_path / "next", *STEPS)
    with PrivateRedis(tmp_path / "redis") as redis:
        production = Production(tmp_path, postgres_url, redis.url, {})
        database = Database(postgres_url)
        try:
            production.start(workers=1)
            with Traffic(production) as traffic:
                traffic.goes_on(20)
                with database.engine.connect() as long:
                    long.execute(text("SELECT count(*) FROM email"))
                    migration = following.migrate(postgres_url)
                    complaints = said_by(migration)
                    until(lambda: complaints, 120)
                    traffic.goes_on(20)
                    long.rollback()
                assert migration.wait(120) == 0, complaints
                traffic.goes_on(20)
                production.kill_worker(production.workers[0])
                again = production.start_worker()
                until(lambda: production.is_ready(again), 300)
                traffic.goes_on(20)

            until(lambda: read(database) == traffic.accepted, 120)
            assert "it is tried again" in complaints[0]
            assert set(traffic.answers) <= {200, 202}, traffic.answers
            assert schema.revision_of(database.engine) == following.newest
            assert verdicts(database) == len(traffic.accepted)
        finally:
            production.stop()
            database.close()


def read(database: Database) -> set[int]:
    with database.reading() as session:
        return set(session.scalars(select(Email.id).where(Email.state == "read")))


def verdicts(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Verdict)) or 0
