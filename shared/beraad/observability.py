"""Logs: one line per fact, as JSON or for the console, with the service's, request's and event's ids; no secrets.

Ids come from `structlog.contextvars`: whoever starts a request or applies an event binds them. What
libraries log through the standard library (gunicorn, alembic, kombu) takes the same way out.
"""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, Literal

import structlog

SECRET_NAMES = re.compile(
    r"password|secret|token|authorization|cookie|(^|_)key$|(^|_)link$|(^|_)jwk$", re.IGNORECASE
)
PASSWORD_IN_ADDRESS = re.compile(r"(\w://[^\s:/@]*):[^\s/@]+@")
TOKEN_IN_ADDRESS = re.compile(r"([?&#](?:token|key|code)=)[^\s&\"']+", re.IGNORECASE)
API_KEY = re.compile(r"(beraad_[0-9a-f]{32}_)[\w-]+")
HIDDEN = "***"
QUIET_LIBRARIES = ("alembic", "amqp", "gunicorn", "kombu", "mail.log", "pika", "urllib3")


def log_format() -> Literal["json", "console"]:
    """What the environment asks for, where no service's settings are read (the processes of `beraad up`)."""
    return "console" if os.environ.get("BERAAD_LOG_FORMAT") == "console" else "json"


def set_up_logs(chosen: Literal["json", "console"], service: str = "") -> None:
    """Send every log line of this process to standard output, in that format. Safe to repeat (after a fork)."""
    structlog.contextvars.clear_contextvars()
    if service:
        structlog.contextvars.bind_contextvars(service=service)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_shared(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_formatter(chosen))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for library in QUIET_LIBRARIES:
        logging.getLogger(library).setLevel(logging.WARNING)


def hide_secrets(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Blank what is named like a secret, passwords and tokens inside addresses, and API keys but for their id."""
    for name, value in event.items():
        if SECRET_NAMES.search(name):
            event[name] = HIDDEN
        elif isinstance(value, str):
            event[name] = _without_secrets(value)
    return event


def _without_secrets(text: str) -> str:
    if "beraad_" in text:
        text = API_KEY.sub(rf"\1{HIDDEN}", text)
    if "://" not in text and "=" not in text:
        return text
    return TOKEN_IN_ADDRESS.sub(rf"\1{HIDDEN}", PASSWORD_IN_ADDRESS.sub(rf"\1:{HIDDEN}@", text))


def _shared() -> list[Any]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]


def _formatter(chosen: Literal["json", "console"]) -> structlog.stdlib.ProcessorFormatter:
    renderers: list[Any]
    if chosen == "json":
        renderers = [
            structlog.processors.format_exc_info,
            hide_secrets,
            structlog.processors.JSONRenderer(default=str),
        ]
    else:
        renderers = [hide_secrets, _console()]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *_shared()],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderers],
    )


def _console() -> structlog.dev.ConsoleRenderer:
    plain = structlog.dev.plain_traceback  # the rich one shows local variables, and secrets with them
    return structlog.dev.ConsoleRenderer(
        colors=sys.stdout.isatty(), pad_event_to=0, exception_formatter=plain
    )
