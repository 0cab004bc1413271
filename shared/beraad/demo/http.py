"""A small client of the service APIs, as a frontend would have one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import urllib3

TIMEOUT = urllib3.Timeout(connect=5, read=30)
NOT_OURS = {"code": "NotJson", "detail": "this is not the address of Beraad"}
SERVICES = ("membership", "meetings", "deliberation", "notifications")


class Refused(Exception):
    """The system refused a request; `code` is the rule's name."""

    def __init__(self, status: int, problem: dict[str, Any], what: str) -> None:
        """Keep the problem document for whoever expected a refusal."""
        super().__init__(
            f"{what} → {status} {problem.get('code')}: {problem.get('detail')} {problem.get('errors', '')}"
        )
        self.status = status
        self.code = str(problem.get("code"))
        self.problem = problem


@dataclass(frozen=True)
class Reply:
    """What came back: the body, and the headers a next step needs."""

    body: Any
    etag: str
    cookies: str


class Api:
    """The whole system behind one address, as somebody (or nobody) signed in."""

    def __init__(self, url: str, token: str = "", pool: urllib3.PoolManager | None = None) -> None:
        """`url` is the gateway's address; `token` an access token."""
        self.url = url.rstrip("/")
        self._pool = pool or urllib3.PoolManager(maxsize=16, timeout=TIMEOUT, retries=False)
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def signed_in(self, token: str) -> Api:
        """The same system as somebody else."""
        return Api(self.url, token, self._pool)

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: dict[str, str] | None = None,
        raw: bytes | None = None,
    ) -> Reply:
        """One request. Raises `Refused` for every error answer."""
        sent = {**self._headers, **(headers or {})}
        data = raw
        if body is not None:
            data = json.dumps(body, default=str).encode()
            sent["Content-Type"] = "application/json"
        response = self._pool.request(method, self.url + path, body=data, headers=sent)
        try:
            answer = json.loads(response.data) if response.data else None
        except ValueError:
            raise Refused(response.status, NOT_OURS, f"{method} {path}") from None
        if response.status >= 400:  # noqa: PLR2004 - the first error status
            raise Refused(response.status, answer or {}, f"{method} {path}")
        cookies = "; ".join(c.split(";")[0] for c in response.headers.getlist("Set-Cookie"))
        return Reply(answer, response.headers.get("ETag", "").strip('"'), cookies)

    def get(self, path: str, **query: Any) -> Any:
        """Read; `query` values of None are left out."""
        arguments = urlencode({name: value for name, value in query.items() if value is not None}, doseq=True)
        return self.send("GET", f"{path}?{arguments}" if arguments else path).body

    def page(self, path: str) -> str:
        """A page to read, as text. Raises `Refused`."""
        response = self._pool.request("GET", self.url + path, headers=self._headers)
        if response.status >= 400:  # noqa: PLR2004 - the first error status
            raise Refused(response.status, json.loads(response.data), f"GET {path}")
        return response.data.decode()

    def all(self, path: str, **query: Any) -> list[Any]:
        """Every item of a paged list, following `Link: rel="next"`."""
        items: list[Any] = []
        address: str | None = f"{path}?{urlencode({**query, 'limit': 100}, doseq=True)}"
        while address:
            response = self._pool.request("GET", self.url + address, headers=self._headers)
            if response.status >= 400:  # noqa: PLR2004 - the first error status
                raise Refused(response.status, json.loads(response.data), f"GET {address}")
            items.extend(json.loads(response.data)["items"])
            link = response.headers.get("Link", "")
            address = link[1 : link.index(">")] if link else None
        return items

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """Create or act."""
        return self.send("POST", path, body, headers=_named(headers)).body

    def put(self, path: str, body: Any = None, **headers: str) -> Any:
        """Set."""
        return self.send("PUT", path, body, headers=_named(headers)).body

    def patch(self, path: str, body: Any, **headers: str) -> Any:
        """Change."""
        return self.send("PATCH", path, body, headers=_named(headers)).body

    def delete(self, path: str) -> Any:
        """Remove."""
        return self.send("DELETE", path).body


def _named(headers: dict[str, str]) -> dict[str, str]:
    """`if_match="3"` → `If-Match: 3`."""
    return {name.replace("_", "-").title(): str(value) for name, value in headers.items()}
