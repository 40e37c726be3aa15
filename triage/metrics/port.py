"""A port on which a process that serves nothing else lets Prometheus ask for its counts."""

import structlog
from prometheus_client import start_http_server

from triage.metrics.registry import REGISTRY

log = structlog.get_logger(__name__)


def serve_metrics(host: str, port: int) -> None:
    """Answer there from a thread, for as long as the process lives; with port 0 not at all.

    A port that cannot be had is told in the log and keeps nobody from work: mail goes before figures about it, and
    Prometheus sees that the process does not answer.
    """
    if not port:
        return
    try:
        start_http_server(port, host, REGISTRY)
    except OSError as error:
        advice = "set TRIAGE_METRICS_PORT to one that is free, or to 0 for none"
        log.error("metrics are not served", host=host, port=port, error=error.strerror, advice=advice)
