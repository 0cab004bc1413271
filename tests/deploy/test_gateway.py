"""deploy/gateway/haproxy.cfg: what it forwards, hides, believes, retries and leaves out."""

import os
import re
import subprocess
import time
from collections.abc import Iterator
from http.client import RemoteDisconnected
from pathlib import Path

import pytest

from deploy.composition import SERVICES
from deploy.gateway import CONFIGURATION, Gateway
from servers.processes import wait_until
from servers.programs import haproxy


@pytest.fixture(scope="module")
def shared_gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    started = Gateway(tmp_path_factory.mktemp("gateway"))
    started.start()
    yield started
    started.stop()


@pytest.fixture
def gateway(shared_gateway: Gateway) -> Gateway:
    shared_gateway.be_well()
    return shared_gateway


@pytest.fixture
def own_gateway(tmp_path: Path) -> Iterator[Gateway]:
    """For tests that end a service for good."""
    started = Gateway(tmp_path)
    started.start()
    yield started
    started.stop()


@pytest.mark.parametrize("trusts", ["", "127.0.0.1", "172.16.0.0/12 10.0.0.0/8"])
def test_haproxy_accepts_the_configuration_without_a_warning(trusts: str, tmp_path: Path) -> None:
    (tmp_path / "haproxy.cfg").write_text(
        CONFIGURATION.read_text().replace("/usr/local/etc/haproxy/", f"{CONFIGURATION.parent}/")
    )
    environment = {"PATH": os.environ["PATH"], "GATEWAY_TRUSTS": trusts}
    command = [str(haproxy()), "-c", "-f", str(tmp_path / "haproxy.cfg")]
    checked = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=30, check=False
    )
    assert checked.returncode == 0, checked.stderr
    assert not re.search(r"\[(WARNING|ALERT)\]", checked.stderr), checked.stderr


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_is_under_its_name_and_knows_it(gateway: Gateway, service: str) -> None:
    answer = gateway.get(f"/{service}/v1/things?of=a%2Fb&page=2")
    assert answer.json["path"] == "/v1/things?of=a%2Fb&page=2"
    assert answer.seen["X-Forwarded-Prefix"] == f"/{service}"
    assert gateway.get(f"/{service}").json["path"] == "/"


def test_a_body_arrives_whole(gateway: Gateway) -> None:
    text = "consent " * 30_000
    assert gateway.ask("PUT", "/meetings/v1/minutes", text).json["body"] == text


def test_what_a_client_says_about_itself_is_not_believed(gateway: Gateway) -> None:
    seen = gateway.get(
        "/membership/v1",
        X_Forwarded_For="203.0.113.9",
        X_Forwarded_Proto="https",
        X_Forwarded_Host="evil.example",
        X_Forwarded_Prefix="/evil",
        Forwarded="for=203.0.113.9",
    ).seen
    assert seen["X-Forwarded-For"] == "127.0.0.1"
    assert seen["X-Forwarded-Proto"] == "http"
    assert seen["X-Forwarded-Host"] == f"127.0.0.1:{gateway.port}"
    assert seen["X-Forwarded-Prefix"] == "/membership"
    assert "Forwarded" not in seen


def test_a_proxy_that_is_trusted_tells_who_asks_and_how(tmp_path: Path) -> None:
    gateway = Gateway(tmp_path, trusts="192.0.2.0/24 127.0.0.1")
    gateway.start()
    try:
        seen = gateway.get(
            "/membership/v1",
            Host="beraad.example",
            X_Forwarded_For="198.51.100.1, 203.0.113.9",
            X_Forwarded_Proto="https",
        ).seen
    finally:
        gateway.stop()
    assert seen["X-Forwarded-For"] == "203.0.113.9"  # what the proxy saw; the rest is the client's word
    assert seen["X-Forwarded-Proto"] == "https"
    assert seen["X-Forwarded-Host"] == "beraad.example"


@pytest.mark.parametrize(
    "path", ["/metrics", "/%6detrics", "//metrics", "/v1/private-events", "/v1/private%2Devents?after=1:0"]
)
@pytest.mark.parametrize("service", SERVICES)
def test_what_is_internal_stays_inside(gateway: Gateway, service: str, path: str) -> None:
    answer = gateway.get(f"/{service}{path}")
    assert (answer.status, answer.json["code"]) == (404, "NotFound")
    assert gateway.services[service][0].asked == []


@pytest.mark.parametrize("path", ["/nowhere", "/membershipx", "/events", "/Membership/v1", "/../membership"])
def test_an_unknown_path_is_a_problem_document(gateway: Gateway, path: str) -> None:
    answer = gateway.get(path)
    assert answer.status == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json["code"] == "NotFound"


def test_the_start_page_and_the_inbox_are_there(gateway: Gateway) -> None:
    page = gateway.get("/")
    assert all(f'href="/{service}/docs"' in page.body for service in SERVICES)
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert gateway.get("/inbox/messages?after=3").json["path"] == "/inbox/messages?after=3"
    assert gateway.get("/assets/front.css").json["path"] == "/assets/front.css"


def test_without_the_mail_profile_there_is_no_inbox(own_gateway: Gateway) -> None:
    own_gateway.services["inbox"][0].stop()
    assert wait_until(lambda: own_gateway.status("/inbox") == 404, within=10)


def test_a_service_that_is_away_is_told_apart_and_takes_no_other_along(gateway: Gateway) -> None:
    gateway.services["meetings"][0].ready = False
    assert wait_until(lambda: gateway.status("/meetings/v1") == 503, within=5)

    answer = gateway.get("/meetings/v1")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Retry-After"] == "2"
    assert answer.json["code"] == "ServiceUnavailable"
    assert gateway.get("/readyz").json["code"] == "NotReady"
    assert gateway.status("/livez") == gateway.status("/deliberation/v1") == 200


def test_a_process_that_drains_is_left_out_within_two_seconds_and_comes_back(gateway: Gateway) -> None:
    leaving, staying = gateway.services["membership"]
    leaving.ready = False
    time.sleep(2)
    asked_before = len(leaving.asked)

    assert {gateway.status("/membership/v1", "POST") for _ in range(20)} == {200}
    assert len(leaving.asked) == asked_before
    assert len(staying.asked) >= 20

    leaving.ready = True
    assert wait_until(
        lambda: gateway.status("/membership/v1") == 200 and len(leaving.asked) > asked_before, within=5
    )


def test_a_busy_process_is_not_taken_for_dead(gateway: Gateway) -> None:
    gateway.services["deliberation"][0].seconds = 2.5  # for its health checks, each
    time.sleep(6)
    assert gateway.status("/deliberation/v1") == 200


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_reading_is_tried_again_elsewhere(gateway: Gateway, method: str) -> None:
    broken, well = gateway.services["membership"]
    broken.breaks = True

    assert {gateway.status("/membership/v1", method) for _ in range(6)} == {200}
    assert broken.asked
    assert len(well.asked) == 6


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_writing_is_never_sent_twice(gateway: Gateway, method: str) -> None:
    broken, well = gateway.services["membership"]
    broken.breaks = True

    answers = [refused(gateway, method) for _ in range(6)]

    assert len(broken.asked) + len(well.asked) == 6
    assert answers.count("ServiceFailed") == len(broken.asked) > 0


def refused(gateway: Gateway, method: str) -> str:
    try:
        answer = gateway.ask(method, "/membership/v1")
    except RemoteDisconnected:
        return "hung up"
    return str(answer.json.get("code", ""))


def test_writing_to_a_process_that_is_gone_reaches_another(own_gateway: Gateway) -> None:
    gone, well = own_gateway.services["membership"]
    gone.stop()
    assert {own_gateway.status("/membership/v1", "POST") for _ in range(6)} == {200}
    assert len(well.asked) == 6


def test_no_query_with_its_tokens_is_logged(gateway: Gateway) -> None:
    gateway.get("/membership/v1/auth/confirm?token=canary")
    assert wait_until(lambda: "/membership/v1/auth/confirm 200" in gateway.process.tail(100), within=5)
    assert "canary" not in gateway.process.tail(100)
