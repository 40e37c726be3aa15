"""Copying all that is in one database into another of either kind, and comparing the two."""

from triage.storage.copying.compare import Comparison, compare
from triage.storage.copying.copy import CopyReport, copy
from triage.storage.copying.source import Place, place_of

__all__ = ["Comparison", "CopyReport", "Place", "compare", "copy", "place_of"]
