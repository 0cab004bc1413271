"""docs/record.schema.json: the shape of a group's export as far as it is checked."""

from __future__ import annotations

import json

from beraad_deliberation.record.export import json_schema


def schema() -> str:
    """JSON Schema 2020-12."""
    return json.dumps(json_schema(), indent=1)
