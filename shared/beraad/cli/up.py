"""`beraad up`: everything on one machine."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.option("--port", envvar="BERAAD_PORT", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--host", envvar="BERAAD_HOST", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option(
    "--data",
    envvar="BERAAD_DATA",
    default="var/beraad",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where databases, mails and secrets are kept.",
)
@click.option("--threads", envvar="BERAAD_THREADS", default=4, show_default=True, type=click.IntRange(1, 64))
def up(port: int, host: str, data: Path, threads: int) -> None:
    """Start all services, their workers and a mail inbox, in one command and on one port.

    BERAAD_<SERVICE>_DATABASE_URL, BERAAD_BROKER_URL and BERAAD_SMTP_URL put PostgreSQL, RabbitMQ and a mail
    server in the place of what is embedded.
    """
    import os

    from beraad.cli.services import plain_errors
    from beraad.up.environment import CannotStart, Place, arrange, lock_data
    from beraad.up.ports import listen

    try:
        listener = listen(host, port)
        mail_listener = None if os.environ.get("BERAAD_SMTP_URL") else listen("127.0.0.1", 0)
        mail_port = mail_listener.getsockname()[1] if mail_listener else None
        place = Place(data.resolve(), host, listener.getsockname()[1], mail_port)
        lock_data(place.data)
        arrange(place)
    except CannotStart as error:
        raise click.ClickException(str(error)) from error
    from beraad.up.run import run  # only now: the metrics read the environment when they are imported

    with plain_errors():
        code = run(place, listener, mail_listener, threads)
    raise SystemExit(code)
