"""The worker: `celery -A benchmarks.naive.tasks worker --concurrency 2`."""

import os
import pickle
from pathlib import Path

from celery import Celery
from celery.signals import worker_process_init
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from benchmarks.naive.tables import Email

app = Celery("naive", broker=os.environ["NAIVE_BROKER_URL"])
if os.environ.get("NAIVE_ACKS_LATE"):
    app.conf.update(task_acks_late=True, worker_prefetch_multiplier=1)
engine = create_engine(os.environ["NAIVE_DATABASE_URL"])
model = None


@worker_process_init.connect
def load_model(**_: object) -> None:
    global model  # noqa: PLW0603
    engine.dispose(close=False)
    model = pickle.loads(Path(os.environ["NAIVE_MODEL"]).read_bytes())


@app.task(ignore_result=True)
def classify_email(sender: str, subject: str, body: str) -> None:
    """Read one email and store it."""
    topic, sentiment, urgency, action = model.predict([f"{subject}\n{body}"])[0]
    with Session(engine) as session:
        session.add(
            Email(
                sender=sender,
                subject=subject,
                body=body,
                topic=topic,
                sentiment=sentiment,
                urgency=urgency,
                action_required=action == "True",
            )
        )
        session.commit()
