"""What a worker process holds: made after the fork, on first use, and kept.

TensorFlow that has run in a parent deadlocks the children silently, so nothing here is made at import.
"""

import os
import socket
from functools import cache
from pathlib import Path
from threading import Event
from uuid import uuid4

from redis import Redis

from triage import registry
from triage.errors import ModelUnavailable
from triage.images.fit import Fit
from triage.log import configure_logging
from triage.network import Guard
from triage.policies import HeldPolicies, WatchedPolicies
from triage.queue import Doorbell, LearningCall, PlacingCall, Predictions, ReadingAgain, WorkStream, celery_app, connect
from triage.queue.lanes import IMAGES
from triage.ranking import load_policy
from triage.serving.image_manifest import DEFAULT_IMAGE_BUNDLE
from triage.serving.manifest import DEFAULT_BUNDLE
from triage.serving.protocol import ImageDecoder, ImageModel, TextModel
from triage.settings import Settings, vault_of
from triage.storage.seal import Seal
from triage.storage.session import Database
from triage.telemetry import start_tracing
from triage.trainings import Bounds, Calendar, Workshop
from triage.webhooks.schedule import SCHEDULE
from triage.webhooks.sending import Sender
from workers.active_bundle import ActiveBundle
from workers.models import Models
from workers.reader import Reader
from workers.webhooks import Messengers

# Set when this process was told to end.
stopping = Event()


@cache
def settings() -> Settings:
    """Return this process's settings."""
    return Settings()


@cache
def database() -> Database:
    """Return this process's database."""
    return Database(settings().database_url)


@cache
def policies() -> WatchedPolicies:
    """Return what holds the policies that this process ranks by."""
    return WatchedPolicies(database(), load_policy(settings().policy_file))


def policy() -> HeldPolicies:
    """Return the policies in force, for one batch: what is returned never changes."""
    return policies().current()


@cache
def mail_stream() -> WorkStream:
    """Return the mail stream, with this process as its consumer."""
    return WorkStream(
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
def image_stream() -> WorkStream:
    """Return the image stream, with this process as its consumer."""
    return WorkStream(
        connect(settings().redis_url),
        IMAGES,
        consumer=worker_name(),
        batch_size=settings().image_batch_size,
        claim_after=settings().image_claim_after,
    )


@cache
def image_doorbell() -> Doorbell:
    """Return the doorbell of images."""
    return Doorbell(connect(settings().redis_url), celery_app(settings().redis_url), IMAGES)


@cache
def image_reader() -> Reader[ImageModel]:
    """Return what holds the image model of this process; it loads at the first image."""
    return Reader(ActiveBundle(database(), settings().image_models_dir, image_bundle), _load_image_model)


@cache
def image_decoder(side: int, fit: Fit) -> ImageDecoder:
    """Return what decodes images for models that look at such a square."""
    from triage.images.decoder import Decoder

    return Decoder(side, fit)


@cache
def predictions() -> Predictions:
    """Return where answers to `/v1/predict` go."""
    return Predictions(connect(settings().redis_url), celery_app(settings().redis_url), Seal(database()))


@cache
def learning_call() -> LearningCall:
    """Return how a worker is called to learn."""
    return LearningCall(connect(settings().redis_url), celery_app(settings().redis_url))


@cache
def placing_call() -> PlacingCall:
    """Return how a worker is called to place mail by a policy that was put in force."""
    return PlacingCall(connect(settings().redis_url), celery_app(settings().redis_url))


@cache
def reading_again() -> ReadingAgain:
    """Return whose turn it is to read mail again."""
    return ReadingAgain(connect(settings().redis_url), celery_app(settings().redis_url))


@cache
def models() -> Models:
    """Return what holds the models of this process."""
    return Models(Reader(bundle, _load), database(), _load_version, kept=settings().models_kept)


@cache
def redis() -> Redis:
    """Return a client of this process's Redis."""
    return connect(settings().redis_url)


@cache
def messengers() -> Messengers:
    """Return what sends to webhooks in this process."""
    told = settings()
    sender = Sender(
        database(),
        vault_of(told),
        Guard(told.allowed_networks),
        owner=f"{worker_name()}-{uuid4().hex[:8]}",
        schedule=SCHEDULE if told.webhook_schedule is None else told.webhook_schedule,
        within=told.webhook_timeout,
    )
    return Messengers(sender, stopping.is_set)


@cache
def workshop() -> Workshop:
    """Return where this process trains, and within which bounds."""
    told = settings()
    return Workshop(
        folder=told.data_dir / "trainings",
        bundles=told.data_dir / "models",
        shipped=bundle(),
        bounds=Bounds(told.training_threads, told.training_memory * 1_000_000, told.training_time),
        has_deep_stage=told.deep_stage,
        is_stopping=stopping.is_set,
    )


@cache
def calendar() -> Calendar:
    """Return when trainings are begun that nobody asked for."""
    return Calendar(settings().train_after_labels, settings().train_every)


def text_model() -> TextModel:
    """Return the model that this process reads with where a mailbox has none of its own.

    Raises:
        ModelUnavailable: The bundle is missing or broken, or TensorFlow is not installed.
    """
    return models().shipped.current()


def _load_version(version: str) -> TextModel:
    return _load(registry.unpacked(database(), version, settings().models_dir))


def _load(bundle: Path) -> TextModel:
    # Its oneDNN kernels keep what they compiled for every size of batch and mail: 300 MB after ten thousand mails, and
    # more with every ten thousand. The plain kernels read as fast, and their memory stays flat.
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
    try:
        from triage.serving.text import load_text_model
    except ImportError as error:
        raise ModelUnavailable("TensorFlow is not installed here; install the extra `triage[model]`") from error
    return load_text_model(bundle, deep=settings().deep_stage)


def _load_image_model(bundle: Path) -> ImageModel:
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
    try:
        from triage.serving.image_cascade import load_recognizer
    except ImportError as error:
        raise ModelUnavailable("TensorFlow is not installed here; install the extra `triage[model]`") from error
    return load_recognizer(bundle)


def image_bundle() -> Path:
    """Return the folder of the shipped image bundle, or of the one that takes its place."""
    return settings().image_bundle or DEFAULT_IMAGE_BUNDLE


def bundle() -> Path:
    """Return the folder of the shipped bundle, or of the one that takes its place; asked again, it may name another."""
    return settings().bundle or DEFAULT_BUNDLE


def worker_name() -> str:
    """Return a name that no other living worker has."""
    return f"{socket.gethostname()}-{os.getpid()}"


def configure() -> None:
    """Set up the logging of this process."""
    name = {"worker": worker_name()}
    configure_logging(settings().log_level, as_json=settings().log_format == "json", always=name)


def trace(kind: str) -> None:
    """Trace this process, a worker of a kind, if that is wanted."""
    start_tracing(f"worker-{kind}")
