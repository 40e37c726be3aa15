"""Every setting, declared once; read only where a process begins."""

import os
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from triage.embedded import database_path, redis_url, secret_key_path
from triage.storage.secrets import SHORTEST_KEY, Vault

LOOPBACK = ("127.0.0.1", "::1", "localhost")


class FileSource(PydanticBaseSettingsSource):
    """Reads a setting from the file that `TRIAGE_<FIELD>_FILE` names, as container secrets are handed over."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002 (inherited)
        """Return the file's text without surrounding white space, or `None` when no file is named."""
        path = os.environ.get(f"TRIAGE_{field_name.upper()}_FILE")
        value = Path(path).read_text(encoding="utf-8").strip() if path else None
        return value, field_name, False

    def __call__(self) -> dict[str, Any]:
        """Return the settings that are given as files."""
        fields = self.settings_cls.model_fields
        values = {name: self.get_field_value(field, name)[0] for name, field in fields.items()}
        return {name: value for name, value in values.items() if value is not None}


LOOPBACK = ("localhost", "127.0.0.1", "::1")


def default_data_dir() -> Path:
    """Return the user's own folder for application data (XDG Base Directory Specification)."""
    home = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(home) / "triage"


def sqlite_url(data_dir: Path) -> str:
    """Return the address of an embedded instance's database."""
    return f"sqlite:///{database_path(data_dir)}"


AbsolutePath = Annotated[Path, AfterValidator(lambda path: path.expanduser().absolute())]


def _database_url(url: str) -> str:
    try:
        backend = make_url(url).get_backend_name()
    except ArgumentError:
        backend = ""
    if backend not in ("sqlite", "postgresql", "postgres"):
        raise ValueError("it must begin with sqlite:// or postgresql://")
    return url


def _redis_url(url: str) -> str:
    if urlsplit(url).scheme not in ("redis", "rediss", "unix"):
        raise ValueError("it must begin with redis://, rediss:// or unix://")
    return url


def _public_url(url: str) -> str:
    parts = urlsplit(url)
    try:
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # the port is no number
        is_address = False
    if not is_address or parts.path.strip("/") or parts.query or parts.fragment or parts.username:
        raise ValueError("it must be like https://triage.example.org, without a path")
    return f"{parts.scheme}://{parts.netloc}"


def secret_keys(text: SecretStr) -> tuple[str, ...]:
    """Return the keys of a setting, separated by commas there; the first is the one that encrypts."""
    return tuple(key for part in text.get_secret_value().split(",") if (key := part.strip()))


def _secret_key(text: SecretStr) -> SecretStr:
    if any(len(key) < SHORTEST_KEY for key in secret_keys(text)):
        raise ValueError(f"each key must have {SHORTEST_KEY} characters or more")
    return text


DatabaseUrl = Annotated[str, AfterValidator(_database_url)]
RedisUrl = Annotated[str, AfterValidator(_redis_url)]
PublicUrl = Annotated[str, AfterValidator(_public_url)]
SecretKey = Annotated[SecretStr, AfterValidator(_secret_key)]


class Settings(BaseSettings):
    """Every variable is named `TRIAGE_<FIELD>`, or `TRIAGE_<FIELD>_FILE` with the value in a file."""

    model_config = SettingsConfigDict(env_prefix="TRIAGE_", frozen=True, hide_input_in_errors=True)

    data_dir: AbsolutePath = Field(default_factory=default_data_dir)
    # Where processes leave signs of life; two workers on one host that are watched one by one need a folder each.
    run_dir: AbsolutePath = Field(default_factory=lambda made: made["data_dir"] / "run")
    # Without these two a command talks to the embedded instance of the data folder.
    database_url: DatabaseUrl = Field(default_factory=lambda made: sqlite_url(made["data_dir"]))
    redis_url: RedisUrl = Field(default_factory=lambda made: redis_url(made["data_dir"]))
    # Encrypts the passwords of accounts; an embedded instance makes one for itself.
    secret_key: SecretKey = SecretStr("")

    host: str = "127.0.0.1"
    port: int = 8025
    # Where people reach us, when that is not where we listen: behind a proxy, or in a container.
    public_url: PublicUrl | None = None
    # Further names under which clients may reach us; `["*"]` lets any pass.
    allowed_hosts: tuple[str, ...] = ()
    # Networks of our own that webhooks, and accounts given over the API, may lead into; `["10.0.0.0/8"]` say.
    allowed_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    # `off` lets everybody in who reaches us, as an administrator; on this machine alone.
    auth: Literal["required", "off"] = "required"
    session_lifetime: timedelta = Field(timedelta(days=7), ge=timedelta(minutes=1))
    login_link_lifetime: timedelta = Field(timedelta(minutes=15), ge=timedelta(seconds=1))
    # Wrong keys that an address may send at once, and so many again each minute, before it is told to wait.
    max_wrong_keys: int = Field(20, ge=1)
    # Where processes other than `serve`, which has `/metrics`, tell Prometheus what they count; port 0 is nowhere.
    metrics_host: str = "127.0.0.1"
    metrics_port: int = Field(0, ge=0, le=65535)
    default_mailbox: str = "main"
    bundle: AbsolutePath | None = None  # the shipped one when unset
    # Ask a bundle's deep stage where its fast one is unsure: better readings, some mails at ten times the cost.
    deep_stage: bool = True
    image_bundle: AbsolutePath | None = None  # the shipped one when unset
    policy_file: AbsolutePath | None = None  # the shipped one when unset
    # Models of mailboxes that a worker keeps in memory, besides the shipped one; 160 MB each.
    models_kept: int = Field(3, ge=1)

    @model_validator(mode="after")
    def _open_to_nobody_else(self) -> Self:
        if self.auth == "off" and self.host not in LOOPBACK:
            raise ValueError("TRIAGE_AUTH=off is for this machine alone; listen on 127.0.0.1, or let people log in")
        return self

    @property
    def address(self) -> str:
        """Where people reach us; who listens on every address is reached on this machine at least."""
        if self.public_url is not None:
            return self.public_url
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104 (compared, not listened to)
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    @property
    def host_names(self) -> tuple[str, ...]:
        """Names under which clients may reach us besides those of this machine."""
        public = urlsplit(self.public_url or "").hostname
        return (self.host, *self.allowed_hosts, *(() if public is None else (public,)))

    @property
    def models_dir(self) -> Path:
        """Where this machine unpacks models of mailboxes."""
        return self.data_dir / "models"

    @property
    def image_models_dir(self) -> Path:
        """Where this machine unpacks what recognises images."""
        return self.data_dir / "image-models"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 (inherited; no file is looked for unasked)
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 (inherited; `FileSource` takes its place)
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take what the caller gives before variables, and variables before files."""
        return init_settings, env_settings, FileSource(settings_cls)

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "console"] = "json"

    # Requests a second that one client may send, ten times as many at once; 0 is no limit. Unset, only the own machine,
    # which listening to it alone lets in, has none.
    max_requests: int | None = Field(None, ge=0)

    @property
    def requests_per_second(self) -> int:
        """What one client may send; 0 is no limit."""
        if self.max_requests is not None:
            return self.max_requests
        return 0 if self.host in LOOPBACK else 50

    # Larger batches read faster, smaller ones give the first mail of a burst its verdict sooner.
    drain_batch_size: int = Field(128, ge=1, le=1024)
    # Other tasks of a text worker wait at most this long behind a full stream.
    drain_time_slice: timedelta = timedelta(seconds=1)
    # Above the slowest batch by far, so that only a dead worker's entries are claimed.
    claim_after: timedelta = timedelta(seconds=10)
    # Images recognised in one go; their pixels are in memory together.
    image_batch_size: int = Field(8, ge=1, le=128)
    # Above the slowest batch of images, each of which may take its whole time limit.
    image_claim_after: timedelta = timedelta(seconds=120)
    # Megabytes that an image may have that is posted on its own.
    max_image_size: int = Field(25, ge=1, le=1000)
    max_attempts: int = Field(5, ge=1)
    # Above the usual time in the stream, so that the reconciler finds the lost and not the waiting.
    reconcile_after: timedelta = timedelta(seconds=15)
    # Emails that may wait for a verdict, and how long the oldest may have waited, before intake refuses; 0 is no limit.
    max_queued: int = Field(200_000, ge=0)
    max_queue_age: timedelta = Field(timedelta(0), ge=timedelta(0))

    # Days for which mailboxes keep the bytes, the text, and all of their mail, where they have no times of their own;
    # 0 is for ever.
    keep_raw_days: int = Field(0, ge=0, le=36500)
    keep_text_days: int = Field(0, ge=0, le=36500)
    keep_mail_days: int = Field(0, ge=0, le=36500)

    # A mailbox is trained after so many new labels, and when so much time has passed and something is new; 0 is never.
    train_after_labels: int = Field(100, ge=0)
    train_every: timedelta = Field(timedelta(days=1), ge=timedelta(0))
    training_threads: int = Field(1, ge=1, le=64)
    # Megabytes that the process which trains may hold; 0 is no limit.
    training_memory: int = Field(2000, ge=0)
    training_time: timedelta = Field(timedelta(minutes=30), ge=timedelta(minutes=1))

    # Waits between tries to tell a webhook, in seconds; those of the Standard Webhooks specification when unset.
    webhook_schedule: tuple[timedelta, ...] | None = None
    # How long a webhook may take to answer.
    webhook_timeout: timedelta = Field(timedelta(seconds=15), gt=timedelta(0), le=timedelta(seconds=30))

    # How long after the death of a poller another takes its accounts over.
    poll_lease: timedelta = Field(timedelta(seconds=30), ge=timedelta(seconds=1))
    # Servers may close an idle connection after 30 minutes (RFC 2177), routers sooner.
    imap_idle_renewal: timedelta = Field(timedelta(minutes=9), gt=timedelta(0), le=timedelta(minutes=29))
    # A connection on which nothing is answered for so long is given up and made anew.
    imap_answer_timeout: timedelta = Field(timedelta(minutes=1), ge=timedelta(seconds=1))


def vault_of(settings: Settings) -> Vault:
    """Return what encrypts secrets; an embedded instance has a key of its own, if none is set."""
    is_embedded = settings.database_url == sqlite_url(settings.data_dir)
    return Vault(secret_keys(settings.secret_key), secret_key_path(settings.data_dir) if is_embedded else None)
