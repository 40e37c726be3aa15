"""One worker goes deaf while it works.

Celery's Redis transport asks for tasks with BRPOP. From the moment the file that `TRIAGE_TEST_DEAF` names is there,
the process that finds it first takes it away and never asks again: connected, with a heartbeat, consuming nothing, as
after celery#8030 and its like.
"""

import os
from pathlib import Path

BROKEN = "kombu.transport.redis"


def break_it(module):
    ask = module.Channel._brpop_start
    deafen = Path(os.environ["TRIAGE_TEST_DEAF"])
    deaf = []

    def ask_unless_deaf(self, *arguments, **named):
        if deafen.exists():
            deafen.unlink()
            deaf.append(True)
        if not deaf:
            ask(self, *arguments, **named)

    module.Channel._brpop_start = ask_unless_deaf
