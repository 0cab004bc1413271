"""Answers are written as marshmallow would have written them, whatever is in them."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date
from decimal import Decimal
from enum import StrEnum
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import orjson
import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import Schema, fields

from beraad.http.json import AnswerJson
from beraad.http.schemas import Answer
from beraad.service import find_service, service_names

for name in service_names():
    find_service(name)


class Word(StrEnum):
    YES = "yes"


class Odd(Answer):
    """Fields that no answer has yet."""

    renamed = fields.String(data_key="Renamed", attribute="name")
    deep = fields.String(attribute="name.first")
    spelled = fields.Integer(as_string=True)
    day = fields.Date(format="%d/%m/%Y")
    moment = fields.DateTime(format="timestamp")
    counted = fields.Dict(keys=fields.String(), values=fields.Integer())
    many = fields.Nested(Schema.from_dict({"n": fields.Integer()}), many=True)
    days = fields.List(fields.Date())
    made = fields.Method("make")
    filled = fields.String(dump_default="nothing")

    def make(self, found: Any) -> str:
        return type(found).__name__


def answers(kind: type[Answer] = Answer) -> Iterator[type[Answer]]:
    for one in kind.__subclasses__():
        yield one
        yield from answers(one)


def values(field: Any) -> st.SearchStrategy[Any]:
    """What a field of that kind meets, and what it does not expect."""
    kinds: dict[type, st.SearchStrategy[Any]] = {
        fields.String: st.text() | st.just(Word.YES) | st.integers() | st.just(b"bytes"),
        fields.UUID: st.uuids() | st.uuids().map(str),
        fields.Integer: st.integers() | st.booleans() | st.just("12") | st.just(3.0),
        fields.Boolean: st.booleans() | st.sampled_from(["true", 0, 1]),
        fields.AwareDateTime: st.datetimes(timezones=st.just(UTC)),
        fields.Date: st.dates() | st.datetimes(),
        fields.Dict: st.dictionaries(st.text(), st.integers()),
    }
    if isinstance(field, fields.List):
        return st.lists(values(field.inner), max_size=3) | st.tuples(values(field.inner)) | st.none()
    if isinstance(field, fields.Nested):
        one = objects(field.schema)
        return (st.lists(one, max_size=2) if field.many else one) | st.none()
    if type(field) is fields.Dict and field.value_field is not None:
        return st.dictionaries(st.text(), values(field.value_field), max_size=2) | st.none()
    return kinds.get(type(field), st.none()) | st.none()


def objects(schema: Schema) -> st.SearchStrategy[Any]:
    """Rows as queries give them: documents or things with attributes, of which something may be missing."""
    found = st.fixed_dictionaries(
        {}, optional={str(one.attribute or name): values(one) for name, one in schema.dump_fields.items()}
    )
    return found | found.map(lambda kept: SimpleNamespace(**kept))


def outcome(write: Callable[[], Any]) -> Any:
    """What comes of it, in its order, or how it is refused."""
    try:
        return json.dumps(write(), default=str)
    except Exception as error:
        return type(error), str(error)


def by_name(kind: type[Answer]) -> str:
    return kind.__qualname__


EVERY: list[type[Answer]] = sorted(set(answers()), key=by_name)


@pytest.mark.parametrize("kind", EVERY, ids=by_name)
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_it_is_what_marshmallow_makes_of_it(kind: type[Answer], data: st.DataObject) -> None:
    schema = kind()
    found = data.draw(objects(schema))
    assert outcome(lambda: schema.dump(found)) == outcome(lambda: Schema._serialize(schema, found))
    both = [found, found]
    expected = outcome(lambda: [Schema._serialize(schema, one) for one in both])
    assert outcome(lambda: schema.dump(both, many=True)) == expected


def test_an_answer_that_is_nothing_stays_nothing_or_is_refused_as_before() -> None:
    schema = Odd()
    assert schema.dump(None, many=True) == Schema._serialize(schema, None, many=True)


def test_json_is_written_by_orjson_and_by_flask_what_orjson_does_not_know() -> None:
    app = Flask(__name__)
    app.json = AnswerJson(app)
    id_ = UUID(int=1)
    with app.test_request_context():
        simple = app.json.response({"b": "é", "a": [1, None, True], "id": id_})
        odd = app.json.response({"price": Decimal("1.5"), "on": date(2017, 1, 2), 3: "key"})
    assert (
        simple.get_data()
        == '{"b":"é","a":[1,null,true],"id":"00000000-0000-0000-0000-000000000001"}\n'.encode()
    )
    assert simple.content_type == odd.content_type == "application/json"
    assert odd.get_json()["price"] == "1.5"
    assert orjson.loads(simple.get_data())["b"] == "é"
