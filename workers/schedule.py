"""What beat sends, and how often. A message that waits for longer than its interval is dropped, not piled up."""

from typing import Any

from triage.queue.names import RECONCILE, RING_DOORBELL

SCHEDULE: dict[str, dict[str, Any]] = {
    # Heals a doorbell message that was lost, and finds what a dead worker left in the stream.
    "ring the doorbell": {"task": RING_DOORBELL, "schedule": 5.0, "options": {"expires": 5.0}},
    "enqueue lost emails again": {"task": RECONCILE, "schedule": 10.0, "options": {"expires": 10.0}},
}
