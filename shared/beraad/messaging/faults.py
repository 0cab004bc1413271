"""Faults of the database that pass: nothing is wrong with the event that met one."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

TRANSIENT = (OperationalError, InterfaceError, PoolTimeout)


def raise_if_transient(error: BaseException) -> None:
    """Raise the fault of the database that hides in `error`, if there is one: the batch is kept, nothing is parked."""
    for fault in _causes(error):
        if isinstance(fault, TRANSIENT):
            raise fault


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
