"""Someone who calls a service: a person, a service, or nobody. Answers read as `status` and `json`."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Flask
from werkzeug.test import TestResponse


@dataclass(frozen=True)
class Caller:
    """Headers are given as keyword arguments: `if_match='"3"'`, `idempotency_key="k"`, `wait_for=…`."""

    app: Flask
    person_id: UUID | None = None
    authorization: str | None = None

    @property
    def id(self) -> UUID:
        """Of the person calling."""
        assert self.person_id, "not a person"
        return self.person_id

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.call("GET", path, **options)

    def post(self, path: str, json: Any = None, **options: Any) -> TestResponse:
        return self.call("POST", path, json=json, **options)

    def put(self, path: str, json: Any = None, **options: Any) -> TestResponse:
        return self.call("PUT", path, json=json, **options)

    def patch(self, path: str, json: Any = None, **options: Any) -> TestResponse:
        return self.call("PATCH", path, json=json, **options)

    def delete(self, path: str, **options: Any) -> TestResponse:
        return self.call("DELETE", path, **options)

    def call(self, method: str, path: str, **options: Any) -> TestResponse:
        passed = {name: options.pop(name) for name in PASSED if name in options}
        headers = {name.replace("_", "-").title(): str(value) for name, value in options.items()}
        if self.authorization is not None:
            headers.setdefault("Authorization", self.authorization)
        return self.app.test_client(use_cookies=False).open(path, method=method, headers=headers, **passed)


PASSED = ("json", "data", "query_string", "content_type", "environ_base", "environ_overrides")


def problem(answer: TestResponse, status: int, code: str) -> dict[str, Any]:
    """The problem document of an answer that must be one, with that status and code."""
    assert answer.status_code == status, (answer.status_code, answer.get_data(as_text=True))
    assert answer.content_type == "application/problem+json"
    document: dict[str, Any] = answer.get_json(force=True)
    assert document["status"] == status
    assert document["code"] == code, document
    assert document["type"] == f"/problems/{code}"
    assert document["title"]
    assert "detail" in document
    return document


def ok(answer: TestResponse, status: int = 200) -> Any:
    """The body of an answer that must have succeeded."""
    assert answer.status_code == status, (answer.status_code, answer.get_data(as_text=True))
    return answer.get_json(silent=True)
