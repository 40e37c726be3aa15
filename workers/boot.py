"""What a worker process holds: made after the fork, on first use, and kept.

TensorFlow that has run in a parent deadlocks the children silently, so nothing here is made at import.
"""

import os
import socket
from functools import cache
from pathlib import Path

from triage.errors import ModelUnavailable, TriageError
from triage.log import configure_logging
from triage.queue import Doorbell, MailStream, Predictions, celery_app, connect
from triage.ranking import PriorityPolicy, load_policy
from triage.serving.manifest import DEFAULT_BUNDLE
from triage.serving.protocol import TextModel
from triage.settings import Settings
from triage.storage.session import Database


@cache
def settings() -> Settings:
    """Return this process's settings."""
    return Settings()


@cache
def database() -> Database:
    """Return this process's database."""
    return Database(settings().database_url)


@cache
def policy() -> PriorityPolicy:
    """Return the policy that this process ranks by."""
    return load_policy(settings().policy_file)


@cache
def mail_stream() -> MailStream:
    """Return the mail stream, with this process as its consumer."""
    return MailStream(
        connect(settings().redis_url),
        consumer=worker_name(),
        batch_size=settings().drain_batch_size,
        claim_after=settings().claim_after,
    )


@cache
def doorbell() -> Doorbell:
    """Return the doorbell."""
    return Doorbell(connect(settings().redis_url), celery_app(settings().redis_url))


@cache
def predictions() -> Predictions:
    """Return where answers to `/v1/predict` go."""
    return Predictions(connect(settings().redis_url), celery_app(settings().redis_url))


@cache
def text_model() -> TextModel:
    """Return the loaded bundle; a failure is not kept, so the next call tries again.

    Raises:
        ModelUnavailable: The bundle is missing or broken, or TensorFlow is not installed.
    """
    try:
        from triage.serving.text import load_text_model

        return load_text_model(bundle(), deep=settings().deep_stage)
    except ImportError as error:
        raise ModelUnavailable("TensorFlow is not installed here; install the extra `triage[model]`") from error
    except TriageError as error:
        raise ModelUnavailable(str(error)) from error


def bundle() -> Path:
    """Return the folder of the bundle to read with."""
    return settings().bundle or DEFAULT_BUNDLE


def worker_name() -> str:
    """Return a name that no other living worker has."""
    return f"{socket.gethostname()}-{os.getpid()}"


def configure() -> None:
    """Set up the logging of this process."""
    configure_logging(settings().log_level, as_json=settings().log_format == "json")
