"""Logs: one JSON object a line on stderr, ours and those of the libraries alike.

An error of a library may quote what it choked on, which is text of mail. So an error that is logged says of what type
it is and where it came from; in words there is only what Triage itself says.
"""

import logging
import sys
import threading
from collections.abc import Iterator, Mapping
from traceback import format_tb

import structlog

from triage import tracing
from triage.errors import TriageError
from triage.origin import origin

# Libraries that report every task, tick and look at the database; of interest only to who looks for a fault.
TALKATIVE = ("absl", "alembic", "celery.app.trace", "celery.beat", "celery.worker.strategy", "httpx2")
_FAILED_TASKS = "celery.app.trace"


def configure_logging(level: str, *, as_json: bool, always: Mapping[str, str] | None = None) -> None:
    """Send every log of this process to stderr; may be called again.

    Args:
        level: Of the least that is logged.
        as_json: One JSON object a line, and not text for a terminal.
        always: What every line of this process says of it, the name of the worker say.
    """
    of_process = dict(always or {})

    def _whose(_: object, __: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
        """Add which process it was, whose request and within which span; what a line says itself counts."""
        request_id = origin().request_id
        return {**of_process, **({"request_id": request_id} if request_id else {}), **tracing.ids(), **event}

    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        _whose,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(_told),
    ]
    renderer: structlog.types.Processor = (
        structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in TALKATIVE:
        logging.getLogger(name).setLevel("DEBUG" if level == "debug" else "WARNING")
    # It would log every line of the mail that it fetches.
    logging.getLogger("imapclient").setLevel("WARNING")
    logging.getLogger(_FAILED_TASKS).addFilter(_without_words)
    threading.excepthook = _log_death
    # Uvicorn brings handlers of its own; its lines go through ours instead.
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True


def _told(exc_info: structlog.typing.ExcInfo) -> str:
    """Return where an error came from and what caused it, without the words of libraries."""
    _, raised, _ = exc_info
    return "\nwhich led to\n".join(
        f"{''.join(format_tb(one.__traceback__))}{_name(one)}" for one in reversed(list(_causes(raised)))
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    met: set[int] = set()
    while error is not None and id(error) not in met:
        yield error
        met.add(id(error))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _name(error: BaseException) -> str:
    name = type(error).__qualname__
    return f"{name}: {error}" if isinstance(error, TriageError) else name


def _without_words(record: logging.LogRecord) -> bool:
    """Let Celery say which task failed and by what type of error; it would quote the error."""
    if record.exc_info and record.exc_info[1] is not None and isinstance(record.args, dict):
        record.args = record.args | {"exc": _name(record.exc_info[1])}
    return True


def _log_death(told: threading.ExceptHookArgs) -> None:
    name = told.thread.name if told.thread is not None else ""
    error = told.exc_value or told.exc_type()
    structlog.get_logger(__name__).error("a thread ends by an error", thread=name, exc_info=error)
