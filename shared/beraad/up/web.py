"""The web process: all services under the paths the gateway gives them, and the front pages around them."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from werkzeug.middleware.dispatcher import DispatcherMiddleware

from beraad.http.application import create_application
from beraad.messaging.bell import Bell
from beraad.service import Service, open_store
from beraad.settings import read_settings
from beraad.up.environment import Place
from beraad.up.front import create_front
from beraad.up.parent import die_with
from beraad.web import Serving, serve


def serve_all(
    place: Place,
    listener: socket.socket,
    services: Sequence[Service],
    bells: Mapping[str, Bell],
    threads: int,
) -> None:
    """Serve on the inherited socket until SIGTERM."""
    load = partial(_mounted, place, services, bells, threads)
    after_fork = partial(die_with, os.getpid())
    serve(load, Serving(f"fd://{listener.fileno()}", threads=threads, after_fork=after_fork))


def _mounted(place: Place, services: Sequence[Service], bells: Mapping[str, Bell], threads: int) -> Any:
    apps = {}
    for service in services:
        settings = read_settings(service.name)
        store = open_store(service.name, service.database, settings, bells[service.name], pool_size=threads)
        apps[service.name] = create_application(service, store, settings)
    return DispatcherMiddleware(create_front(place, apps), {f"/{name}": app for name, app in apps.items()})
