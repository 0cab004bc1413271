"""How the consumer's connection is opened, and what its library is taught: to read ahead, and to survive a broken message."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from functools import partial
from typing import Any

import structlog
from amqp.method_framing import frame_handler
from kombu.connection import Connection

from beraad.messaging.topology import DEADLINE, connection_parameters

HEARTBEAT = 15
READ_AHEAD = 4 * 1024
"""Octets asked of the socket at once, several messages; of more, what is not read yet would be copied too often."""
CONTENT_HEADER = 2
"""The type of a frame: class, weight and size in twelve octets, then a message's properties."""
NO_PROPERTIES = b"\0\0"
log = structlog.get_logger()


def open_connection(amqp_url: str, purpose: str) -> Any:
    """The address as pika reads it, so that both clients agree what it means; certificates are verified."""
    parameters = connection_parameters(amqp_url, purpose)
    secure = {"cert_reqs": ssl.CERT_REQUIRED, "server_hostname": parameters.host}
    connection: Any = Connection(  # type: ignore[no-untyped-call]
        hostname=parameters.host,
        port=parameters.port,
        userid=parameters.credentials.username,
        password=parameters.credentials.password,
        virtual_host=parameters.virtual_host,
        ssl=secure if parameters.ssl_options else False,
        transport="pyamqp",
        heartbeat=HEARTBEAT,
        connect_timeout=DEADLINE,
        transport_options={
            "client_properties": {"connection_name": purpose},
            "frame_handler": _tolerant_frame_handler,
        },
    )
    connection.connect()
    _set_up(connection.connection.transport)
    return connection


def _tolerant_frame_handler(connection: Any, callback: Any) -> Callable[[Any], bool]:
    """The library's; a message whose properties it cannot decode comes without any, and is refused by itself."""
    handle = frame_handler(connection, callback)

    def on_frame(frame: Any) -> bool:
        try:
            return bool(handle(frame))
        except Exception as error:
            kind, channel, payload = frame
            if kind != CONTENT_HEADER:
                raise
            log.warning("undecodable_properties", error=repr(error))
            return bool(handle((kind, channel, bytes(payload[:12]) + NO_PROPERTIES)))

    return on_frame


def _set_up(transport: Any) -> None:
    """A deadline for each answer waited for, also in the middle of a frame; and several messages in each read.

    The library asks the socket for the very octets it wants next, nine times for a message, and keeps what it
    gets beyond them.
    """
    transport.sock.settimeout(DEADLINE)
    transport._quick_recv = partial(_read_ahead, transport._quick_recv)  # noqa: SLF001 - nothing public sets it


def _read_ahead(receive: Callable[[int], bytes], wanted: int) -> bytes:
    return receive(max(wanted, READ_AHEAD))
