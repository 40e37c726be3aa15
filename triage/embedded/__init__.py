"""What `triage up` starts and stops: one data folder, a private Redis, and programs that are kept running."""

from triage.embedded.event import Event, What
from triage.embedded.instance import claim, database_path, log_folder, redis_folder, require_free_port, secret_key_path
from triage.embedded.process import Child
from triage.embedded.readiness import serves
from triage.embedded.redis import PrivateRedis
from triage.embedded.redis_address import redis_url, socket_path
from triage.embedded.supervisor import Supervisor

__all__ = [
    "Child",
    "Event",
    "PrivateRedis",
    "Supervisor",
    "What",
    "claim",
    "database_path",
    "log_folder",
    "redis_folder",
    "redis_url",
    "require_free_port",
    "secret_key_path",
    "serves",
    "socket_path",
]
