"""What docker-compose.yml promises, held without an engine."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from architecture.tree import ROOT
from beraad.settings import SettingsError, read_settings
from beraad.web import GRACEFUL_SECONDS
from deploy.composition import (
    COMPOSE,
    DEMO,
    INTEGRATORS,
    SERVICES,
    composed,
    containers,
    environment_of,
    of_the_product,
    secrets_named_by,
    secrets_of,
)

ROLES = [f"{service}-{role}" for service in SERVICES for role in ("migrate", "web", "worker")]
START_AS_ROOT = {"postgres", "rabbitmq"}
ONE_SHOT = {name for name, container in containers().items() if container.get("restart") == "no"}
INTERPOLATED = re.compile(r"\$\{(\w+)")


def against_the_schema(*paths: Path) -> subprocess.CompletedProcess[str]:
    checker = Path(sys.executable).with_name("check-jsonschema")
    command = [str(checker), "--builtin-schema", "vendor.compose-spec", *map(str, paths)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_both_files_follow_the_compose_specification() -> None:
    checked = against_the_schema(COMPOSE, DEMO)
    assert checked.returncode == 0, checked.stdout


def test_a_file_that_does_not_follow_it_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "wrong.yml").write_text("services: {web: {imagine: beraad}}")
    assert against_the_schema(tmp_path / "wrong.yml").returncode == 1


@pytest.mark.parametrize("name", containers())
def test_every_container_is_confined(name: str) -> None:
    container = containers()[name]
    assert container["cap_drop"] == ["ALL"]
    assert container["security_opt"] == ["no-new-privileges:true"]
    assert container["read_only"] is True
    assert {"mem_limit", "pids_limit", "logging"} <= container.keys()
    assert "container_name" not in container  # it would forbid --scale
    assert not {"privileged", "network_mode", "pid", "devices"} & container.keys()
    assert ("cap_add" in container) == (name in START_AS_ROOT)
    assert ("user" in container) == (name not in START_AS_ROOT)


@pytest.mark.parametrize("name", sorted(containers().keys() - ONE_SHOT))
def test_every_container_that_stays_comes_back_and_tells_how_it_fares(name: str) -> None:
    container = containers()[name]
    assert container["restart"] == "unless-stopped"
    assert container["healthcheck"]["test"]


def test_the_product_is_one_image_run_as_one_user() -> None:
    assert {container["image"] for container in of_the_product().values()} == {"beraad:local"}
    assert {container["user"] for container in of_the_product().values()} == {"10001:10001"}
    assert of_the_product().keys() >= set(ROLES)


def test_only_the_gateway_publishes_a_port_and_only_on_this_machine() -> None:
    published = {name: container["ports"] for name, container in containers().items() if "ports" in container}
    assert published == {"gateway": ["127.0.0.1:8080:8080"]}


def test_only_the_gateway_and_the_senders_of_mail_reach_the_outside() -> None:
    networks: dict[str, dict[str, Any]] = composed()["networks"]
    outside = {name for name, network in networks.items() if not network.get("internal")}
    reaching = {name for name, container in containers().items() if outside & set(container["networks"])}
    assert reaching == {"gateway", "notifications-worker", "mail-dev"}
    assert "data" not in containers()["gateway"]["networks"]


@pytest.mark.parametrize("name", ROLES)
@pytest.mark.parametrize("demo", [False, True])
def test_the_settings_of_every_container_are_accepted(
    name: str, demo: bool, secrets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, value in environment_of(name, secrets=secrets, demo=demo).items():
        monkeypatch.setenv(variable, value)
    service, _, role = name.partition("-")

    settings = read_settings(service)

    assert settings.environment == ("development" if demo else "production")
    assert settings.database_url.startswith(f"postgresql+psycopg://{service}:")
    assert settings.transport == "rabbitmq"
    assert (f"//{service}:" in settings.broker_url) == (role == "worker")
    if name == "notifications-worker":
        assert settings.smtp_url == "smtp://mail-dev:1025"


def test_a_container_without_its_secrets_does_not_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, value in environment_of("meetings-web", secrets=tmp_path).items():
        monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError, match="must be a readable file path"):
        read_settings("meetings")


@pytest.mark.parametrize("name", of_the_product())
def test_a_container_has_the_secrets_it_names_and_no_other(name: str) -> None:
    assert secrets_of(name) == secrets_named_by(name)


@pytest.mark.parametrize("name", ROLES)
def test_no_service_has_the_keys_to_what_another_owns(name: str) -> None:
    service = name.partition("-")[0]
    shared = {f"{other}_service_key" for other in SERVICES} | {"smtp_url"}
    assert {secret for secret in secrets_of(name) - shared if not secret.startswith(f"{service}_")} == set()
    assert ("smtp_url" in secrets_of(name)) == (name == "notifications-worker")


def test_every_secret_is_made_by_init_secrets(secrets: Path) -> None:
    of_integrators = {f"{name}_broker_url" for name in INTEGRATORS}
    assert set(composed()["secrets"]) == {path.name for path in secrets.iterdir()} - of_integrators


@pytest.mark.parametrize("service", SERVICES)
def test_nothing_starts_before_its_database_is_up_to_date(service: str) -> None:
    done = {"condition": "service_completed_successfully"}
    web, worker, migrate = containers(f"{service}-web", f"{service}-worker", f"{service}-migrate").values()
    assert web["depends_on"] == {f"{service}-migrate": done}
    assert worker["depends_on"] == {f"{service}-migrate": done, "topology": done}
    assert migrate["depends_on"] == {"postgres": {"condition": "service_healthy"}}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_may_drain_and_finish_before_it_is_killed(service: str) -> None:
    script = (ROOT / "deploy/image/web-with-drain").read_text()
    drains = int(re.findall(r"DRAIN_SECONDS:-(\d+)", script)[0])
    grace = int(containers()[f"{service}-web"]["stop_grace_period"].removesuffix("s"))
    assert grace > drains + GRACEFUL_SECONDS + 2  # the interpreter of `beraad drain` starts in between


def test_the_broker_keeps_its_name_and_with_it_its_data() -> None:
    assert containers()["rabbitmq"]["hostname"] == "rabbitmq"


def test_every_variable_an_operator_may_set_is_explained() -> None:
    explained = (ROOT / "deploy/README.md").read_text()
    used = set(INTERPOLATED.findall(COMPOSE.read_text() + DEMO.read_text()))
    assert {name for name in used if f"`{name}`" not in explained} == set()


def test_the_demo_changes_every_process_of_the_product_and_no_image() -> None:
    demo = composed(DEMO)
    assert demo["name"] != composed()["name"]  # volumes of its own
    assert set(demo["services"]) == set(ROLES)
    assert all(set(change) == {"environment"} for change in demo["services"].values())
