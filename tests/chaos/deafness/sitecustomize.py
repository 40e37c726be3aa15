"""Loaded by Python at start when this folder is on its path: makes one worker deaf while it works.

Celery's Redis transport asks for tasks with BRPOP. From the moment the file that `TRIAGE_TEST_DEAF` names is there,
the process that finds it first takes it away and never asks again: connected, with a heartbeat, consuming nothing, as
after celery#8030 and its like. The product has no switch for this, and must not.
"""

import importlib.abc
import importlib.util
import os
import sys
from pathlib import Path


class Deafener(importlib.abc.MetaPathFinder):
    """Patches the transport once it is imported."""

    def find_spec(self, name, path=None, target=None):
        if name != "kombu.transport.redis":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        load = spec.loader.exec_module

        def load_and_patch(module):
            load(module)
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

        spec.loader.exec_module = load_and_patch
        return spec


sys.meta_path.insert(0, Deafener())
