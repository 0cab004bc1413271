"""`python answering.py HOST:PORT THREADS`: an application that waits as long as its address says, served as ours are."""

import sys
import time
from collections.abc import Callable, Iterable
from typing import Any

from beraad.web import Serving, serve


def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    if environ["PATH_INFO"] == "/exit":
        sys.exit("a view that ends its thread")
    time.sleep(float(environ["QUERY_STRING"] or 0))
    body = environ["wsgi.input"].read() + environ["PATH_INFO"].encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


if __name__ == "__main__":
    serve(lambda: answer, Serving(sys.argv[1], threads=int(sys.argv[2])))
