"""The pages around the services: what runs, where to begin, what happens, what was mailed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, current_app, render_template, request
from werkzeug.test import Client

from beraad.http.problems import install_problems, problem
from beraad.settings import Settings
from beraad.up.environment import Place
from beraad.up.events import blueprint as events
from beraad.up.inbox import blueprint as inbox
from beraad.up.mailbox import Mailbox
from beraad.up.status import read_status

blueprint = Blueprint("front", __name__)
CSP = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; frame-src 'self'; base-uri 'none'; frame-ancestors 'none'"


def create_front(place: Place, apps: Mapping[str, Flask]) -> Flask:
    """The application that answers whatever no service is mounted at.

    What shows events and mails without asking who is there exists in development only.
    """
    front = Flask("beraad.up", static_url_path="/assets")
    front.extensions.update({"beraad.place": place, "beraad.apps": apps})
    settings: list[Settings] = [app.extensions["beraad.settings"] for app in apps.values()]
    hosts = {urlsplit(one.public_url).hostname or "" for one in settings}
    front.config["TRUSTED_HOSTS"] = ["127.0.0.1", "localhost", "[::1]", place.host, *hosts]
    front.register_blueprint(blueprint)
    if all(one.development for one in settings):
        front.register_blueprint(events)
        if place.mail_port is not None:
            front.extensions["beraad.mailbox"] = Mailbox(place.mail)
            front.register_blueprint(inbox)
    install_problems(front)
    front.after_request(protect)
    return front


def protect(response: Response) -> Response:
    """Headers for pages of our own: no script but ours, no frame around us, no type guessed."""
    response.headers.setdefault("Content-Security-Policy", CSP)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@blueprint.get("/")
def start_page() -> str:
    """What runs here and how to begin."""
    front = current_app
    return render_template(
        "start.html",
        processes=_processes(),
        services=front.extensions["beraad.apps"],
        place=front.extensions["beraad.place"],
        root=request.host_url.rstrip("/"),
        has_events="events" in front.blueprints,
        has_inbox="inbox" in front.blueprints,
    )


@blueprint.get("/status")
def status() -> dict[str, Any]:
    """The processes and how each fares, for the start page and for programs."""
    return {"processes": _processes(), "ready": not _why_not_ready()}


@blueprint.get("/livez")
def livez() -> dict[str, str]:
    """The web process answers."""
    return {"status": "alive"}


@blueprint.get("/readyz")
def readyz() -> Response | dict[str, str]:
    """Every service can work and every process is well; else 503 and the `reasons`."""
    reasons = _why_not_ready()
    if reasons:
        return problem(503, "NotReady", "something is missing, see reasons", reasons=reasons)
    return {"status": "ready"}


def _processes() -> dict[str, dict[str, Any]]:
    place: Place = current_app.extensions["beraad.place"]
    return read_status(place.run / "processes.json")


def _why_not_ready() -> list[str]:
    processes = _processes()
    reasons = [f"{name}: {process['trouble']}" for name, process in processes.items() if process["trouble"]]
    for name, app in current_app.extensions["beraad.apps"].items():
        answer = Client(app).get("/readyz")
        if answer.status_code != 200:  # noqa: PLR2004
            reasons.append(f"{name}: {(answer.json or {}).get('detail', answer.status)}")
    return reasons or ([] if processes else ["the supervisor has not told of its processes"])
