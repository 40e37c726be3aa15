"""`python -m training.run` at a tiny size and without chance, as one host of several: TF_CONFIG says which.

    python -m tests.training.two_hosts EPOCHS [compared] ARGUMENT …

With `compared` it prints first, as JSON, digests of both stages, and how far they are from what one host alone learns.
"""

import hashlib
import json
import sys
from dataclasses import replace

from tests.training.make import TINY
from training import run
from training.hosts import fleet


def compared(strategy):
    """Train both stages with the strategy, and on the first host without; return digests of them, and how far apart."""
    # Nothing of TensorFlow may be made before the strategy is.
    from tests.training.strategies import WITHOUT_CHANCE, most_apart, trained

    together = [stage.weights() for stage in trained(WITHOUT_CHANCE, strategy, epochs=1)]
    alone = [stage.weights() for stage in trained(WITHOUT_CHANCE, None, epochs=1)] if fleet().is_chief else []
    return {
        "digests": [_digest(weights) for weights in together],
        "apart": [most_apart(*pair) for pair in zip(together, alone, strict=False)],
    }


def _digest(weights):
    said = hashlib.sha256(weights.table.tobytes())
    for name in sorted(weights.dense):
        said.update(weights.dense[name].tobytes())
    return said.hexdigest()


def main():
    """Train; return the exit code."""
    epochs, *arguments = sys.argv[1:]
    run.RunConfig = lambda: replace(TINY, epochs=int(epochs))
    if arguments[0] == "compared":
        arguments.pop(0)
        train_own = run.train_own

        def compared_first(*told, strategy, **named):
            print(json.dumps(compared(strategy)), flush=True)
            return train_own(*told, strategy=strategy, **named)

        run.train_own = compared_first
    return run.main([*arguments, "--alone", "--strategy", "multi-worker"])


if __name__ == "__main__":
    sys.exit(main())
