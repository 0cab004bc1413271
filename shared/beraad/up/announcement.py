"""The banner: shown once, when everything is ready; what is missing is told when that takes long."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import click

from beraad.up.environment import Place

LOOK_EVERY = 0.1
PATIENCE = 15.0


class Announcement:
    """Called by the supervisor until it has been made."""

    def __init__(self, place: Place, lines: Sequence[str], started: float) -> None:
        """`started` by the monotonic clock; `lines` are what the services want to be read, such as the administrator's sign-in link."""
        self._place = place
        self._lines = lines
        self._started = started
        self._patience = PATIENCE

    def __call__(self) -> float | None:
        """Look whether all is ready; seconds until the next look, or None when it was told."""
        missing = self._why_not_ready()
        waited = time.monotonic() - self._started
        if not missing:
            click.echo(self._banner(waited))
            return None
        if waited > self._patience:
            click.echo(f"Beraad is not ready after {waited:.0f} s: {missing}")
            self._patience *= 2
        return LOOK_EVERY

    def _why_not_ready(self) -> str:
        try:
            with urlopen(f"{self._place.address}/readyz", timeout=1):  # noqa: S310 - our own address
                return ""
        except HTTPError as error:
            with error:
                return "; ".join(json.load(error).get("reasons", [str(error)]))
        except (URLError, OSError, ValueError) as error:
            return f"the web process does not answer: {error}"

    def _banner(self, waited: float) -> str:
        place = self._place
        public = os.environ.get("BERAAD_PUBLIC_URL", place.address)
        kept = "databases (SQLite), mails and secrets" if _embedded() else "mails and secrets"
        rows = [
            f"Beraad is ready in {waited:.1f} s.",
            "",
            f"  start here   {public}/",
            *(
                [f"  mail         {public}/inbox  (smtp 127.0.0.1:{place.mail_port})"]
                if place.mail_port is not None
                else []
            ),
            f"  data         {place.data}  ({kept}: a restart keeps them)",
            "",
            *(f"  {line}" for line in self._lines),
            "  One machine; for more, use docker compose. Ctrl-C stops.",
        ]
        return "\n" + "\n".join(rows) + "\n"


def _embedded() -> bool:
    return any(
        v.startswith("sqlite")
        for k, v in os.environ.items()
        if k.startswith("BERAAD_") and k.endswith("_DATABASE_URL")
    )
