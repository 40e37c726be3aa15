"""Training on several devices at once: every replica holds a copy of the model and learns from its part of each batch.

The devices are those of one host or of several (`training/hosts.py`). The gradients of the dense weights are
all-reduced. Those of the table are rows: each replica's are gathered on all, summed row by row, and every copy takes
the same step. So the copies stay equal, and the step is that of one device on the whole batch, apart from what chance
leaves out. To be equal to the last bit on GPUs as well, the sums need `tf.config.experimental.enable_op_determinism()`,
which the recipes call.
"""

from collections.abc import Callable, Sequence

import numpy as np
import tensorflow as tf

from training.features import Integers
from training.hosts import several_hosts

SEVERAL_HOSTS = "multi-worker"
STRATEGIES: dict[str, Callable[[], tf.distribute.Strategy | None]] = {
    "none": lambda: None,
    "mirrored": tf.distribute.MirroredStrategy,
    SEVERAL_HOSTS: several_hosts,
}


class Replicas:
    """The devices of a strategy, each learning from its own mails; a step calls `summed`, `summed_by_row` and `put`."""

    def __init__(self, strategy: tf.distribute.Strategy) -> None:
        self.strategy = strategy
        self.count = int(strategy.num_replicas_in_sync)

    def deal(self, mails: int) -> list[tuple[Integers, np.float32]]:
        """Return, per replica, the places of its mails in a batch and the share of the batch that they are."""
        parts = np.array_split(np.arange(mails), self.count)
        # A mean over no mail is NaN, so a replica without mails reads the first one, for nothing.
        return [(part if len(part) else np.array([0]), np.float32(len(part) / mails)) for part in parts]

    def function(self, step: Callable[..., None], signature: Sequence[tf.TensorSpec]) -> Callable[..., None]:
        """Compile a step: it is called with each replica's inputs in turn, and runs on all of them at once."""
        size = len(signature)

        def on_all(*inputs: tf.Tensor) -> None:
            dealt = self.strategy.experimental_distribute_values_from_function(
                lambda replica: list(inputs[replica.replica_id_in_sync_group * size :][:size])
            )
            self.strategy.run(step, args=tuple(dealt))

        return tf.function(  # type: ignore[no-any-return]
            on_all, input_signature=[*signature] * self.count, autograph=False
        )

    def summed(self, slopes: list[tf.Tensor]) -> list[tf.Tensor]:
        """Return the sums of the replicas' gradients."""
        return list(tf.distribute.get_replica_context().all_reduce(tf.distribute.ReduceOp.SUM, slopes))

    def summed_by_row(self, rows: tf.Tensor, slopes: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Return every row that any replica used, once, and the sum of the replicas' gradients of it."""
        rows, slopes = tf.distribute.get_replica_context().all_gather([rows, slopes], axis=0)
        used, place = tf.unique(rows)
        return used, tf.math.unsorted_segment_sum(slopes, place, tf.size(used))

    def put(self, variable: tf.Variable, rows: tf.Tensor, values: tf.Tensor) -> None:
        """Write rows of a variable on every replica; all must bring the same."""

        def everywhere(strategy: tf.distribute.Strategy, *told: tf.Tensor) -> None:
            strategy.extended.update(variable, put, args=told)

        tf.distribute.get_replica_context().merge_call(everywhere, args=(rows, values))


def put(variable: tf.Variable, rows: tf.Tensor, values: tf.Tensor) -> None:
    """Write rows of a variable."""
    variable.scatter_nd_update(rows[:, None], values)


def replicas_of(strategy: tf.distribute.Strategy | None) -> Replicas | None:
    """Return the replicas of a strategy, None where there is but one."""
    return Replicas(strategy) if strategy is not None and strategy.num_replicas_in_sync > 1 else None
