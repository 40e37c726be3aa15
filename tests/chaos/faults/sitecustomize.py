"""Loaded by Python at start when this folder is on its path: puts the fault in that `TRIAGE_TEST_FAULT` names.

The product has no switch for faults, and must not; they come from outside, as a bug in a library would.
"""

import importlib.abc
import importlib.util
import os
import sys


class FaultFinder(importlib.abc.MetaPathFinder):
    """Breaks the module that a fault is about, once it is imported."""

    def __init__(self, fault):
        self._fault = fault

    def find_spec(self, name, path=None, target=None):
        if name != self._fault.BROKEN:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        load = spec.loader.exec_module

        def load_and_break(module):
            load(module)
            self._fault.break_it(module)

        spec.loader.exec_module = load_and_break
        return spec


sys.meta_path.insert(0, FaultFinder(importlib.import_module(os.environ["TRIAGE_TEST_FAULT"])))
