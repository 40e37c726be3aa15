"""Taking in files while too much waits, or while the database is away for a moment."""

import json
import threading
import time

from sqlalchemy import update

from triage.settings import sqlite_url
from triage.storage.session import Database
from triage.storage.tables import Email


def test_ingest_waits_for_room_and_says_so(run, data):
    """More files than may wait are all taken in while somebody reads them."""
    lines = "\n".join(json.dumps({"subject": f"mail {n}", "text": "x"}) for n in range(500))
    database = Database(sqlite_url(data))
    done = []
    command = threading.Thread(
        target=lambda: done.append(run("ingest", "-", "--data", data, stdin=lines, TRIAGE_MAX_QUEUED="100"))
    )
    command.start()
    while command.is_alive():
        time.sleep(0.2)
        with database.unit_of_work() as session:
            session.execute(update(Email).values(state="read"))
    command.join()
    database.close()

    assert done[0].stdout.strip() == "500 given: 500 stored, 0 duplicate, 0 refused"
    assert "waiting: " in done[0].stderr
    assert done[0].returncode == 0
