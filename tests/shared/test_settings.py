"""Settings come from the environment, once, and a service that cannot run says which variable is wrong."""

from pathlib import Path
from typing import Any

import pytest

from beraad.settings import DEVELOPMENT_KEY, PUBLISHERS, SettingsError, read_settings

URL = "sqlite:////data/meetings.sqlite"
SECRETS = {"SECRET_KEY": "s3cret", **{f"{name.upper()}_SERVICE_KEY": f"key of {name}" for name in PUBLISHERS}}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Nothing but what the test sets."""
    import os

    for name in list(os.environ):
        if name.startswith("BERAAD_"):
            monkeypatch.delenv(name)

    def given(**variables: str) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(f"BERAAD_{name}", value)

    return given


def test_production_needs_a_database_and_secrets_and_nothing_else(environment: Any) -> None:
    environment(DATABASE_URL=URL, **SECRETS)
    settings = read_settings("meetings")
    assert not settings.development
    assert settings.database_url == URL
    assert settings.transport == "feed"
    assert settings.feed_urls["membership"] == "http://127.0.0.1:8000/membership"
    assert settings.service_keys["membership"] == "key of membership"
    assert settings.cors_origins == ()


def test_a_services_own_variable_goes_before_the_common_one(environment: Any) -> None:
    environment(
        DATABASE_URL="sqlite:////common",
        MEETINGS_DATABASE_URL=URL,
        BROKER_URL="amqp://common",
        MEETINGS_BROKER_URL="amqp://own/",
        MEMBERSHIP_URL="http://membership.test/",
        PUBLIC_URL="https://beraad.test/",
        CORS_ORIGINS="https://a.test,https://b.test",
        PROFILES="user, client,,user",
        **SECRETS,
    )
    settings = read_settings("meetings")
    assert (settings.database_url, settings.broker_url, settings.transport) == (
        URL,
        "amqp://own/",
        "rabbitmq",
    )
    assert settings.feed_urls["membership"] == "http://membership.test"
    assert settings.feed_urls["meetings"] == "https://beraad.test/meetings"
    assert settings.cors_origins == ("https://a.test", "https://b.test")
    assert settings.profiles == ("user", "client")


def test_any_variable_may_be_the_path_of_a_file(environment: Any, tmp_path: Path) -> None:
    variables = {"DATABASE_URL": URL, **SECRETS, "RATE_PER_MINUTE": "60"}
    for name, value in variables.items():
        (tmp_path / name).write_text(f"{value}\n")
    environment(**{f"{name}_FILE": str(tmp_path / name) for name in variables})
    settings = read_settings("meetings")
    assert settings.secret_key == "s3cret"
    assert settings.database_url == URL
    assert settings.rate_per_minute == 60


def test_a_file_that_is_not_there_is_named(environment: Any, tmp_path: Path) -> None:
    environment(DATABASE_URL=URL, SECRET_KEY_FILE=str(tmp_path / "missing"))
    with pytest.raises(SettingsError, match="BERAAD_SECRET_KEY_FILE"):
        read_settings("meetings")


@pytest.mark.parametrize("missing", sorted(SECRETS))
def test_outside_development_no_secret_may_be_missing(environment: Any, missing: str) -> None:
    environment(DATABASE_URL=URL, **{name: value for name, value in SECRETS.items() if name != missing})
    with pytest.raises(SettingsError, match=f"BERAAD_{missing}"):
        read_settings("meetings")


@pytest.mark.parametrize("default", sorted(SECRETS))
def test_outside_development_no_secret_may_have_its_development_value(environment: Any, default: str) -> None:
    environment(DATABASE_URL=URL, **{**SECRETS, default: DEVELOPMENT_KEY})
    with pytest.raises(SettingsError, match=f"BERAAD_{default}"):
        read_settings("meetings")


def test_in_development_secrets_have_defaults(environment: Any) -> None:
    environment(ENVIRONMENT="development", DATABASE_URL=URL)
    assert read_settings("meetings").development


def test_without_a_database_nothing_starts(environment: Any) -> None:
    environment(ENVIRONMENT="development")
    with pytest.raises(SettingsError, match="BERAAD_MEETINGS_DATABASE_URL"):
        read_settings("meetings")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ENVIRONMENT", "staging"),
        ("RATE_PER_MINUTE", "0"),
        ("RATE_PER_MINUTE", "many"),
        ("SIGN_IN_PER_ADDRESS", "0"),
        ("SIGN_IN_PER_IP", "-1"),
        ("LANGUAGE", "xx"),
        ("TIME_ZONE", "Europe/Brussel"),
        ("HOLIDAYS", "Belgium"),
        ("SMTP_SENDER", "Beraad <beraad@example.org>"),
        ("SMTP_SENDER", "Beraad,beraad@example.org"),
        ("SMTP_SENDER", "beraad@bücher.example"),
        ("SMTP_BOUNCES", "nobody"),
        ("FRONTEND_URL", "beraad.example.org"),
        ("LOG_FORMAT", "xml"),
        ("BROKER_URL", "nonsense"),
        ("BROKER_URL", "http://user:hidden@host/"),
        ("BROKER_URL", "amqp://user:hidden@host:70000/"),
        ("BROKER_URL", "amqp://user:hidden@host/?heartbeat=hidden"),
        ("BROKER_URL", "amqp://user@host/"),
        ("BROKER_URL", "amqp:"),
        ("MEETINGS_DATABASE_URL", "sqlite:///"),
        ("MEETINGS_DATABASE_URL", "SQLITE:////data/meetings.sqlite"),
        ("MEETINGS_DATABASE_URL", "postgresql://user:hidden@host/name"),
        ("MEETINGS_DATABASE_URL", "/data/meetings.sqlite"),
    ],
)
def test_a_value_that_makes_no_sense_is_named(environment: Any, name: str, value: str) -> None:
    environment(**{"DATABASE_URL": URL, "ENVIRONMENT": "development", name: value})
    with pytest.raises(SettingsError, match=f"BERAAD_{name}") as refused:
        read_settings("meetings")
    assert "hidden" not in str(refused.value)


def test_the_secret_is_not_shown_with_the_settings(environment: Any) -> None:
    environment(DATABASE_URL=URL, **SECRETS)
    assert "s3cret" not in repr(read_settings("meetings"))


def test_another_service_sees_the_same_surroundings(environment: Any) -> None:
    environment(DATABASE_URL=URL, **SECRETS)
    other = read_settings("meetings").for_service("membership", database_url="sqlite://other")
    assert (other.service, other.database_url, other.secret_key) == ("membership", "sqlite://other", "s3cret")


def test_a_log_that_is_limited_has_an_archive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BERAAD_ENVIRONMENT", "development")
    monkeypatch.setenv("BERAAD_DATABASE_URL", "sqlite:///file")
    monkeypatch.setenv("BERAAD_LOG_KEEP_DAYS", "400")
    with pytest.raises(SettingsError, match="where should older events go"):
        read_settings("membership")
    monkeypatch.setenv("BERAAD_LOG_ARCHIVE", "/archive")
    assert read_settings("membership").log_keep_days == 400


@pytest.mark.parametrize(
    ("given", "mailbox"),
    [
        ({}, "mail@example.org"),
        ({"SMTP_BOUNCES": ""}, "mail@example.org"),
        ({"SMTP_BOUNCES": "back@example.org"}, "back@example.org"),
        ({"SMTP_BOUNCES": "none"}, ""),
    ],
)
def test_mail_comes_back_to_the_sender_unless_another_mailbox_or_none_is_named(
    environment: Any, given: dict[str, str], mailbox: str
) -> None:
    environment(DATABASE_URL=URL, SMTP_SENDER="mail@example.org", **given, **SECRETS)
    assert read_settings("notifications").smtp_bounces == mailbox
