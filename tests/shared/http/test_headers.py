"""Headers every answer carries: CORS for exact origins, security, the request's id."""

from uuid import UUID

import pytest

from beraad.messaging.outbox import current_traceparent
from beraad.service import Service
from worlds.callers import Caller
from worlds.world import World, WorldMaker

APP = "https://app.beraad.test"


def test_the_frontends_origin_may_read_answers_and_their_headers(anna: Caller) -> None:
    answer = anna.get("/v1/notes", origin=APP)
    assert answer.headers["Access-Control-Allow-Origin"] == APP
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"
    exposed = set(answer.headers["Access-Control-Expose-Headers"].split(", "))
    assert {"ETag", "Link", "Location", "Retry-After"} <= exposed
    assert "Origin" in answer.headers["Vary"]


def test_a_refusal_may_be_read_too(world: World) -> None:
    assert world.nobody.get("/v1/notes", origin=APP).headers["Access-Control-Allow-Origin"] == APP


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.test",
        "http://app.beraad.test",
        f"{APP}.evil.test",
        f"{APP}:444",
        "null",
        "*",
        f"{APP}/",
        APP.upper(),
    ],
)
def test_another_origin_may_not(anna: Caller, origin: str) -> None:
    for answer in (
        anna.get("/v1/notes", origin=origin),
        anna.call("OPTIONS", "/v1/notes", origin=origin, access_control_request_method="POST"),
    ):
        assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]


def test_a_preflight_allows_what_the_frontend_sends(world: World) -> None:
    answer = world.nobody.call("OPTIONS", "/v1/notes", origin=APP, access_control_request_method="PATCH")
    assert answer.status_code == 204
    allowed = set(answer.headers["Access-Control-Allow-Headers"].split(", "))
    assert {
        "Authorization",
        "Content-Type",
        "Idempotency-Key",
        "If-Match",
        "If-None-Match",
        "Wait-For",
    } <= allowed
    assert "PATCH" in answer.headers["Access-Control-Allow-Methods"]


def test_every_answer_names_its_request(world: World, anna: Caller) -> None:
    ids = {answer.headers["X-Request-Id"] for answer in (anna.get("/v1/notes"), world.nobody.get("/nowhere"))}
    assert len({UUID(request_id) for request_id in ids}) == 2


def test_no_answer_is_sniffed_and_pages_load_nothing_foreign(world: World, anna: Caller) -> None:
    assert anna.get("/v1/notes").headers["X-Content-Type-Options"] == "nosniff"
    page = world.nobody.get("/docs")
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]


def test_https_stays_https(anna: Caller) -> None:
    assert "Strict-Transport-Security" not in anna.get("/v1/notes").headers
    assert anna.get("/v1/notes", x_forwarded_proto="https").headers["Strict-Transport-Security"]


def test_nobody_is_believed_about_addresses_where_no_proxy_stands(
    a_world: WorldMaker, notes_service: Service
) -> None:
    open_to_all = a_world(notes_service, trusted_proxies=0)
    answer = open_to_all.administrator().get(
        "/v1/notes?limit=1",
        x_forwarded_proto="https",
        x_forwarded_prefix="/evil",
        x_forwarded_for="203.0.113.9",
    )
    assert "Strict-Transport-Security" not in answer.headers
    assert "/evil" not in answer.headers.get("Link", "")


def test_a_trace_goes_on_in_what_the_request_causes(anna: Caller) -> None:
    traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    anna.get("/v1/notes", traceparent=traceparent)
    assert current_traceparent.get() == traceparent
    anna.get("/v1/notes")
    assert current_traceparent.get() is None
