"""What an event carries, as JSON Schema: apispec reads it from the contract."""

from __future__ import annotations

from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin

from beraad.contracts import Contract

_PLUGIN = MarshmallowPlugin()
APISpec(title="events", version="1", openapi_version="3.1.0", plugins=[_PLUGIN])


def payload(contract: Contract) -> dict[str, Any]:
    """The schema of the body. Fields nobody knows yet are welcome: within a version a contract may grow."""
    converter: Any = _PLUGIN.converter
    schema: dict[str, Any] = converter.schema2jsonschema(contract.schema())
    schema["additionalProperties"] = True
    return schema
