"""`a_world(service, on="sqlite" | "postgresql", pool_size=…, **settings)`: worlds on databases copied from a migrated template."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from beraad.prepare import prepare
from beraad.service import Service, find_service
from servers.postgres import PrivatePostgres
from worlds.settings import some_settings
from worlds.world import World, WorldMaker, open_world


class Templates:
    """One migrated database per service and engine, made when first asked for; tests get copies."""

    def __init__(self, folder: Path, request: pytest.FixtureRequest) -> None:
        self._folder = folder
        self._request = request
        self._made: dict[tuple[str, str], str] = {}

    def postgres(self) -> PrivatePostgres:
        server: PrivatePostgres = self._request.getfixturevalue("postgres")
        server.start()
        return server

    def copy(self, service: Service, engine: str, folder: Path) -> tuple[str, str]:
        """The URL of a fresh copy, and its name on the server (empty for SQLite)."""
        template = self._template(service, engine)
        if engine == "sqlite":
            path = folder / f"{service.name}-{uuid4().hex}.sqlite"
            shutil.copyfile(template, path)
            return f"sqlite:///{path}", ""
        name = f"world_{uuid4().hex}"
        return self.postgres().create_database(name, template=template), name

    def _template(self, service: Service, engine: str) -> str:
        key = (f"{service.name}-{service.database.versions}", engine)
        if key not in self._made:
            name = f"template_{uuid4().hex}"
            path = str(self._folder / f"{name}.sqlite")
            url = f"sqlite:///{path}" if engine == "sqlite" else self.postgres().create_database(name)
            prepare(service, some_settings(service.name, url))
            self._made[key] = path if engine == "sqlite" else name
        return self._made[key]


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Templates:
    return Templates(tmp_path_factory.mktemp("templates"), request)


@pytest.fixture(params=["sqlite", "postgresql"])
def each_engine(request: pytest.FixtureRequest) -> str:
    """Runs the test twice: `a_world("meetings", on=each_engine)`."""
    engine: str = request.param
    return engine


@pytest.fixture
def a_world(templates: Templates, tmp_path: Path) -> Iterator[WorldMaker]:
    with ExitStack() as ending:

        def make(service: str | Service, on: str = "sqlite", *, pool_size: int = 5, **settings: Any) -> World:
            found = find_service(service) if isinstance(service, str) else service
            url, name = templates.copy(found, on, tmp_path)
            if name:
                ending.callback(templates.postgres().drop_database, name)
            world = open_world(found, some_settings(found.name, url, **settings), pool_size=pool_size)
            ending.callback(world.store.engine.dispose)
            return world

        yield make
