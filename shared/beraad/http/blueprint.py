"""flask-smorest's Blueprint, which documents a route; what is as expected is read and written without it, in a third of the time."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import flask_smorest
import orjson
from flask import Response, current_app, request
from marshmallow import Schema, ValidationError, fields
from werkzeug.exceptions import HTTPException

JSON = "application/json"


class Unchanged(HTTPException):
    """Whoever asks has what they ask for."""

    def __init__(self, tag: str) -> None:
        """Answered with 304 and that weak tag."""
        self.known = Response(status=304)
        self.known.set_etag(tag, weak=True)
        super().__init__(response=self.known)


class Blueprint(flask_smorest.Blueprint):
    """Routes of one kind."""

    def arguments(self, schema: Any, *, location: str = "json", **options: Any) -> Any:
        """As flask-smorest's, with a schema that is made once: it keeps nothing of what it loads.

        What is no JSON object, is said twice, or is refused, goes flask-smorest's way, which tells why.
        """
        made = schema() if isinstance(schema, type) else schema
        documented = super().arguments(made, location=location, **options)
        reading = {"json": _body, "query": _query}.get(location)
        if reading is None or (location == "query" and _takes_several(made)):
            return documented

        def decorate(view: Callable[..., Any]) -> Any:
            explaining = documented(view)

            @wraps(explaining)
            def read(*arguments: Any, **names: Any) -> Any:
                sent = reading(made)
                if sent is None:
                    return explaining(*arguments, **names)
                return view(*arguments, sent, **names)

            return read

        return decorate

    def response(self, status_code: int, schema: Any = None, **options: Any) -> Any:
        """As flask-smorest's. What is a response already, or comes with a status of its own, goes its way."""
        made = schema() if isinstance(schema, type) else schema
        documented = super().response(status_code, made, **options)
        if not isinstance(made, Schema):
            return documented
        otherwise = documented(lambda answer: answer)

        def decorate(view: Callable[..., Any]) -> Any:
            @wraps(documented(view))
            def write(*arguments: Any, **names: Any) -> Any:
                try:
                    answer = view(*arguments, **names)
                except Unchanged as unchanged:
                    return unchanged.known
                if isinstance(answer, Response | tuple):
                    return otherwise(answer)
                response = current_app.json.response(made.dump(answer))
                response.status_code = status_code
                return response

            return write

        return decorate


def _body(schema: Schema) -> Any:
    """What the schema makes of the request's body; None where there is something to explain."""
    if request.mimetype != JSON:
        return None
    try:
        sent = orjson.loads(request.get_data())
        return schema.load(sent) if isinstance(sent, dict) else None
    except (ValueError, ValidationError):
        return None


def _query(schema: Schema) -> Any:
    """What the schema makes of the request's query; None where there is something to explain."""
    sent = {name: values[0] for name, values in request.args.lists() if len(values) == 1}
    if len(sent) < len(request.args):
        return None
    try:
        return schema.load(sent)
    except ValidationError:
        return None


def _takes_several(schema: Schema) -> bool:
    return any(isinstance(field, fields.List | fields.Tuple) for field in schema.fields.values())
