"""OpenAPI 3.1 and the page that shows it, from here: no CDN. For every installed service."""

import re
from typing import Any

import jsonschema
import pytest
from schemathesis.specs.openapi.definitions import OPENAPI_31

from beraad.service import service_names
from worlds.callers import ok
from worlds.world import World, WorldMaker


@pytest.fixture(params=[*service_names(), "notes"])
def world(request: pytest.FixtureRequest, a_world: WorldMaker) -> World:
    name = request.param
    return a_world(request.getfixturevalue("notes_service") if name == "notes" else name)


def document(world: World, **headers: str) -> dict[str, Any]:
    described: dict[str, Any] = ok(world.nobody.get("/openapi.json", **headers))
    return described


def operations(described: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    methods = ("get", "post", "put", "patch", "delete")
    return [
        (f"{method.upper()} {path}", item[method])
        for path, item in described["paths"].items()
        for method in methods
        if method in item
    ]


def test_the_document_is_openapi_3_1(world: World) -> None:
    described = document(world)
    assert described["openapi"].startswith("3.1")
    jsonschema.Draft202012Validator(OPENAPI_31).validate(described)
    for schema in described["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_every_reference_leads_somewhere(world: World) -> None:
    described = document(world)
    references = set(
        re.findall(r'"\$ref": ?"#/components/schemas/([^"]+)"', world.nobody.get("/openapi.json").text)
    )
    assert references
    assert references <= set(described["components"]["schemas"])


def test_every_operation_is_named_once_summed_up_and_may_answer_a_problem(world: World) -> None:
    found = operations(document(world))
    assert len(found) >= 4
    ids = [operation["operationId"] for _, operation in found]
    assert len(set(ids)) == len(ids)
    for name, operation in found:
        assert operation.get("summary"), name
        problem = operation["responses"]["default"]["content"]["application/problem+json"]["schema"]
        assert problem == {"$ref": "#/components/schemas/Problem"}, name


def test_every_field_of_an_answer_is_promised(world: World) -> None:
    described = document(world)
    for name, operation in operations(described):
        for status, response in operation["responses"].items():
            for content in response.get("content", {}).values() if status != "default" else ():
                schema = content["schema"]
                reference = schema.get("$ref", "").rpartition("/")[2]
                schema = described["components"]["schemas"].get(reference, schema)
                assert set(schema.get("required", ())) == set(schema.get("properties", {})), (name, reference)


def test_the_document_names_the_address_it_is_served_under(world: World) -> None:
    assert document(world)["servers"] == [{"url": "/"}]
    assert document(world, x_forwarded_prefix="/notes")["servers"] == [{"url": "/notes"}]


@pytest.mark.parametrize("path", ["/docs", "/"])
def test_the_page_shows_every_operation_and_loads_nothing_from_elsewhere(world: World, path: str) -> None:
    page = world.nobody.get(path)
    assert page.status_code == 200
    assert page.mimetype == "text/html"
    for name, _ in operations(document(world)):
        assert name.partition(" ")[2] in page.text.replace("&lt;", "<")
    loaded = re.findall(
        r"""(?:src|href|action|srcset|data)\s*=\s*["']?([^"'\s>]+)|url\(([^)]+)\)|@import\s+(\S+)""",
        page.text,
    )
    addresses = {address for found in loaded for address in found if address}
    assert addresses
    assert not [address for address in addresses if re.match(r"(\w+:)?//", address)]
    assert "<script" not in page.text


def test_the_development_clock_is_described_in_development_only(a_world: WorldMaker) -> None:
    assert "/v1/development/clock" in document(a_world("membership"))["paths"]
    produced = a_world("membership", environment="production")
    assert "/v1/development/clock" not in document(produced)["paths"]
