"""What is sent to a database, by SQLAlchemy or straight to the driver."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from sqlalchemy import Engine, event

from beraad.storage import straight


@contextmanager
def overhearing(engine: Engine, hear: Callable[[str, Mapping[str, Any]], object]) -> Iterator[None]:
    """Inside the block `hear` is told every statement and its parameters before it is sent."""

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        hear(statement, parameters)

    def send(by: Engine, text: bytes, parameters: Mapping[str, Any]) -> tuple[Any, ...] | None:
        if by.url == engine.url:
            hear(text.decode(), parameters)
        return sending(by, text, parameters)

    sending = straight.send
    event.listen(engine, "before_cursor_execute", note)
    try:
        with patch.object(straight, "send", send):
            yield
    finally:
        event.remove(engine, "before_cursor_execute", note)
