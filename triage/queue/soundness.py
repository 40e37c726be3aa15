"""Whether Redis is set up so that it keeps the work that it is given."""

import structlog
from redis import Redis
from redis.exceptions import ResponseError

from triage.errors import QueueUnavailable
from triage.queue.redis import translated

log = structlog.get_logger(__name__)

MAY_EVICT = "Redis may throw work away when its memory is full ({policy}); set maxmemory-policy to noeviction"
FORGETS = "Redis keeps nothing on disk; set appendonly to yes, or a restart delays the mail that waits"


def redis_warnings(client: Redis) -> list[str]:
    """Return what could lose or delay work, each as a sentence that ends in what to do; empty when all is well.

    Raises:
        QueueUnavailable: Redis does not answer.
    """
    try:
        with translated():
            memory, persistence = client.info("memory"), client.info("persistence")
    except ResponseError:
        return []  # a hosted Redis that does not tell us how it is set up
    found = []
    policy = memory.get("maxmemory_policy", "noeviction")
    if policy != "noeviction":
        found.append(MAY_EVICT.format(policy=policy))
    if not persistence.get("aof_enabled", 1):
        found.append(FORGETS)
    return found


def log_redis_warnings(client: Redis) -> None:
    """Put into the log what could lose or delay work; a process calls it once, when it starts."""
    try:
        for sentence in redis_warnings(client):
            log.warning("Redis is not set up to keep its work", advice=sentence)
    except QueueUnavailable as error:
        log.warning("Redis could not be asked how it is set up", error=str(error))
