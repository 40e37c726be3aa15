"""A flood of mail about one outage among other mail, grouped as workers group it.

    OMP_NUM_THREADS=1 python -m benchmarks.flood [--part judging]     (some minutes)

Made mail (`benchmarks/outage_mail.py`) goes into a database of its own, is read by the shipped model in batches, and
joins incidents after each. The numbers in `triage/incidents/matters.py` were chosen on the outages for tuning alone;
figures are of those for judging, which have other words and other nouns. Precision and recall are of the largest
incident against the mails about the outage. Processor time is of grouping with its queries. What stands in the first
rows is what `GET /v1/inbox?group=incidents` lists. Results go to `benchmarks/results/flood.json`.
"""

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256
from itertools import islice
from pathlib import Path
from time import process_time
from typing import Any

from sqlalchemy import select

from benchmarks.outage_mail import FloodMail, flood, outages
from triage.classify import classify
from triage.incidents.grouping import group_emails
from triage.intake.rows import rows_of
from triage.intake.submission import Submission
from triage.mail import parse_message
from triage.ranking import load_policy
from triage.serving.manifest import DEFAULT_BUNDLE
from triage.serving.protocol import TextModel
from triage.serving.text import load_text_model
from triage.settings import sqlite_url
from triage.storage import schema
from triage.storage.emails import insert_once
from triage.storage.inbox import InboxFilter, grouped_page
from triage.storage.mailboxes import ensure_mailbox
from triage.storage.session import Database
from triage.storage.tables import Email

RESULTS = Path(__file__).parent / "results" / "flood.json"
OTHERS, CRITICAL, FIRST_ROWS = 500, 20, 30
BATCH = 128
BEGAN = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LASTS = timedelta(minutes=10)


class ShippedModel:
    """The shipped model for every mailbox."""

    def __init__(self) -> None:
        self._model = load_text_model(DEFAULT_BUNDLE)

    def of(self, _: int) -> TextModel:
        return self._model


def main(arguments: Sequence[str] | None = None) -> int:
    """Group the floods of a part and write how well that went."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.flood", description="Group floods of mail.")
    parser.add_argument("--part", choices=("tuning", "judging"), default="judging")
    parser.add_argument("--mails", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", type=Path, default=RESULTS)
    told = parser.parse_args(arguments)
    models, rows = ShippedModel(), []
    for outage in outages(told.part):
        mails = flood(outage, mails=told.mails, others=OTHERS, critical=CRITICAL, seed=told.seed)
        with tempfile.TemporaryDirectory() as folder:
            rows.append({"outage": outage["name"], "seed": told.seed, **grouped(mails, models, Path(folder))})
        print(json.dumps(rows[-1]), flush=True)
    told.output.parent.mkdir(parents=True, exist_ok=True)
    told.output.write_text(json.dumps({"part": told.part, "floods": rows}, indent=1) + "\n", encoding="utf-8")
    return 0


def grouped(mails: Sequence[FloodMail], models: Any, folder: Path) -> dict[str, Any]:
    """Store, read and group mails in a new database; return the figures."""
    database = Database(sqlite_url(folder))
    schema.migrate(database.engine)
    ids: list[int] = []
    spent, worst = 0.0, 0.0
    for batch in _batches(mails):
        stored = _stored(database, batch, len(ids), len(mails))
        with database.unit_of_work() as session:
            classify(session, stored, models, load_policy(), BEGAN + LASTS)
        began = process_time()
        group_emails(database, stored, BEGAN + LASTS)
        spent, worst = spent + process_time() - began, max(worst, process_time() - began)
        ids += stored
    figures = _figures(database, dict(zip(ids, mails, strict=True)))
    database.close()
    return figures | {
        "milliseconds_a_mail": round(1000 * spent / len(mails), 3),
        "longest_batch_milliseconds": round(1000 * worst),
    }


def _figures(database: Database, mail_of: dict[int, FloodMail]) -> dict[str, Any]:
    with database.reading() as session:
        incident_of = dict(session.execute(select(Email.id, Email.incident_id)).all())
        rows = grouped_page(session, InboxFilter(), limit=200)
    about = {email_id for email_id, mail in mail_of.items() if mail.is_outage}
    sizes = Counter(incident for incident in incident_of.values() if incident is not None)
    found = {one for one, incident in incident_of.items() if sizes and incident == sizes.most_common(1)[0][0]}
    taken = {one for one, incident in incident_of.items() if incident is not None}
    critical = [one for one, mail in mail_of.items() if mail.is_critical]
    places = {row.email.id: place for place, row in enumerate(rows, 1) if row.email.incident_id is None}
    return {
        "mails": len(mail_of),
        "about_the_outage": len(about),
        "precision": round(len(found & about) / max(len(found), 1), 4),
        "recall": round(len(found & about) / len(about), 4),
        "recall_by_language": {
            language: round(len(found & mine) / len(mine), 4)
            for language in ("en", "de")
            if (mine := {one for one in about if mail_of[one].language == language})
        },
        "incidents": sorted(sizes.values(), reverse=True),
        "others_in_incidents": len(taken - about),
        "critical_in_incidents": len(taken & set(critical)),
        "critical_in_first_rows": sum(places.get(one, FIRST_ROWS + 1) <= FIRST_ROWS for one in critical),
        "lowest_critical_row": max((places.get(one, len(rows) + 1) for one in critical), default=0),
    }


def _stored(database: Database, mails: Sequence[FloodMail], start: int, total: int) -> list[int]:
    policy, new = load_policy(), []
    for number, mail in enumerate(mails, start):
        raw = _raw(mail, number)
        moment = BEGAN + LASTS * (number / total)
        digest = sha256(raw).digest()
        new.append(
            rows_of(digest, Submission(raw, received_at=moment), parse_message(raw), str(number), policy, moment)
        )
    with database.unit_of_work() as session:
        by_digest = insert_once(session, ensure_mailbox(session, "main", BEGAN), new)
    return [by_digest[one.email["digest"]] for one in new]


def _raw(mail: FloodMail, number: int) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = f"customer-{number}@example.org", "info@example.com"
    message["Subject"] = " ".join(mail.subject.split())
    message.set_content(mail.text)
    return message.as_bytes()


def _batches(mails: Sequence[FloodMail]) -> Sequence[Sequence[FloodMail]]:
    arriving = iter(mails)
    return list(iter(lambda: list(islice(arriving, BATCH)), []))


if __name__ == "__main__":
    sys.exit(main())
