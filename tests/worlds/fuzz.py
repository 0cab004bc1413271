"""Requests made from a service's OpenAPI document, well-formed and not, against the real application.

Ids met in answers are used again in later requests, so that routes are reached beyond their 404.
"""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import count, cycle
from random import Random
from typing import Any
from uuid import UUID

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.core.result import Ok

from worlds.callers import Caller

CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance, status_code_conformance]
UUID_TEXT = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
NAMED_ID = re.compile(rf'"(\w*id)": ?"({UUID_TEXT.pattern})"')
METHODS = ("POST", "PUT", "PATCH", "GET", "DELETE")


@dataclass
class Fuzz:
    """What was sent and what came back: `statuses` by status, `reached` the operations that once succeeded."""

    caller: Caller
    statuses: Counter[int] = field(default_factory=Counter)
    reached: set[str] = field(default_factory=set)
    operations: set[str] = field(default_factory=set)
    _ids: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _random: Random = field(default_factory=lambda: Random(2017))

    @property
    def cases(self) -> int:
        return self.statuses.total()

    def knows(self, name: str, *ids: UUID | None) -> None:
        """`fuzz.knows("person_id", anna, bram)`."""
        self._ids[name].extend(str(known) for known in ids)

    def begins(self, path: str, body: dict[str, Any]) -> None:
        """Create something real, so that what belongs to it can be asked for."""
        answer = self.caller.post(path, body)
        assert answer.status_code == 201, answer.text
        self._remember(path, answer.text)

    def run(self, at_least: int, per_round: int = 10) -> None:
        """Go round all operations, creating ones first, until so many requests were sent."""
        schema = schemathesis.openapi.from_wsgi("/openapi.json", self.caller.app)
        found = list(schema.get_all_operations())
        operations = [result.ok() for result in found if isinstance(result, Ok)]
        assert len(operations) == len(found), "an operation cannot be understood"
        operations.sort(key=lambda operation: METHODS.index(operation.method.upper()))
        modes = cycle((GenerationMode.POSITIVE, GenerationMode.POSITIVE, GenerationMode.NEGATIVE))
        for turn in count():
            if self.cases >= at_least:
                return
            mode = next(modes)
            for operation in operations:
                self.operations.add(operation.label)
                self._try(operation.as_strategy(generation_mode=mode), per_round, turn)

    def _try(self, cases: st.SearchStrategy[Case[Any]], examples: int, turn: int) -> None:
        @seed(turn)
        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(cases)
        def send(case: Case[Any]) -> None:
            self._send(case)

        send()

    def _send(self, case: Case[Any]) -> None:
        case.path_parameters = self._with_known_ids(case.path_parameters, "")
        case.body = self._with_known_ids(case.body, "")
        headers = {"Authorization": self.caller.authorization or ""}
        if case.method in {"PUT", "PATCH"} and self._random.random() < 0.9:
            headers["If-Match"] = f'"{self._random.randint(1, 6)}"'
        if case.method == "POST" and self._random.random() < 0.3:
            headers["Idempotency-Key"] = self._random.choice(["a", "b", str(self.cases)])
        response = case.call(headers=headers)
        self.statuses[response.status_code] += 1
        if response.status_code < 300:
            self.reached.add(case.operation.label)
            self._remember(case.operation.path, response.text)
        case.validate_response(response, checks=CHECKS)

    def _remember(self, path: str, answered: str) -> None:
        """`"group_id": "…"` by its name; the `id` of what `/v1/meetings` answers as `meeting_id`."""
        kind = next(part for part in reversed(path.split("/")) if not part.startswith("{"))
        for name, known in NAMED_ID.findall(answered)[:10]:
            of_kind = self._ids[f"{kind.removesuffix('s').replace('-', '_')}_id" if name == "id" else name]
            of_kind.append(known)
            del of_kind[:-20]

    def _with_known_ids(self, value: Any, name: str) -> Any:
        if isinstance(value, dict):
            return {key: self._with_known_ids(inner, key) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._with_known_ids(inner, name.removesuffix("s")) for inner in value]
        known = self._ids.get(name) or self._ids["group_id"]
        if (
            name != "id"
            and isinstance(value, str)
            and UUID_TEXT.fullmatch(value)
            and self._random.random() < 0.8
        ):
            return self._random.choice(known)
        return value
