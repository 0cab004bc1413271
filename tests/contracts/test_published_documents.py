"""What integrators get: AsyncAPI by the official schema, golden examples by their contracts, and nothing that breaks them."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cloudevents.core.formats.json import JSONFormat
from jsonschema import Draft7Validator, ValidationError
from marshmallow import EXCLUDE, RAISE
from marshmallow import ValidationError as BrokenBody

from architecture.tree import ROOT
from beraad.contracts import all_contracts, read_tolerantly
from beraad.messaging.envelope import from_json
from contracts.compatibility import Contracts, breaks, present, released

EVENTS = ROOT / "docs/events"
OFFICIAL = Path(__file__).parent / "asyncapi/3.0.0.json"
ASYNCAPI = json.loads((EVENTS / "asyncapi.json").read_text())
UPDATED = "membership.person.updated.v1"


def by_the_official_schema(document: dict[str, Any]) -> None:
    Draft7Validator(json.loads(OFFICIAL.read_text())).validate(document)


def test_the_document_follows_asyncapi_3() -> None:
    by_the_official_schema(ASYNCAPI)


@pytest.mark.parametrize(
    "path",
    [
        ("info",),
        ("channels", UPDATED, "bindings", "amqp", "is"),
        ("operations", f"membership.sends.{UPDATED}", "action"),
    ],
)
def test_a_document_that_does_not_follow_it_is_noticed(path: tuple[str, ...]) -> None:
    broken = copy.deepcopy(ASYNCAPI)
    inner = broken
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = "nonsense"
    with pytest.raises(ValidationError):
        by_the_official_schema(broken)


def test_every_topic_has_a_channel_a_message_and_a_sender() -> None:
    for type_, contract in all_contracts().items():
        channel = ASYNCAPI["channels"][type_]
        assert channel["address"] == type_
        assert (
            channel["bindings"]["amqp"]["exchange"]["name"]
            == f"beraad.{'private' if contract.private else 'events'}"
        )
        assert type_ in ASYNCAPI["components"]["messages"]
        assert ASYNCAPI["operations"][f"{contract.publisher}.sends.{type_}"]["action"] == "send"
    assert ASYNCAPI["operations"][f"meetings.receives.{UPDATED}"]["action"] == "receive"


@pytest.mark.parametrize("type_", all_contracts())
def test_a_golden_example_is_what_its_contract_says(type_: str) -> None:
    told = json.loads((EVENTS / "examples" / f"{type_}.json").read_text())
    contract = all_contracts()[type_]
    contract.schema(unknown=RAISE).load(told["data"])
    assert set(told["data"]) == set(contract.schema().fields)
    envelope = from_json(told)
    assert (envelope.type, envelope.publisher) == (type_, contract.publisher)
    assert envelope.subject == f"{contract.aggregate}/{told['data'][contract.key]}"
    read = JSONFormat().read(None, json.dumps(told))
    assert (read.get_type(), read.get_data()) == (type_, told["data"])
    assert read.get_extension("sequence") == envelope.sequence
    Draft7Validator(ASYNCAPI["components"]["messages"][type_]["payload"]).validate(told["data"])


@pytest.mark.parametrize("type_", all_contracts())
def test_what_is_received_reads_as_its_schema_loads_it(type_: str) -> None:
    """Whole, with more than we know, and with each field missing, null or wrong in its turn."""
    told = json.loads((EVENTS / "examples" / f"{type_}.json").read_text())["data"]
    without = [{name: value for name, value in told.items() if name != left_out} for left_out in told]
    wrong = [{**told, name: value} for name in told for value in (None, "", -1, ["x"], {"x": 1})]
    for body in (told, {**told, "later": 1}, {}, *without, *wrong):
        assert _outcome(read_tolerantly, type_, body) == _outcome(_loaded, type_, body)


def _loaded(type_: str, body: dict[str, Any]) -> dict[str, Any]:
    return all_contracts()[type_].schema(unknown=EXCLUDE).load(body)  # type: ignore[no-any-return]


def _outcome(read: Callable[[str, dict[str, Any]], dict[str, Any]], type_: str, body: dict[str, Any]) -> Any:
    try:
        return read(type_, body)
    except BrokenBody as error:
        return error.messages


# -- compatibility --------------------------------------------------------------------------------------------------


def test_the_contracts_have_only_grown_since_the_last_release() -> None:
    assert breaks(released(), present()) == []


def field(contracts: Contracts, name: str) -> dict[str, Any]:
    found: dict[str, Any] = contracts[UPDATED]["payload"]["properties"][name]
    return found


BREAKING: dict[str, Callable[[Contracts], object]] = {
    "is gone; publish it beside a .v2": lambda now: now.pop(UPDATED),
    "its person was person_id and is None": lambda now: now[UPDATED].update(person=None),
    "its private was False and is True": lambda now: now[UPDATED].update(private=True),
    "name is gone; keep it": lambda now: now[UPDATED]["payload"]["properties"].pop("name"),
    "name may be absent now": lambda now: now[UPDATED]["payload"]["required"].remove("name"),
    "name was of type string and is of ['string', 'null']": lambda now: field(now, "name").update(
        type=["string", "null"]
    ),
    "person_id was of format uuid and is of None": lambda now: field(now, "person_id").pop("format"),
    "name had maxLength 200 and has 300": lambda now: field(now, "name").update(maxLength=300),
    "name had maxLength 200 and has none": lambda now: field(now, "name").pop("maxLength"),
    "profiles holds items that had maxLength 100 and has 200": lambda now: field(now, "profiles")[
        "items"
    ].update(maxLength=200),
}


@pytest.mark.parametrize("told", BREAKING)
def test_a_change_that_breaks_a_reader_is_told(told: str) -> None:
    now = copy.deepcopy(present())
    BREAKING[told](now)
    (found,) = breaks(present(), now)
    assert found.startswith(f"{UPDATED}: {told}")


def test_a_word_that_is_no_longer_said_is_told_and_a_new_one_is_welcome() -> None:
    before = present()
    now = copy.deepcopy(before)
    kinds = now["membership.group.created.v1"]["payload"]["properties"]["kind"]["enum"]
    kinds.append("circle")
    assert breaks(before, now) == []
    assert breaks(now, before) == [
        "membership.group.created.v1: kind no longer says ['circle']; that is a .v2"
    ]


def test_what_grows_breaks_nobody() -> None:
    now = copy.deepcopy(present())
    now[UPDATED]["payload"]["properties"]["shoe_size"] = {"type": "integer"}
    now[UPDATED]["payload"]["required"].append("shoe_size")
    field(now, "name").update(maxLength=100)
    now["membership.person.praised.v1"] = now[UPDATED]
    assert breaks(present(), now) == []
