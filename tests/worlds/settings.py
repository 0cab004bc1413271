"""Settings of a service under test: development, everything explicit, nothing read from the environment."""

from dataclasses import replace
from typing import Any

from beraad.settings import DEVELOPMENT_KEY, PUBLISHERS, Settings


def some_settings(service: str, database_url: str, **changes: Any) -> Settings:
    settings = Settings(
        service=service,
        environment="development",
        database_url=database_url,
        broker_url="",
        feed_urls={name: f"http://127.0.0.1:9/{name}" for name in PUBLISHERS},
        service_keys=dict.fromkeys(PUBLISHERS, DEVELOPMENT_KEY),
        public_url="http://beraad.test",
        organisation="SMart",
        language="en",
        time_zone="Europe/Brussels",
        cors_origins=("https://app.beraad.test",),
        rate_per_minute=1_000_000,
        sign_in_per_address=3,
        sign_in_per_ip=10,
        term_warning_days=30,
        smtp_url="smtp://127.0.0.1:9",
        smtp_sender="beraad@beraad.test",
        inbox_url="",
        log_format="json",
        secret_key=DEVELOPMENT_KEY,
        trusted_proxies=1,
    )
    return replace(settings, **changes)
