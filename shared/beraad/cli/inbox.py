"""`beraad inbox`: a mail server for development and demos, with a page to read what was sent."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", default=8025, show_default=True, type=click.IntRange(0, 65535), help="Of the pages.")
@click.option("--smtp-port", default=1025, show_default=True, type=click.IntRange(0, 65535))
@click.option(
    "--data",
    default="var/inbox",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where mails are kept, one file each.",
)
@click.option("--public-url", envvar="BERAAD_PUBLIC_URL", default="", help="What browsers see before /inbox.")
def inbox(host: str, port: int, smtp_port: int, data: Path, public_url: str) -> None:
    """Take every mail, deliver none, and show them under /inbox to whoever asks. Not for production."""
    from beraad.up.environment import CannotStart, lock_data
    from beraad.up.ports import listen

    try:
        pages, smtp = listen(host, port), listen(host, smtp_port)
        lock_data(data)
    except CannotStart as error:
        raise click.ClickException(str(error)) from error
    from beraad.up.mail_server import run_mail_server

    click.echo(f"smtp {host}:{smtp.getsockname()[1]}, pages http://{host}:{pages.getsockname()[1]}/inbox")
    raise SystemExit(run_mail_server(data / "mail", smtp, pages, public_url))
