"""flask-smorest's Blueprint, which makes a body's schema once instead of for each request."""

from __future__ import annotations

from typing import Any

import flask_smorest


class Blueprint(flask_smorest.Blueprint):
    """Routes of one kind."""

    def arguments(self, schema: Any, **options: Any) -> Any:
        """As flask-smorest's; a schema that is made keeps nothing of what it loads."""
        made = schema() if isinstance(schema, type) else schema
        return super().arguments(made, **options)
