"""Runs the naive pipeline on given mail and says how fast it was."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import func, make_url, select
from sqlalchemy.orm import Session

from benchmarks.clock import Meter
from benchmarks.made_mail import MadeMail
from benchmarks.naive.tables import Base, Email
from benchmarks.stack import Stack
from triage.storage.session import create_engine_for

CONCURRENCY = 2
WARM = 20


def naive_run(stack: Stack, model: Path, mails: Sequence[MadeMail], *, acks_late: bool) -> dict[str, Any]:
    """Send every mail to a worker that was warmed with the first of them; return the figures.

    Args:
        stack: Redis and a database, without our processes.
    """
    url = make_url(stack.database_url)
    url = url.set(drivername="postgresql+psycopg") if url.get_backend_name() == "postgresql" else url
    variables = {
        "NAIVE_BROKER_URL": stack.redis_url.replace("unix://", "redis+socket://"),
        "NAIVE_DATABASE_URL": url.render_as_string(hide_password=False),
        "NAIVE_MODEL": str(model),
        "NAIVE_ACKS_LATE": "1" if acks_late else "",
    }
    engine = create_engine_for(stack.database_url)
    Base.metadata.create_all(engine)
    stack.add_variables(variables)
    os.environ.update(variables)
    sys.modules.pop("benchmarks.naive.tasks", None)
    from benchmarks.naive.tasks import classify_email

    arguments = ["--concurrency", str(CONCURRENCY), "--loglevel", "warning"]
    stack.start("worker", ["-m", "celery", "--app", "benchmarks.naive.tasks", "worker", *arguments])

    def stored() -> int:
        with Session(engine) as session:
            last = session.scalar(select(func.max(Email.id))) or 0
            # The highest number is asked for at no cost; a count, when it is high enough.
            return session.scalar(select(func.count()).select_from(Email)) or 0 if last >= expected else 0

    expected = WARM
    for mail in mails[:WARM]:
        classify_email.delay(mail.sender, mail.subject, mail.text)
    stack.until(lambda: stored() >= expected)
    expected = WARM + len(mails)
    with Meter(stack.pids(), len(mails)) as meter:
        began = time.time()
        for mail in mails:
            classify_email.delay(mail.sender, mail.subject, mail.text)
        sent = time.time()
        stack.until(lambda: stored() >= expected, pause_seconds=0.05)
        ended = time.time()
    memory = stack.memory()
    stack.stop("worker")
    engine.dispose()
    return {
        "mails": len(mails),
        "accepted_per_second": len(mails) / (sent - began),
        "ranked_per_second": len(mails) / (ended - began),
        "memory_mib": memory,
        **meter.figures(),
    }


def trained_model(file: Path, mails: int | None) -> Path:
    """Return the pickled model, trained where it is missing."""
    if not file.exists():
        command = [sys.executable, "-m", "benchmarks.naive.train", str(file)]
        subprocess.run([*command, *(["--mails", str(mails)] if mails else [])], check=True)
    return file
