"""Loaded by Python at start when this folder is on its path: makes one mail deadly to whoever reads it.

The product has no switch for this, and must not: the fault is put in from outside, as a bug in a library would be.
"""

import importlib.abc
import importlib.util
import os
import sys

DEADLY = "deadly mail"


class Poisoner(importlib.abc.MetaPathFinder):
    """Patches the text model once it is imported."""

    def find_spec(self, name, path=None, target=None):
        if name != "triage.serving.text":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        load = spec.loader.exec_module

        def load_and_patch(module):
            load(module)
            read = module.TextModel.read

            def deadly_read(self, texts):
                if any(DEADLY in text.subject for text in texts):
                    os.abort()
                return read(self, texts)

            module.TextModel.read = deadly_read

        spec.loader.exec_module = load_and_patch
        return spec


sys.meta_path.insert(0, Poisoner())
