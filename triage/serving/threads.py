"""How many processor threads TensorFlow uses."""

from triage.serving.lean import tf


def limit_threads(threads: int) -> None:
    """Let TensorFlow use so many processor threads; where it has run already, it keeps the threads it started with."""
    try:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)
    except RuntimeError:
        return
