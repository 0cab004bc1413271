"""What this service adds to `beraad`: `beraad mail …` (entry point group `beraad.commands`). It reads the service's database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from beraad.cli.services import Trouble, opened

if TYPE_CHECKING:
    from beraad.perform import Store
    from beraad.settings import Settings

SERVICE = "notifications"
json_option = click.option("--json", "as_json", is_flag=True, help="For programs: one JSON document.")


@click.group()
def mail() -> None:
    """Look after mail: why one came or did not, how it goes, what it looks like."""


@mail.command()
@click.option("--person", help="An id or a mail address.")
@click.option("--event", "event_id", type=click.UUID, help="The id of what it is about.")
@click.option("--event-type", help="Such as meetings.meeting.moved.v1: why no mail tells it.")
@click.option("--kind", help="A kind of mail, such as round_opened.")
@click.option("--delivery", "delivery_id", type=click.UUID)
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
@json_option
def why(limit: int, as_json: bool, **asked: Any) -> None:
    """Tell why a mail did or did not come, step by step, and what happens next.

    Name a delivery, or a person, an event, a kind: all that is named must hold. The oldest come first.
    """
    from beraad_notifications.commands.printing import print_json, print_timeline
    from beraad_notifications.queries.timeline import Asked, timeline

    _check_kind(asked["kind"])
    if not any(asked.values()):
        raise click.UsageError("name a delivery, a person, an event or a kind")
    with opened(SERVICE) as (_, settings, store):
        told = _asked(store, settings, lambda work: timeline(work, Asked(**asked), limit, None))
    (print_json if as_json else print_timeline)(told)


@mail.command()
@json_option
def status(as_json: bool) -> None:
    """Show the queue and its age, states, what mail servers answered in 24 hours, what is held back."""
    from beraad_notifications.commands.printing import print_json, print_overview
    from beraad_notifications.queries.overview import overview

    with opened(SERVICE) as (_, settings, store):
        told = _asked(store, settings, overview)
    (print_json if as_json else print_overview)(told)


@mail.command()
@click.argument("kind")
@click.argument("language")
@click.option("--html", is_flag=True, help="The HTML part instead of the text.")
def preview(kind: str, language: str, html: bool) -> None:
    """Print what a mail of KIND looks like in LANGUAGE, with sample data."""
    from beraad.settings import read_settings
    from beraad_notifications.mail.samples import sample_letter
    from beraad_notifications.mail.writing import Writer

    _check(kind, language)
    written = Writer(read_settings(SERVICE)).write(sample_letter(kind, language))
    click.echo(written.html if html else f"Subject: {written.subject}\n\n{written.text}")


@mail.command()
@click.argument("kind")
@click.argument("language")
@click.option("--to", "address", required=True, help="The mail address (or id) of an administrator.")
def test(kind: str, language: str, address: str) -> None:
    """Send a mail of KIND in LANGUAGE with sample data to an administrator, the way every mail goes."""
    from beraad.domain import NotAllowed
    from beraad.perform import perform
    from beraad_notifications.queries.timeline import whom
    from beraad_notifications.use_cases.send_test import SendTest, send_test

    _check(kind, language)
    with opened(SERVICE) as (_, settings, store):
        person_id: UUID | None = _asked(store, settings, lambda work: whom(work, address))
        if person_id is None:
            raise Trouble("nobody with that address is known here")
        try:
            event_id = perform(store, send_test, SendTest(kind, language, person_id))
        except NotAllowed as error:
            raise Trouble(str(error)) from error
    click.echo(f"queued; what becomes of it: beraad mail why --event {event_id}")


def _asked(store: Store[Any], settings: Settings, question: Any) -> Any:
    """Its answer, as whoever runs this machine: they may see all."""
    from beraad.domain import InvalidRequest, NotFound
    from beraad.perform import WORKER, reading

    with reading(store, WORKER) as work:
        try:
            return question(work)
        except (InvalidRequest, NotFound) as error:
            raise Trouble(str(error)) from error


def _check_kind(kind: str | None) -> None:
    from beraad_notifications.domain.catalogue import ANY_KIND

    if kind is not None and kind not in ANY_KIND:
        raise click.BadParameter(f"there is {', '.join(sorted(ANY_KIND))}", param_hint="--kind")


def _check(kind: str, language: str) -> None:
    from beraad_notifications.domain.catalogue import KINDS
    from beraad_notifications.mail.templates import LANGUAGES

    if kind not in KINDS:
        raise click.BadParameter(f"there is {', '.join(KINDS)}", param_hint="KIND")
    if language not in LANGUAGES:
        raise click.BadParameter(f"there is {', '.join(LANGUAGES)}", param_hint="LANGUAGE")
