"""The mail sink and its pages alone, for a composed system that must not send real mail."""

from __future__ import annotations

import gc
import os
import socket
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask

from beraad.http.problems import install_problems
from beraad.observability import log_format, set_up_logs
from beraad.up.child import Child
from beraad.up.front import protect
from beraad.up.inbox import blueprint
from beraad.up.mail_sink import run_mail_sink
from beraad.up.mailbox import Mailbox
from beraad.up.parent import die_with
from beraad.up.supervisor import Supervisor
from beraad.web import Serving, serve


def run_mail_server(folder: Path, smtp: socket.socket, pages: socket.socket, public_url: str) -> int:
    """Take mail and show it until SIGTERM. Returns the exit code."""
    set_up_logs(log_format(), "inbox")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    application = create_pages(folder, public_url)
    children = [
        Child("pages", partial(_serve, pages, application), essential=True),
        Child("mail", partial(run_mail_sink, smtp, folder), essential=True, serves_others=True),
    ]
    gc.freeze()
    return Supervisor(children, lambda _children: None).run(lambda: None)


def create_pages(folder: Path, public_url: str) -> Flask:
    """The application: `/inbox`, and `/readyz` for its supervisor.

    Only known hosts are answered: no foreign page can read mail through the browser of whoever develops.
    """
    app = Flask("beraad.up", static_url_path="/assets")
    app.config["TRUSTED_HOSTS"] = ["127.0.0.1", "localhost", "[::1]", urlsplit(public_url).hostname or ""]
    app.extensions["beraad.mailbox"] = Mailbox(folder)
    app.register_blueprint(blueprint)
    app.add_url_rule("/readyz", "readyz", lambda: {"status": "ready"})
    install_problems(app)
    app.after_request(protect)
    return app


def _serve(listener: socket.socket, application: Flask) -> None:
    after_fork = partial(die_with, os.getpid())
    serve(lambda: application, Serving(f"fd://{listener.fileno()}", threads=4, after_fork=after_fork))
