"""The registry of models: versions that were trained, which one each mailbox is read with, and the way back.

The bundles are kept in the database, so that every worker finds them; the model we ship is in no row and is called
`None`. The pointer moves in one transaction, and workers follow it between two batches.
"""

from triage.registry.cache import unpacked
from triage.registry.pointer import activate, active_version, active_versions, roll_back
from triage.registry.pruning import prune
from triage.registry.shadowing import begin_shadow, end_shadow
from triage.registry.versions import install

__all__ = [
    "activate",
    "active_version",
    "active_versions",
    "begin_shadow",
    "end_shadow",
    "install",
    "prune",
    "roll_back",
    "unpacked",
]
