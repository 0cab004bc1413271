"""`python answering.py HOST:PORT THREADS`: an application that waits as long as its address says, served as ours are."""

import sys
import time
from collections.abc import Callable, Iterable
from typing import Any

from beraad.peer import arriving_within
from beraad.web import Serving, serve


def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    if environ["PATH_INFO"] == "/exit":
        sys.exit("a view that ends its thread")
    if environ["PATH_INFO"] == "/soon":
        return hurried(environ, start_response)
    time.sleep(float(environ["QUERY_STRING"] or 0))
    body = environ["wsgi.input"].read() + environ["PATH_INFO"].encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


def hurried(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """What is sent must come within the seconds its address says."""
    status = "200 OK"
    try:
        with arriving_within(float(environ["QUERY_STRING"]), environ):
            environ["wsgi.input"].read()
    except TimeoutError:
        status = "408 Request Timeout"
    start_response(status, [("Content-Length", "0")])
    return []


if __name__ == "__main__":
    serve(lambda: answer, Serving(sys.argv[1], threads=int(sys.argv[2])))
