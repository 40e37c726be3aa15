"""The stream of a lane: which emails wait for a verdict, or which images for a finding.

A Redis Stream with one consumer group. In the command that delivers an entry Redis notes it as pending, so an entry a
dead worker held is never lost: another claims it once it has been idle long enough. That is why work goes this way and
not as one Celery message each, which can vanish between two commands of the Redis transport when a worker is killed.

Redis may lose everything (FLUSHALL, a restart without persistence), the group included; readers then make it anew, and
the reconciler puts the ids back from the database.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

from redis import Redis
from redis.exceptions import ResponseError

from triage import tracing
from triage.origin import Origin, outgoing
from triage.queue.lanes import MAIL, Lane
from triage.queue.redis import translated

# A script, and no transaction: a full Redis refuses to queue the commands of one, and this is what makes it less full.
REMOVE = """
redis.call('XACK', KEYS[1], unpack(ARGV))
return redis.call('XDEL', KEYS[1], unpack(ARGV, 2))
"""


@dataclass(frozen=True, slots=True)
class Batch:
    """What was delivered together.

    Attributes:
        redelivered: A worker had them before and did not finish; one of them may be what stopped it.
        origins: Where each came from, in the order of the ids.
    """

    stream: "WorkStream"
    entry_ids: tuple[bytes, ...]
    ids: tuple[int, ...]
    redelivered: bool
    origins: tuple[Origin, ...]

    def acknowledge(self) -> None:
        """Take the batch off the stream. Call it after the commit: before, a crash would lose what is in it."""
        self.stream.remove(self.entry_ids)

    def one_by_one(self, order: Sequence[int]) -> "Iterator[Batch]":
        """Split into batches of one, in the order of these ids; those not named come first."""
        place = {one: position for position, one in enumerate(order)}
        each = zip(self.ids, self.entry_ids, self.origins, strict=True)
        for one, entry_id, came_from in sorted(each, key=lambda single: place.get(single[0], -1)):
            yield Batch(self.stream, (entry_id,), (one,), self.redelivered, (came_from,))


class WorkStream:
    """The stream as producers and one consumer see it.

    Args:
        client: Redis.
        lane: Whose stream it is.
        consumer: Name of the reading process, unique among those alive; producers need none.
        batch_size: Most ids in a batch.
        claim_after: Idle time after which an entry counts as left behind by a dead worker.
    """

    def __init__(
        self,
        client: Redis,
        lane: Lane = MAIL,
        *,
        consumer: str = "producer",
        batch_size: int = 128,
        claim_after: timedelta = timedelta(seconds=10),
    ) -> None:
        self._client, self._lane = client, lane
        self._consumer = consumer
        self._batch_size = batch_size
        self._claim_after = claim_after

    @property
    def name(self) -> str:
        """Its key in Redis."""
        return self._lane.stream

    def process(self, batch: Batch) -> "AbstractContextManager[tracing.Span]":
        """Open the span of working on a batch.

        It goes on with the trace that brought the batch where that is one, and begins its own for what came by several;
        either way it is linked with each. (Semantic conventions of OpenTelemetry for messaging.)
        """
        sent_by = list(dict.fromkeys(one.traceparent for one in batch.origins if one.traceparent))
        told = {
            **self._named("process"),
            "messaging.consumer.group.name": self._lane.group,
            "messaging.batch.message_count": len(batch.ids),
            "triage.redelivered": batch.redelivered,
        }
        is_of_one = len(sent_by) == 1 and all(one.traceparent for one in batch.origins)
        parent = sent_by[0] if is_of_one else ""
        return tracing.span(f"process {self.name}", tracing.Kind.CONSUMER, told, parent=parent, links=sent_by)

    def add(self, ids: Sequence[int]) -> None:
        """Put ids at the end. Their rows must be committed: a worker may look for them at once.

        Each goes with where it came from: whose request brought it, and the span that sends it where one is open.

        Raises:
            QueueUnavailable: Redis does not answer or is full.
        """
        told = {**self._named("send"), "messaging.batch.message_count": len(ids)}
        with tracing.span(f"send {self.name}", tracing.Kind.PRODUCER, told), translated():
            if left := self._add(ids):
                # No stream is made without its group: a full Redis would not let a reader make the group later.
                self._make_group()
                self._add(left)

    def batches(self, up_to: timedelta) -> Iterator[Batch]:
        """Yield what dead workers left, then what is new, until the stream is empty or the time is over.

        Raises:
            QueueUnavailable: Redis does not answer.
        """
        end = monotonic() + up_to.total_seconds()
        for deliver in (self._claim, self._read):
            while (batch := deliver()) is not None:
                yield batch
                if monotonic() >= end:
                    return

    def remove(self, entry_ids: Sequence[bytes]) -> None:
        """Acknowledge entries and delete them.

        Raises:
            QueueUnavailable: Redis does not answer; they will be delivered again.
        """
        with tracing.span(f"settle {self.name}", tracing.Kind.CLIENT, self._named("settle")), translated():
            self._client.eval(REMOVE, 1, self._lane.stream, self._lane.group, *entry_ids)

    def length(self) -> int:
        """Return how many ids wait or are being worked on.

        Raises:
            QueueUnavailable: Redis does not answer.
        """
        with translated():
            return int(self._client.xlen(self._lane.stream))

    def held(self) -> int:
        """Return how many ids workers have in hand, those of dead ones too.

        Raises:
            QueueUnavailable: Redis does not answer.
        """
        try:
            with translated():
                summary: Any = self._client.xpending(self._lane.stream, self._lane.group)
        except ResponseError as error:
            if not str(error).startswith("NOGROUP"):  # nobody has read yet
                raise
            return 0
        return int(summary["pending"])

    def oldest_entry_at(self) -> datetime | None:
        """Return when the entry at the head was added, by the clock of Redis; `None` when the stream is empty.

        Raises:
            QueueUnavailable: Redis does not answer.
        """
        with translated():
            head: Any = self._client.xrange(self._lane.stream, count=1)
        if not head:
            return None
        milliseconds = int(head[0][0].split(b"-")[0])
        return datetime.fromtimestamp(milliseconds / 1000, UTC)

    def _add(self, ids: Sequence[int]) -> list[int]:
        """Put ids at the end of the stream; return those that came when there was none."""
        pipeline = self._client.pipeline(transaction=False)
        came_from: dict[Any, Any] = dict(outgoing().fields())
        for one in ids:
            pipeline.xadd(self._lane.stream, {self._lane.field: one, **came_from}, nomkstream=True)
        entry_ids = pipeline.execute()
        return [one for one, entry_id in zip(ids, entry_ids, strict=True) if entry_id is None]

    def _claim(self) -> Batch | None:
        idle = int(self._claim_after.total_seconds() * 1000)
        reply: Any = self._with_group(
            lambda: self._client.xautoclaim(
                self._lane.stream, self._lane.group, self._consumer, min_idle_time=idle, count=self._batch_size
            )
        )
        # Redis 6.2 answers with two parts, 7.0 with three; the entries are the second in both.
        return self._batch(reply[1], redelivered=True)

    def _read(self) -> Batch | None:
        reply: Any = self._with_group(
            lambda: self._client.xreadgroup(
                self._lane.group, self._consumer, {self._lane.stream: ">"}, count=self._batch_size
            )
        )
        if not reply:
            return None
        # RESP3 answers with a mapping of streams, RESP2 with a list of pairs.
        entries = next(iter(reply.values()))[0] if isinstance(reply, dict) else reply[0][1]
        return self._batch(entries, redelivered=False)

    def _batch(self, entries: Sequence[Any], *, redelivered: bool) -> Batch | None:
        # Redis 6.2 also claims entries that were deleted meanwhile, and has nothing to say of them.
        alive = [(entry_id, fields) for entry_id, fields in entries if fields]
        if not alive:
            return None
        entry_ids = tuple(entry_id for entry_id, _ in alive)
        ids = tuple(int(fields[self._lane.field]) for _, fields in alive)
        return Batch(self, entry_ids, ids, redelivered, tuple(Origin.told(fields) for _, fields in alive))

    def _named(self, operation: str) -> tracing.Attributes:
        return {
            "messaging.system": "redis",
            "messaging.destination.name": self.name,
            "messaging.operation.name": operation,
            "messaging.operation.type": operation,
        }

    def _with_group(self, command: Any) -> Any:
        with translated():
            try:
                return command()
            except ResponseError as error:
                if not str(error).startswith("NOGROUP"):
                    raise
                self._make_group()
                return command()

    def _make_group(self) -> None:
        try:
            self._client.xgroup_create(self._lane.stream, self._lane.group, id="0", mkstream=True)
        except ResponseError as error:
            if not str(error).startswith("BUSYGROUP"):  # another worker was faster
                raise
