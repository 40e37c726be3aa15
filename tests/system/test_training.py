"""Labels become a model on a running instance, whatever is killed meanwhile."""

import psutil
import pytest

from tests.system.conftest import until
from tests.training.test_own import TOPICS
from tests.workers.test_training import body

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def child(instance):
    """The process that trains, while there is one."""
    for process in instance.processes():
        try:
            if "mailbox" in process.cmdline() and "nice" not in process.name():
                return process
        except psutil.Error:
            continue
    return None


def test_a_training_survives_the_death_of_its_process_and_of_its_worker(start):
    """A-35: both are killed (-9) in the middle; it is taken up again, and the row says how it ended."""
    # Nobody else begins one meanwhile, which the request would join.
    instance = start(TRIAGE_TRAIN_AFTER_LABELS="0")
    http = instance.http
    http.post("/v1/mailboxes/main/topics", json={"names": list(TOPICS)})
    for number in range(140):
        mail = {"from": f"w{number}@example.org", "subject": "", "text": body(number)}
        email_id = http.post("/v1/emails", json=mail).json()["id"]
        http.post(f"/v1/emails/{email_id}/labels", json={"topic": list(TOPICS)[number % 2]})
    place = http.post("/v1/trainings").headers["Location"]

    until(lambda: child(instance) is not None and http.get(place).json()["progress"] > 0, 120)
    child(instance).kill()
    until(lambda: http.get(place).json()["attempts"] == 2 and http.get(place).json()["progress"] > 0, 120)
    orphan = child(instance)
    instance.worker("train").kill()
    until(lambda: not orphan.is_running(), 30)
    until(lambda: http.get(place).json()["state"] not in ("queued", "running"), 300)

    told = http.get(place).json()
    assert (told["state"], told["attempts"]) == ("activated", 3), told["reason"]
    current = http.get("/v1/models/current/training").json()
    assert current["active_version"] == told["version"]
    assert http.post("/v1/trainings").json()["state"] == "skipped"
