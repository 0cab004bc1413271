from pathlib import Path

import pytest

from beraad.service import Service
from shared.http.notes import a_notes_service
from worlds.callers import Caller
from worlds.world import World, WorldMaker


@pytest.fixture(scope="session")
def notes_service(tmp_path_factory: pytest.TempPathFactory) -> Service:
    folder: Path = tmp_path_factory.mktemp("notes")
    return a_notes_service(folder / "versions")


@pytest.fixture
def world(a_world: WorldMaker, notes_service: Service) -> World:
    return a_world(notes_service)


@pytest.fixture
def anna(world: World) -> Caller:
    return world.person()
