"""Settings, read once from the environment (`BERAAD_*`) at the composition root and nowhere else.

Every variable may also be given as `NAME_FILE`, the path of a file holding the value (for secrets).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Literal, cast, get_args
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from environs import FileAwareEnv, validate

Environment = Literal["development", "production"]
LogFormat = Literal["json", "console"]
PUBLISHERS = ("membership", "meetings", "deliberation", "notifications")
DEVELOPMENT_KEY = "development-only"
A_DATABASE = "postgresql+psycopg://user:password@host/database or sqlite:////folder/file.sqlite"
COUNTRY = r"^([A-Z]{2}(-[A-Z0-9]{1,5})?)?$"
PAGES = r"^$|^https?://[^\s/?#]+[^\s?]*$"
A_PAGE = "empty, or where the frontend begins, such as https://beraad.example.org/app"
MAILBOX = r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@([A-Za-z0-9.-]+|\[[0-9A-Za-z.:]+\])$"
BOUNCES = rf"^$|^(?i:none)$|{MAILBOX}"
A_MAILBOX = "an address alone, in ASCII (xn--…), such as beraad@example.org: BERAAD_ORGANISATION is the name in front of it"
A_COUNTRY = "a country by ISO 3166, such as BE, or a part of it, such as DE-BY"
A_BROKER = "amqp://user:password@host/vhost or amqps://…"


class SettingsError(Exception):
    """The environment does not make a runnable service; the message names the variable."""


@dataclass(frozen=True)
class Settings:
    """What one process of one service needs to know of its surroundings."""

    service: str
    environment: Environment
    database_url: str
    broker_url: str
    """AMQP address; empty means the publishers' feeds are the transport."""
    feed_urls: dict[str, str]
    """Publisher → root address of its API, for the feed, gap repair and rebuild."""
    service_keys: dict[str, str]
    """Service → the static key it shows when it reads another's feed."""
    public_url: str
    """What people's browsers see before `/membership`, `/meetings`, …"""
    organisation: str
    language: str
    time_zone: str
    cors_origins: tuple[str, ...]
    rate_per_minute: int
    sign_in_per_address: int
    sign_in_per_ip: int
    term_warning_days: int
    smtp_url: str = field(repr=False)
    smtp_sender: str
    inbox_url: str
    log_format: LogFormat
    secret_key: str = field(repr=False)
    smtp_bounces: str = ""
    """The mailbox for mail that comes back: its local part gets a tag for each delivery. Empty: no tags, and the sender's."""
    frontend_url: str = ""
    """Where mails lead; empty: to the services' APIs."""
    log_keep_days: int = 0
    """Events older than this leave the log for the archive; 0 keeps all of them."""
    log_archive: str = ""
    """The folder of the archive."""
    mail_per_domain: int = 0
    """Mails a minute to one recipient's domain; 0: any number."""
    profiles: tuple[str, ...] = ()
    """What people can be in the organisation; none named: whatever an administrator says."""
    holidays: str = "BE"
    """Whose public holidays are avoided where nobody names others: ISO 3166, with a part of it (`DE-BY`); empty: none."""
    smtp_ca: str = ""
    """The file of certificates the mail server's is checked against; the system's where it is empty."""
    trusted_proxies: int = 0
    """How many proxies stand in front, each believed one `X-Forwarded-*`; none are believed where there are none."""

    @property
    def development(self) -> bool:
        """True where the development clock and default secrets are permitted."""
        return self.environment == "development"

    @property
    def transport(self) -> Literal["feed", "rabbitmq"]:
        """How events travel between the services."""
        return "rabbitmq" if self.broker_url else "feed"

    def for_service(self, name: str, **changes: object) -> Settings:
        """The same surroundings seen by another service (used by `beraad up`)."""
        return replace(self, service=name, **changes)  # type: ignore[arg-type]


def read_settings(service: str) -> Settings:
    """Read and check the environment. Raises `SettingsError` naming the variable that is wrong."""
    try:
        settings = _read(_environment(), service)
    except Exception as error:
        raise SettingsError(str(error)) from error
    _refuse_default_secrets(settings)
    _refuse_unless(
        _is_database(settings.database_url),
        f"{service.upper()}_DATABASE_URL (or BERAAD_DATABASE_URL)",
        A_DATABASE,
    )
    if settings.broker_url:
        _refuse_unless(
            _is_broker(settings.broker_url), f"{service.upper()}_BROKER_URL (or BERAAD_BROKER_URL)", A_BROKER
        )
    if settings.log_keep_days and not settings.log_archive:
        raise SettingsError(
            "BERAAD_LOG_KEEP_DAYS is set and BERAAD_LOG_ARCHIVE is not: where should older events go?"
        )
    return settings


def read_broker_url() -> str:
    """The broker's address for whoever is no service. Raises `SettingsError`."""
    try:
        url: str = _environment().str("BROKER_URL", "")
    except ValueError as error:
        raise SettingsError(str(error)) from error
    if not url:
        raise SettingsError("BERAAD_BROKER_URL is not set")
    _refuse_unless(_is_broker(url), "BROKER_URL", A_BROKER)
    return url


def _environment() -> FileAwareEnv:
    return FileAwareEnv(prefix="BERAAD_", strip_whitespace=True)  # a file ends with a line feed


def _read(env: FileAwareEnv, service: str) -> Settings:
    public_url = env.str("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
    one_database = env.str("DATABASE_URL", "")
    sender = env.str("SMTP_SENDER", "beraad@localhost", validate=validate.Regexp(MAILBOX, error=A_MAILBOX))
    return Settings(
        service=service,
        environment=cast("Environment", _one_of(env, "ENVIRONMENT", "production", get_args(Environment))),
        database_url=env.str(f"{service.upper()}_DATABASE_URL", one_database),
        broker_url=env.str(f"{service.upper()}_BROKER_URL", env.str("BROKER_URL", "")),
        feed_urls={p: env.str(f"{p.upper()}_URL", f"{public_url}/{p}").rstrip("/") for p in PUBLISHERS},
        service_keys={p: env.str(f"{p.upper()}_SERVICE_KEY", DEVELOPMENT_KEY) for p in PUBLISHERS},
        public_url=public_url,
        organisation=env.str("ORGANISATION", "Beraad"),
        language=_one_of(env, "LANGUAGE", "en", ("nl", "fr", "en", "de")),
        time_zone=_one_of(env, "TIME_ZONE", "Europe/Brussels", available_timezones()),
        cors_origins=tuple(env.list("CORS_ORIGINS", [])),
        rate_per_minute=env.int("RATE_PER_MINUTE", 1200, validate=validate.Range(min=1)),
        sign_in_per_address=env.int("SIGN_IN_PER_ADDRESS", 3, validate=validate.Range(min=1)),
        sign_in_per_ip=env.int("SIGN_IN_PER_IP", 10, validate=validate.Range(min=1)),
        term_warning_days=env.int("TERM_WARNING_DAYS", 30, validate=validate.Range(min=1, max=365)),
        smtp_url=env.str("SMTP_URL", "smtp://127.0.0.1:25"),
        smtp_sender=sender,
        mail_per_domain=env.int("MAIL_PER_DOMAIN", 0, validate=validate.Range(min=0)),
        smtp_bounces=_unless_none(
            env.str("SMTP_BOUNCES", "", validate=validate.Regexp(BOUNCES, error=A_MAILBOX)) or sender
        ),
        inbox_url=env.str("INBOX_URL", ""),
        log_format=cast("LogFormat", _one_of(env, "LOG_FORMAT", "json", get_args(LogFormat))),
        secret_key=env.str("SECRET_KEY", DEVELOPMENT_KEY),
        log_keep_days=env.int("LOG_KEEP_DAYS", 0, validate=validate.Range(min=0)),
        log_archive=env.str("LOG_ARCHIVE", ""),
        profiles=_named(env.list("PROFILES", [])),
        holidays=env.str("HOLIDAYS", "BE", validate=validate.Regexp(COUNTRY, error=A_COUNTRY)),
        smtp_ca=env.str("SMTP_CA", ""),
        frontend_url=env.str("FRONTEND_URL", "", validate=validate.Regexp(PAGES, error=A_PAGE)).rstrip("/"),
        trusted_proxies=env.int("TRUSTED_PROXIES", 0, validate=validate.Range(min=0, max=5)),
    )


def _unless_none(value: str) -> str:
    return "" if value.lower() == "none" else value


def _named(names: list[str]) -> tuple[str, ...]:
    """Without the space around commas, and each once."""
    return tuple(dict.fromkeys(filter(None, map(str.strip, names))))


def _one_of(env: FileAwareEnv, name: str, default: str, choices: Collection[str]) -> str:
    value: str = env.str(name, default, validate=validate.OneOf(choices))
    return value


def _refuse_unless(good: bool, name: str, example: str) -> None:
    """What the variable holds is not repeated: there is a password in it."""
    if not good:
        raise SettingsError(
            f"BERAAD_{name} is no address that can be used, such as {example}; "
            "write what is special in a password in percent (/ is %2F, @ is %40)"
        )


def _is_database(url: str) -> bool:
    """As the library that will open it reads it. SQLite needs a file: what memory holds is gone with each connection."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        read = make_url(url)
    except (ArgumentError, ValueError):
        return False
    return read.drivername == "postgresql+psycopg" or (read.drivername == "sqlite" and bool(read.database))


def _is_broker(url: str) -> bool:
    """As the library that will connect reads it; with a host, or it would take a broker on this machine."""
    from beraad.messaging.topology import connection_parameters

    try:
        connection_parameters(url, "")
        parts = urlsplit(url)
        return parts.scheme in {"amqp", "amqps"} and bool(parts.hostname)
    except Exception:  # whatever pika meets in it
        return False


def _refuse_default_secrets(settings: Settings) -> None:
    if not settings.database_url:
        raise SettingsError(f"BERAAD_{settings.service.upper()}_DATABASE_URL is not set")
    if settings.development:
        return
    if settings.secret_key == DEVELOPMENT_KEY:
        raise SettingsError("BERAAD_SECRET_KEY still has its development value")
    for name, key in settings.service_keys.items():
        if key == DEVELOPMENT_KEY:
            raise SettingsError(f"BERAAD_{name.upper()}_SERVICE_KEY still has its development value")
