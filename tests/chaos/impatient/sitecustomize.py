"""Loaded by Python at start when this folder is on its path: tasks are delivered again after seconds, not an hour.

The product has no switch for this, and must not: nobody should ever shorten it below the longest task.
"""

import importlib.abc
import importlib.util
import sys
from datetime import timedelta


class Impatience(importlib.abc.MetaPathFinder):
    """Patches the broker's settings once they are imported."""

    def find_spec(self, name, path=None, target=None):
        if name != "triage.queue.broker":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        load = spec.loader.exec_module

        def load_and_patch(module):
            load(module)
            module.VISIBILITY_TIMEOUT = timedelta(seconds=2)

        spec.loader.exec_module = load_and_patch
        return spec


sys.meta_path.insert(0, Impatience())
