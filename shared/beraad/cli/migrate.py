"""`beraad migrate`: the only way a schema changes."""

from __future__ import annotations

import click

from beraad.cli.services import plain_errors


@click.command()
@click.argument("names", metavar="[SERVICE]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every installed service, in turn.")
@click.option(
    "--check", is_flag=True, help="Change nothing: exit 1 where migrations are pending or incomplete."
)
def migrate(names: tuple[str, ...], everything: bool, check: bool) -> None:
    """Bring each SERVICE's database to the newest schema and prepare what it needs before its first request.

    Safe to run twice, and from two places at once.
    """
    from beraad.service import service_names

    chosen = service_names() if everything else names
    if not chosen:
        raise click.UsageError("name a service, or --all")
    outcomes = []
    for name in chosen:
        with plain_errors(name):
            outcomes.append(_check(name) if check else _migrate(name))
    if not all(outcomes):
        raise SystemExit(1)


def _migrate(name: str) -> bool:
    from beraad.prepare import prepare
    from beraad.service import find_service
    from beraad.settings import read_settings

    for line in prepare(find_service(name), read_settings(name)):
        click.echo(line)
    click.echo(f"{name}: the database is up to date")
    return True


def _check(name: str) -> bool:
    from beraad.service import find_service
    from beraad.settings import read_settings
    from beraad.storage.autogenerate import differences
    from beraad.storage.engine import open_engine
    from beraad.storage.migrate import pending_migrations

    database = find_service(name).database
    engine = open_engine(read_settings(name).database_url, pool_size=1)
    with engine.connect() as connection:
        pending = pending_migrations(connection, database)
    found = (
        [f"migrations are pending: run `beraad migrate {name}`"] if pending else differences(engine, database)
    )
    click.echo(f"{name}: " + ("; ".join(found) or "the migrations are complete"))
    return not found
