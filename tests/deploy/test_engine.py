"""The composed system on a real container engine: DOCKER_HOST or the default socket. Skipped, visibly, where there is none."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from beraad.demo.http import Api, Refused
from deploy.composition import SERVICES
from deploy.engine import ComposedSystem, why_no_engine
from servers.processes import wait_until

pytestmark = [pytest.mark.timeout(1800), pytest.mark.xdist_group("engine")]


@pytest.fixture(scope="module")
def composed(secrets: Path) -> ComposedSystem:
    if missing := why_no_engine():
        pytest.skip(missing)
    system = ComposedSystem(secrets)
    system.build()
    return system


def test_the_composed_system(composed: ComposedSystem) -> None:
    """One story, so that it is started once whichever process of the tests runs it."""
    the_image_holds_what_runs_and_nothing_else(composed)
    try:
        composed.compose("up", "-d", "--wait", within=600)
        every_service_answers_through_the_gateway(composed)
        administrator = composed.administrator()
        what_one_service_tells_the_others_hear(administrator)
        a_killed_worker_comes_back_and_goes_on(composed, administrator)
        a_killed_web_process_comes_back(composed)
        a_stopped_service_is_missed_by_nobody_and_catches_up(composed, administrator)
        the_broker_may_go_and_come(composed, administrator)
        a_restart_of_everything_keeps_the_data(composed)
    except BaseException:
        print(composed.logs())
        raise
    finally:
        composed.down()


def the_image_holds_what_runs_and_nothing_else(composed: ComposedSystem) -> None:
    assert composed.in_the_image("id", "-u").strip() == "10001"
    for program in ("gcc", "cc", "g++", "make"):
        assert composed.in_the_image("sh", "-c", f"command -v {program} || true") == ""
    listed = composed.in_the_image("sh", "-c", "ls /opt/beraad/lib/python3*/site-packages")
    installed = {line.partition("-")[0] for line in listed.split() if line.endswith(".dist-info")}
    assert {"beraad", *(f"beraad_{service}" for service in SERVICES), "gunicorn_h1c"} <= installed
    assert not {"pytest", "ruff", "mypy", "hatchling", "setuptools", "pip", "schemathesis"} & installed
    imported = composed.in_the_image("python", "-c", "import gunicorn_h1c, beraad; print(beraad.__file__)")
    assert imported.startswith("/opt/beraad/")


def every_service_answers_through_the_gateway(composed: ComposedSystem) -> None:
    nobody = Api(composed.url)
    assert nobody.get("/readyz") == {"status": "ready"}
    for service in SERVICES:
        ready = nobody.get(f"/{service}/readyz")
        assert (ready["transport"], ready["database"]) == ("rabbitmq", "postgresql")
        assert nobody.get(f"/{service}/openapi.json")["servers"] == [{"url": f"/{service}"}]


def what_one_service_tells_the_others_hear(administrator: Api, name: str = "Anna") -> None:
    person = administrator.post(
        "/membership/v1/people", {"name": name, "email": f"{name.lower()}@example.org"}
    )
    known = {"Wait-For": f"membership/people/{person['id']}@{person['revision']}"}
    for service in SERVICES[1:]:
        ask = partial(administrator.send, "GET", f"/{service}/v1/me/pending", headers=known)
        assert wait_until(answers(ask), within=60), f"{service} never heard of {name}"


def answers(ask: Callable[[], Any]) -> Callable[[], bool]:
    def answered() -> bool:
        try:
            ask()
        except Refused:
            return False
        return True

    return answered


def a_killed_worker_comes_back_and_goes_on(composed: ComposedSystem, administrator: Api) -> None:
    for worker in ("membership-worker", "deliberation-worker"):
        composed.kill_9(worker)
    what_one_service_tells_the_others_hear(administrator, "Bram")
    assert composed.healthy("membership-worker")
    assert composed.healthy("deliberation-worker")


def a_killed_web_process_comes_back(composed: ComposedSystem) -> None:
    composed.kill_9("meetings-web")
    assert wait_until(answers(lambda: Api(composed.url).get("/meetings/readyz")), within=60)


def a_stopped_service_is_missed_by_nobody_and_catches_up(
    composed: ComposedSystem, administrator: Api
) -> None:
    composed.compose("stop", "meetings-web", "meetings-worker")
    with pytest.raises(Refused, match="503 ServiceUnavailable"):
        administrator.get("/meetings/v1/me/pending")
    administrator.post("/membership/v1/people", {"name": "Carla", "email": "carla@example.org"})
    assert administrator.get("/deliberation/v1/me/pending") is not None
    composed.compose("start", "meetings-web", "meetings-worker")
    assert wait_until(answers(lambda: Api(composed.url).get("/meetings/readyz")), within=60)
    what_one_service_tells_the_others_hear(administrator, "Daan")


def the_broker_may_go_and_come(composed: ComposedSystem, administrator: Api) -> None:
    composed.compose("stop", "rabbitmq")
    administrator.post("/membership/v1/people", {"name": "Els", "email": "els@example.org"})
    composed.compose("start", "rabbitmq")
    what_one_service_tells_the_others_hear(administrator, "Femke")


def a_restart_of_everything_keeps_the_data(composed: ComposedSystem) -> None:
    before = names(composed.administrator())
    assert before >= {"Anna", "Bram", "Carla", "Daan", "Els", "Femke"}
    composed.compose("stop")
    composed.compose("up", "-d", "--wait", within=600)
    assert names(composed.administrator()) == before


def names(administrator: Api) -> set[str]:
    return {str(person["name"]) for person in administrator.all("/membership/v1/people")}
