"""From the last label to the changed prediction of a similar mail, in the running system.

`triage up` runs as anybody would start it, with its own Redis and SQLite. A mailbox holds labelled mail of known
topics; then eight mails of a new topic are labelled, one after the other, through the API. The clock runs from the
answer to the eighth label until a similar mail has the new topic as its likeliest one:

    waiting   an email that was read before, unlabelled, asked for every 50 ms
    arriving  new emails of that topic, one every 250 ms, each with `?wait=`; the time at which the first was sent
              that came back with the new topic

Mail that has the new topic from the start cannot show a change, so only mail of which the shipped model or an earlier
memory says something else is waited for.
"""

import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from benchmarks.doors import NDJSON, Client
from benchmarks.learning.new_topic import drawn
from benchmarks.learning.results import Row
from benchmarks.mailboxes import Labelled, NewTopicDraw
from triage.embedded import serves
from triage.mail import MailText

SET = "banking77"
PATIENCE_SECONDS, START_SECONDS = 60.0, 120.0
POLL_SECONDS, ARRIVAL_SECONDS = 0.05, 0.25
WAITING = 10  # unlabelled emails of the new topic


def questions(seeds: int) -> Iterator[Row]:
    """Yield the names of every mailbox."""
    for seed in range(1, seeds + 1):
        for variant in ("waiting", "arriving"):
            yield {"question": "seconds", "set": SET, "known_labels": 8, "variant": variant, "seed": seed}


def answered(names: Row) -> Row:
    """Start a system, label, and return how long it took; `seconds` is `None` if it was longer than a minute."""
    draw = drawn(names)
    with running_system() as port:
        mailbox = _Mailbox(Client(port), f"seconds-{names['seed']}")
        mailbox.add_topics([*draw.topics, draw.new_topic])
        mailbox.label_all(draw.known)
        similar = draw.unseen.only([draw.new_topic])
        seconds = (_until_waiting if names["variant"] == "waiting" else _until_arriving)(mailbox, draw, similar.mails)
    return {"seconds": seconds, "new_topic": draw.new_topic}


@contextmanager
def running_system() -> Iterator[int]:
    """Run `triage up` in a folder of its own; yield the port of its API."""
    with tempfile.TemporaryDirectory(prefix="triage-benchmark-") as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
        probe.close()
        command = [sys.executable, "-m", "triage", "up", "--data", folder, "--port", str(port)]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _until(lambda: serves("127.0.0.1", port), START_SECONDS)
            yield port
        finally:
            process.terminate()
            process.wait(60)


class _Mailbox:
    """A mailbox behind the API."""

    def __init__(self, client: Client, name: str) -> None:
        self._client, self._name, self._sent = client, name, 0

    def add_topics(self, names: Sequence[str]) -> None:
        self._client.ask("POST", f"/v1/mailboxes/{quote(self._name)}/topics", {"names": list(names)})

    def send(self, mails: Sequence[MailText]) -> list[int]:
        """Send mail and wait until all of it was read; return the ids in its order."""
        body = b"\n".join(json.dumps(self._as_json(mail)).encode() for mail in mails)
        answer = self._client.post(body, path="/v1/emails/bulk", media_type=NDJSON)
        ids = [int(json.loads(line)["id"]) for line in answer.splitlines()]
        _until(lambda: all(self.email(email_id)["state"] == "read" for email_id in ids[::-1]), START_SECONDS)
        return ids

    def arrive(self, mail: MailText) -> dict[str, Any]:
        """Send one email and return it as it was read."""
        return self._client.ask("POST", f"/v1/emails?mailbox={quote(self._name)}&wait=10", self._as_json(mail))

    def email(self, email_id: int) -> dict[str, Any]:
        return self._client.ask("GET", f"/v1/emails/{email_id}")

    def label(self, email_id: int, topic: str) -> None:
        self._client.ask("POST", f"/v1/emails/{email_id}/labels", {"topic": topic, "author": "benchmark"})

    def label_all(self, labelled: Labelled) -> None:
        for email_id, topic in zip(self.send(labelled.mails), labelled.topics, strict=True):
            self.label(email_id, topic)

    def _as_json(self, mail: MailText) -> dict[str, Any]:
        self._sent += 1  # No two are duplicates, even of one text.
        message_id = f"<{self._sent}@benchmark.example>"
        return {"mailbox": self._name, "subject": mail.subject, "text": mail.body, "message_id": message_id}


def _until_waiting(mailbox: _Mailbox, draw: NewTopicDraw, similar: Sequence[MailText]) -> float | None:
    waiting, labelled = mailbox.send(similar[:WAITING]), mailbox.send(draw.new.mails)
    for email_id in labelled[:-1]:
        mailbox.label(email_id, draw.new_topic)
    waiting = [email_id for email_id in waiting if _topic(mailbox.email(email_id)) != draw.new_topic]
    mailbox.label(labelled[-1], draw.new_topic)
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE_SECONDS:
        if any(_topic(mailbox.email(email_id)) == draw.new_topic for email_id in waiting):
            return time.monotonic() - began
        time.sleep(POLL_SECONDS)
    return None


def _until_arriving(mailbox: _Mailbox, draw: NewTopicDraw, similar: Sequence[MailText]) -> float | None:
    for email_id in mailbox.send(draw.new.mails):
        mailbox.label(email_id, draw.new_topic)
    began = time.monotonic()
    for place in range(round(PATIENCE_SECONDS / ARRIVAL_SECONDS)):
        sent = time.monotonic() - began
        if _topic(mailbox.arrive(similar[place % len(similar)])) == draw.new_topic:
            return sent
        time.sleep(ARRIVAL_SECONDS)
    return None


def _topic(email: dict[str, Any]) -> str | None:
    """Return the likeliest topic of an email as it is shown."""
    topic = email.get("topic")
    return topic["label"] if isinstance(topic, dict) else topic


def _until(condition: Any, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise RuntimeError(f"the system did not get there in {seconds:.0f} s")
        time.sleep(POLL_SECONDS)
