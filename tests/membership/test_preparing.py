"""What membership makes before its first request: a signing key and a first administrator."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.fernet import InvalidToken
from sqlalchemy import func, select

from beraad.perform import Store, reading
from beraad.prepare import prepare
from beraad.service import find_service, open_store
from beraad.settings import Settings
from beraad_membership.storage.sealing import seal, unseal
from beraad_membership.storage.tables import own_signing_keys, people, sign_in_links
from worlds.callers import ok
from worlds.races import at_once
from worlds.settings import some_settings
from worlds.world import WorldMaker


@pytest.fixture
def settings(each_engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Of an empty database."""
    if each_engine == "sqlite":
        return some_settings("membership", f"sqlite:///{tmp_path}/membership.sqlite")
    return some_settings("membership", request.getfixturevalue("postgres_url"))


def counted(settings: Settings) -> tuple[int, int, int]:
    """(people, keys, links)"""
    service = find_service("membership")
    store: Store[object] = open_store("membership", service.database, settings)  # type: ignore[type-var]
    with reading(store) as work:  # type: ignore[type-var]
        counts = [
            work.session.execute(select(func.count()).select_from(table)).scalar_one()  # type: ignore[attr-defined]
            for table in (people, own_signing_keys, sign_in_links)
        ]
    store.engine.dispose()
    return counts[0], counts[1], counts[2]


def test_preparing_again_makes_nobody_twice(settings: Settings) -> None:
    service = find_service("membership")
    first = prepare(service, settings)
    second = prepare(service, settings)
    assert "administrator@localhost" in first[0]
    assert first != second  # a fresh link until the administrator has signed in
    assert counted(settings) == (1, 1, 2)


def test_preparing_from_four_places_at_once_makes_one_administrator(settings: Settings) -> None:
    outcomes = at_once([lambda: prepare(find_service("membership"), settings)] * 4)
    assert all(isinstance(outcome, list) for outcome in outcomes), outcomes
    assert counted(settings)[0] == 1


def test_the_administrator_is_who_the_environment_names(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BERAAD_ADMINISTRATOR_NAME", "Ada")
    monkeypatch.setenv("BERAAD_ADMINISTRATOR_EMAIL", "Ada@SMart.test")
    assert "Ada@SMart.test" in prepare(find_service("membership"), settings)[0]


def test_the_printed_link_signs_in_any_browser_and_then_none_is_printed(a_world: WorldMaker) -> None:
    world = a_world("membership")
    (line,) = prepare(world.service, world.settings)
    token = parse_qs(urlsplit(line.split()[-1]).query)["token"][0]

    session = ok(world.nobody.post("/v1/auth/sessions", {"token": token}), 201)

    me = ok(world.nobody.get("/v1/me", authorization=f"Bearer {session['access_token']}"))
    assert me["administrator"]
    assert prepare(world.service, world.settings) == []


def test_a_sealed_key_opens_with_its_own_secret_only() -> None:
    sealed = seal({"d": "private"}, "secret")
    assert "private" not in sealed
    assert unseal(sealed, "secret") == {"d": "private"}
    with pytest.raises(InvalidToken):
        unseal(sealed, "another secret")
