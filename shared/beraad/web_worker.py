"""gunicorn's threaded worker, answering what it refuses itself with a problem document as everything else does."""

from __future__ import annotations

import json
import socket
from typing import Any

import structlog
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import ThreadWorker

REFUSALS = (
    (LimitRequestLine, 414, "AddressTooLong", "the address of the request is too long"),
    (LimitRequestHeaders, 431, "HeadersTooLarge", "the headers of the request are too large"),
    (ParseException, 400, "MalformedRequest", "this is not a request HTTP knows"),
    (Exception, 500, "InternalError", "a defect of ours; it was logged, nothing was changed"),
)
log = structlog.get_logger()


class ProblemWorker(ThreadWorker):  # type: ignore[misc]
    """A request that never reaches the application (too long, malformed) is refused like any other."""

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        """Answer with RFC 9457 and close; a connection that is gone already is left alone."""
        status, code, detail = next(
            refusal[1:] for refusal in REFUSALS if isinstance(exc, refusal[0]) or refusal[0] is Exception
        )
        log.warning("request_refused", status=status, error=repr(exc))
        document = {
            "type": f"/problems/{code}",
            "title": code,
            "status": status,
            "code": code,
            "detail": detail,
        }
        body = json.dumps(document)
        head = f"HTTP/1.1 {status} {code}\r\nConnection: close\r\nContent-Type: application/problem+json\r\n"
        try:
            write_nonblock(client, f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
        except OSError as error:
            log.info("answer_not_sent", error=repr(error))
