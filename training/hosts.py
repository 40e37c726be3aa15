"""Training on several hosts at once: who they are, who of them writes, and what becomes of the others when one ends.

Every host runs the same command on the same files with the same seed and differs in nothing but its place in
`TF_CONFIG`. So all draw the same batches in the same order, each learns from its part of every batch, and the copies
stay equal as they do on several devices of one host (`training/distribute.py`). What each would write in the end is the
same, and the first alone writes it.

A sum over all hosts waits for all of them. TensorFlow looks every 30 s whether the others still answer and gives up
after the third time of 10 s; one that was killed is noticed as soon as its connection breaks. Then this host ends too:
a run is begun anew as a whole.
"""

import faulthandler
import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import tensorflow as tf

from triage.errors import CannotStart

# Above the start of TensorFlow on a cold machine; hosts need not be started at the same second.
WAITS_FOR_OTHERS = timedelta(minutes=10)
# What a sum over all hosts ends with when one of them is gone.
_LOST = (
    tf.errors.UnavailableError,
    tf.errors.AbortedError,
    tf.errors.CancelledError,
    tf.errors.DeadlineExceededError,
    tf.errors.FailedPreconditionError,
    tf.errors.InternalError,
)
_NEEDED = (
    'training on several hosts needs TF_CONFIG, on each of them: {"cluster": {"worker": ["HOST:PORT", "HOST:PORT"]}, '
    '"task": {"type": "worker", "index": 0}}'
)


@dataclass(frozen=True, slots=True)
class Fleet:
    """The hosts of a run, as `HOST:PORT`, and which of them is this one."""

    hosts: tuple[str, ...]
    place: int

    @property
    def is_chief(self) -> bool:
        """Say whether this host is the one that writes."""
        return self.place == 0


def fleet() -> Fleet:
    """Return the hosts that TF_CONFIG names.

    Raises:
        CannotStart: It is not set, cannot be read, or names no place for this host.
    """
    told = os.environ.get("TF_CONFIG", "")
    if not told:
        raise CannotStart(_NEEDED)
    try:
        read = json.loads(told)
        cluster, task = read["cluster"], read["task"]
        hosts, kind, place = tuple(map(str, cluster["worker"])), task["type"], int(task["index"])
    except (ValueError, KeyError, TypeError) as error:
        raise CannotStart(f"TF_CONFIG cannot be read; {_NEEDED}") from error
    if kind != "worker" or set(cluster) != {"worker"}:
        raise CannotStart("TF_CONFIG names hosts other than workers; make all of them workers, the first is the chief")
    if not 0 <= place < len(hosts) or len(set(hosts)) != len(hosts):
        raise CannotStart(
            f"TF_CONFIG names {len(hosts)} workers, and this one is number {place}; each needs its own place"
        )
    return Fleet(hosts, place)


def several_hosts(patience: timedelta = WAITS_FOR_OTHERS) -> tf.distribute.Strategy:
    """Wait for the other hosts and return the strategy of all; to be called before TensorFlow does anything else.

    Where they do not come this process ends, and has said before whom it waits for.

    Raises:
        CannotStart: TF_CONFIG is not as it should be.
    """
    told = fleet()
    others = ", ".join(host for place, host in enumerate(told.hosts) if place != told.place)
    sys.stderr.write(
        f"training: waiting for {others}; ends after {patience} if not all have come, start the same command on each\n"
    )
    sys.stderr.flush()
    try:
        with _ends_after(patience):
            return tf.distribute.MultiWorkerMirroredStrategy()
    except tf.errors.UnknownError as error:
        own = told.hosts[told.place]
        raise CannotStart(
            f"nothing can listen on {own}, this host's place in TF_CONFIG; is its port in use?"
        ) from error


def require_same_work(strategy: tf.distribute.Strategy, work: str) -> None:
    """Check that every host was told to do the same: with other files or settings the copies would drift apart.

    Raises:
        CannotStart: One was told something else.
    """
    digest = int.from_bytes(sha256(work.encode()).digest()[:7])

    def gathered() -> tf.Tensor:
        return tf.distribute.get_replica_context().all_gather(tf.constant([digest], tf.int64), axis=0)

    digests = strategy.experimental_local_results(strategy.run(tf.function(gathered)))[0].numpy()
    if len(set(digests.tolist())) > 1:
        raise CannotStart(
            "the hosts were given different examples or settings; give each the same files and the same seed"
        )


@contextmanager
def until_one_ends() -> Iterator[None]:
    """Say of an error of TensorFlow that another host is the likely cause.

    Raises:
        CannotStart: A sum over all hosts came to nothing.
    """
    try:
        yield
    except _LOST as error:
        raise CannotStart(
            "another host of this training ended or does not answer any more; nothing was written, "
            f"start the command on all of them again ({type(error).__name__})"
        ) from error


@contextmanager
def _ends_after(patience: timedelta) -> Iterator[None]:
    """End this process with exit code 1 unless the block is done in time, and at once on Ctrl-C.

    TensorFlow waits with the interpreter's lock held, so that no thread of Python's runs and no signal reaches it; this
    watch is kept in C, and Ctrl-C is left to the system.
    """
    heard_by = signal.signal(signal.SIGINT, signal.SIG_DFL)
    with Path(os.devnull).open("w") as nowhere:
        faulthandler.dump_traceback_later(patience.total_seconds(), exit=True, file=nowhere)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()
            signal.signal(signal.SIGINT, heard_by)
