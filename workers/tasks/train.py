"""The `train` queue, and what sees to it that trainings end."""

from datetime import UTC, datetime

from triage import trainings
from triage.queue.names import SEE_TO_TRAININGS, TRAIN
from triage.queue.training import call_trainer
from workers import boot
from workers.app import app


@app.task(name=TRAIN)
def train() -> None:
    """Bring every training that waits to its end, one after the other.

    Safe to repeat: a training belongs to whoever took it up last, and one that has ended waits no more.
    """
    while not boot.stopping.is_set() and trainings.train_next(boot.database(), boot.workshop()):
        pass


@app.task(name=SEE_TO_TRAININGS)
def see_to_trainings() -> None:
    """Begin trainings that are due, end those that nobody takes up, and call a worker for those that wait.

    Safe to repeat: a mailbox has one unfinished training at most.
    """
    now = datetime.now(UTC)
    with boot.database().unit_of_work() as session:
        trainings.request_due(session, boot.calendar(), now)
    _, anyone_waits = trainings.heal(boot.database(), now)
    if anyone_waits:
        call_trainer(boot.redis(), app)
