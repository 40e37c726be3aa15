"""The whole way of a label: memory, training, gate, workers, and back; one instance, no restart, mail all the while."""

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import func, select

from tests.system.conftest import Instance, until
from tests.system.test_mail_reaches_inbox import NDJSON
from tests.system.test_models import SHIPPED, standing
from tests.training.test_own import TOPICS
from tests.workers.test_training import body
from triage.storage.session import Database
from triage.storage.tables import Memory, Verdict

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

LABELLED, SIMILAR = range(140), range(140, 160)
FIRST_FRESH = 1000
# No training but those that are asked for.
BY_HAND = {"TRIAGE_TRAIN_AFTER_LABELS": "0", "TRIAGE_TRAIN_EVERY": "PT0S"}


class Mailbox:
    """The mailbox of an instance, as a client and a person with access to the database see it."""

    def __init__(self, instance: Instance, url: str) -> None:
        self.http, self.url, self.ids = instance.http, url, {}

    def send(self, *numbers: int) -> None:
        lines = [
            json.dumps({"from": f"w{number}@example.org", "subject": "", "text": body(number)}) for number in numbers
        ]
        answer = self.http.post("/v1/emails/bulk", content="\n".join(lines), headers=NDJSON)
        told = [json.loads(line) for line in answer.text.splitlines()]
        self.ids |= {number: one["id"] for number, one in zip(numbers, told, strict=True)}

    def label(self, number: int, topic: str) -> None:
        assert self.http.post(f"/v1/emails/{self.ids[number]}/labels", json={"topic": topic}).status_code == 200

    def topics(self, numbers: range) -> list[str]:
        """The topic of each of some emails, as the inbox shows it."""
        return [self.http.get(f"/v1/emails/{self.ids[number]}").json()["topic"] for number in numbers]

    def trained(self) -> dict:
        """Ask for a training and return how it ended."""
        place = self.http.post("/v1/trainings").headers["Location"]
        until(lambda: self.http.get(place).json()["state"] not in ("queued", "running"), 240)
        return self.http.get(place).json()

    def active(self) -> str:
        return self.http.get("/v1/models").json()["active"]

    def stands_by(self, version: str) -> bool:
        """Whether all mail has been read with a version and what is learned of it was applied everywhere."""
        with self._session() as session:
            memory = session.scalars(select(Memory)).one()
            is_fitted = memory.model_version == version and memory.evidence["mails"] == len(LABELLED)
            is_placed = memory.placed_at is not None
        return is_fitted and is_placed and set(standing(self.url)) == {version}

    def alone(self, version: str) -> dict[int, str]:
        """What a version alone says of each email that it has read, to the byte."""
        with self._session() as session:
            query = select(Verdict.email_id, Verdict.unaided, Verdict.distributions)
            rows = session.execute(query.where(Verdict.model_version == version)).all()
        return {email_id: json.dumps(unaided or told, sort_keys=True) for email_id, unaided, told in rows}

    def readings(self) -> Counter[int]:
        """How many emails were read by one version, by two, …."""
        with self._session() as session:
            per_email = session.scalars(select(func.count()).select_from(Verdict).group_by(Verdict.email_id))
            return Counter(per_email)

    @contextmanager
    def fresh_mail(self) -> Iterator[list[int]]:
        """Send an email every quarter of a second until the block ends; give the list of what was sent."""
        sent: list[int] = []
        over = threading.Event()

        def sends() -> None:
            while not over.wait(0.25):
                self.send(FIRST_FRESH + len(sent))
                sent.append(FIRST_FRESH + len(sent))

        sender = threading.Thread(target=sends)
        sender.start()
        try:
            yield sent
        finally:
            over.set()
            sender.join()

    @contextmanager
    def _session(self):
        database = Database(self.url)
        try:
            with database.reading() as session:
                yield session
        finally:
            database.close()


def test_labels_become_a_model_and_there_is_a_way_back(start, postgres_url, figure):
    """A-21, A-23: memory within seconds, a version through the gate, an exact way back, and no to wrong labels."""
    instance = start(TRIAGE_DATABASE_URL=postgres_url, **BY_HAND)
    mailbox, names = Mailbox(instance, postgres_url), list(TOPICS)
    mailbox.http.post("/v1/mailboxes/main/topics", json={"names": names})
    mailbox.send(*LABELLED, *SIMILAR)
    until(lambda: standing(postgres_url) == {SHIPPED: 160}, 120)
    truth = [names[number % 2] for number in SIMILAR]
    assert mailbox.topics(SIMILAR) != truth

    for number in LABELLED[:40]:
        mailbox.label(number, names[number % 2])
    remembered = seconds_until(lambda: mailbox.topics(SIMILAR) == truth)
    for number in LABELLED[40:]:
        mailbox.label(number, names[number % 2])
    until(lambda: mailbox.stands_by(SHIPPED), 60)
    before, shown = mailbox.alone(SHIPPED), mailbox.topics(SIMILAR)
    worker = instance.worker()

    with mailbox.fresh_mail() as sent:
        trained = mailbox.trained()
        version = trained["version"]
        followed = seconds_until(lambda: mailbox.stands_by(version))
        during = mailbox.topics(SIMILAR)
        mailbox.http.post("/v1/models/rollback")
        returned = seconds_until(lambda: mailbox.stands_by(SHIPPED))

    until(lambda: mailbox.stands_by(SHIPPED), 60)
    assert trained["state"] == "activated", trained["reason"]
    assert during == truth
    assert mailbox.active() == SHIPPED
    after = mailbox.alone(SHIPPED)
    assert {email_id: after[email_id] for email_id in before} == before
    assert mailbox.topics(SIMILAR) == shown
    assert instance.status()["emails"] == {"queued": 0, "read": 160 + len(sent), "failed": 0}
    assert set(after) == set(mailbox.ids.values())
    assert set(mailbox.readings()) <= {1, 2}

    mailbox.http.post(f"/v1/models/{version}/activate")
    for number in random.Random(7).sample(LABELLED, round(0.3 * len(LABELLED))):
        mailbox.label(number, names[1 - number % 2])
    refused = mailbox.trained()

    assert refused["state"] == "refused"
    assert " of the active model, " in refused["reason"]
    assert mailbox.active() == version
    assert instance.worker() == worker
    figure(f"last label to similar mail {remembered:.1f} s; activation to all mail {followed:.1f} s, with memory")
    figure(f"rollback to all mail {returned:.1f} s; {len(sent)} emails came meanwhile; {refused['reason']}")


def seconds_until(condition) -> float:
    """Wait for a condition; return how long that took."""
    began = time.monotonic()
    until(condition, 120)
    return time.monotonic() - began
