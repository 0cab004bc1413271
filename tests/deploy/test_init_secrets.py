"""deploy/bin/init-secrets: made once, never changed, not guessable, not readable by others on the host."""

import base64
import hashlib
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from architecture.tree import ROOT
from deploy.composition import INTEGRATORS, SERVICES

SCRIPT = ROOT / "deploy/bin/init-secrets"
HEX = re.compile(r"[0-9a-f]{64}")


def init_secrets(folder: Path, **environment: str) -> str:
    done = subprocess.run(
        [SCRIPT, folder],
        env={"PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def definitions(folder: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((folder / "rabbitmq_definitions.json").read_text())
    return loaded


def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    assert "made membership_database_url" in init_secrets(tmp_path / "secrets")
    before = contents(tmp_path / "secrets")

    assert "made" not in init_secrets(tmp_path / "secrets")
    assert contents(tmp_path / "secrets") == before


def test_two_installations_share_no_secret(secrets: Path, tmp_path: Path) -> None:
    init_secrets(tmp_path)
    equal = {name for name, value in contents(tmp_path).items() if value == contents(secrets)[name]}
    assert equal == {"smtp_url"}


def test_only_the_owner_enters_the_folder_and_a_container_reads_its_file(secrets: Path) -> None:
    assert secrets.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in secrets.iterdir()} == {0o644}


def test_every_secret_is_256_random_bits_in_hex_and_its_own(secrets: Path) -> None:
    found = [
        secret
        for name, text in contents(secrets).items()
        if name.endswith(("_key", "_password", "_broker_url"))
        for secret in HEX.findall(text)
    ]
    assert len(found) == len(set(found)) == 4 * len(SERVICES) + 2 + len(INTEGRATORS)
    assert all(
        not text.endswith("\n") for name, text in contents(secrets).items() if not name.endswith(".json")
    )


@pytest.mark.parametrize("service", SERVICES)
def test_the_address_of_a_database_holds_the_password_of_its_role(secrets: Path, service: str) -> None:
    password = (secrets / f"{service}_database_password").read_text()
    address = (secrets / f"{service}_database_url").read_text()
    assert address == f"postgresql+psycopg://{service}:{password}@postgres:5432/{service}"


@pytest.mark.parametrize("user", [*SERVICES, "deploy"])
def test_the_broker_knows_the_password_only_as_a_salted_hash(secrets: Path, user: str) -> None:
    password = HEX.findall((secrets / f"{user}_broker_url").read_text())[0]
    (entry,) = (entry for entry in definitions(secrets)["users"] if entry["name"] == user)
    kept = base64.b64decode(entry["password_hash"])
    salt, digest = kept[:4], kept[4:]

    assert digest == hashlib.sha256(salt + password.encode()).digest()
    assert password not in (secrets / "rabbitmq_definitions.json").read_text()


def test_the_broker_has_no_guest_and_no_administrator(secrets: Path) -> None:
    assert {entry["name"] for entry in definitions(secrets)["users"]} == {*SERVICES, *INTEGRATORS, "deploy"}
    assert all(entry["tags"] == [] for entry in definitions(secrets)["users"])


def test_a_deleted_secret_is_made_anew_and_nothing_else(tmp_path: Path) -> None:
    init_secrets(tmp_path)
    before = contents(tmp_path)
    (tmp_path / "meetings_broker_url").unlink()

    assert "made meetings_broker_url" in init_secrets(tmp_path)
    changed = {name for name, value in contents(tmp_path).items() if value != before[name]}
    assert changed == {"meetings_broker_url", "rabbitmq_definitions.json"}


def test_an_interrupted_run_leaves_no_half_secret(tmp_path: Path) -> None:
    (tmp_path / "membership_secret_key").touch()
    init_secrets(tmp_path)
    assert HEX.fullmatch((tmp_path / "membership_secret_key").read_text())


def test_the_mail_server_is_set_on_the_first_run_only(tmp_path: Path) -> None:
    init_secrets(tmp_path, SMTP_URL="smtps://beraad:secret@mail.example.org:465")
    init_secrets(tmp_path, SMTP_URL="smtp://elsewhere.example.org")
    assert (tmp_path / "smtp_url").read_text() == "smtps://beraad:secret@mail.example.org:465"


def test_an_integrator_is_added_later_and_stays(tmp_path: Path) -> None:
    init_secrets(tmp_path / "secrets")
    assert (
        init_secrets(tmp_path / "secrets", INTEGRATORS="chronicle").splitlines()[0]
        == "made chronicle_broker_url"
    )
    init_secrets(tmp_path / "secrets")
    assert "chronicle" in {user["name"] for user in definitions(tmp_path / "secrets")["users"]}
    (tmp_path / "secrets" / "chronicle_broker_url").unlink()
    init_secrets(tmp_path / "secrets")
    assert "chronicle" not in (tmp_path / "secrets" / "rabbitmq_definitions.json").read_text()


@pytest.mark.parametrize("name", ["membership", "deploy", "guest", "Chronicle", "a.b", "-a", "a'b"])
def test_an_integrator_that_cannot_be_is_refused(tmp_path: Path, name: str) -> None:
    done = subprocess.run(
        [SCRIPT, tmp_path / "secrets"],
        env={"PATH": "/usr/bin:/bin", "INTEGRATORS": name},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, f"INTEGRATORS: {name} is" in done.stderr) == (1, True)
