"""Mail scanners open every link: a GET or HEAD on any of them changes nothing, in any service, to the last byte."""

import re
from dataclasses import replace
from email import message_from_bytes, policy
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select

from beraad.perform import transaction
from beraad_notifications.domain.catalogue import KINDS
from beraad_notifications.domain.unsubscribing import preferences_token
from beraad_notifications.mail.message import Composer
from beraad_notifications.mail.samples import sample_letter
from beraad_notifications.mail.templates import LANGUAGES
from worlds.callers import Caller
from worlds.world import World, WorldMaker

LINK = re.compile(r"https?://[^\s\"'<>\\]+")
SERVICES = ("membership", "meetings", "deliberation", "notifications")


@pytest.fixture
def worlds(a_world: WorldMaker) -> dict[str, World]:
    return {name: a_world(name) for name in SERVICES}


def links_of(content: bytes) -> set[str]:
    """In headers and in every part."""
    message = message_from_bytes(content, policy=policy.default)
    texts = [str(value) for value in message.values()]
    texts += [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
    unfolded = "\n".join(texts).replace("\r\n ", "")
    return {unescape(link).rstrip(".,;)") for link in LINK.findall(unfolded)}


def everything(world: World) -> dict[str, list[Any]]:
    """Every row of every table."""
    tables = world.service.database.metadata.sorted_tables
    with transaction(world.store) as work:
        return {table.name: sorted(map(repr, work.session.execute(select(table)))) for table in tables}


def links(worlds: dict[str, World], reader: Caller) -> set[str]:
    assert reader.person_id is not None
    composer = Composer(worlds["notifications"].settings)
    found: set[str] = set()
    for kind in KINDS:
        for language in sorted({*LANGUAGES, "de"}):
            letter = sample_letter(kind, language)
            claim = replace(letter.claim, person_id=reader.person_id)
            found |= links_of(composer.compose(replace(letter, claim=claim))[1])
    return found


def test_a_link_that_is_opened_changes_nothing(worlds: dict[str, World]) -> None:
    notifications = worlds["notifications"]
    reader = notifications.person("Anna", language="de")
    root = notifications.settings.public_url
    before = {name: everything(world) for name, world in worlds.items()}
    opened = set()
    for link in sorted(links(worlds, reader)):
        address = link.replace("https://beraad.example.org", root)
        name, _, path = address.removeprefix(f"{root}/").partition("/")
        if not address.startswith(root) or name not in worlds:
            continue
        opened.add(f"{name}/{path.split('/')[1]}" if "/" in path else name)
        for caller in (worlds[name].nobody, worlds[name].as_person(reader.person_id)):  # type: ignore[arg-type]
            for method in ("GET", "HEAD"):
                assert caller.call(method, f"/{path}").status_code < 500, link
    assert {name: everything(world) for name, world in worlds.items()} == before
    assert {"notifications/unsubscribe", "notifications/preferences", "notifications/replies"} <= opened
    assert {"membership/auth", "meetings/meetings", "deliberation/rounds"} <= opened


def test_whoever_looks_would_see_a_change(worlds: dict[str, World]) -> None:
    world = worlds["notifications"]
    reader = world.person()
    assert reader.person_id is not None
    before = everything(world)
    path = f"/v1/preferences/{preferences_token(reader.person_id, world.settings.secret_key)}"
    form = {"data": "revision=0&kind.round_opened=off", "content_type": "application/x-www-form-urlencoded"}
    assert world.nobody.call("POST", path, **form).status_code == 200
    assert everything(world) != before
