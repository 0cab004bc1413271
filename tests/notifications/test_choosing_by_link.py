"""The pages that the end of each mail leads to: nobody signs in, a GET changes nothing, nothing is told of others."""

import re
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from beraad.identifiers import new_id
from beraad.perform import transaction
from beraad_notifications.api.preferences_page import WORDS
from beraad_notifications.api.unsubscribe_page import WORDS as UNSUBSCRIBE
from beraad_notifications.domain.catalogue import DIGEST, OPTIONAL_KINDS
from beraad_notifications.domain.recipients import Choices
from beraad_notifications.domain.replying import Invited, reply_token
from beraad_notifications.domain.unsubscribing import (
    preferences_token,
    read_preferences_token,
    read_token,
    unsubscribe_token,
)
from beraad_notifications.use_cases.choose_preferences import (
    ChooseByLink,
    UndoUnsubscribe,
    Unsubscribe,
    choose_by_link,
    undo_unsubscribe,
    unsubscribe,
)
from notifications.vocabulary import NOON, MailRoom, address_of, happens, seat
from servers.smtp import SmtpSink
from worlds.callers import Caller, ok
from worlds.world import World, WorldMaker

ME = "/v1/me/preferences"
LANGUAGES = ("nl", "fr", "en", "de")


@pytest.fixture
def world(a_world: WorldMaker, smtp_sink: SmtpSink) -> World:
    return a_world("notifications", smtp_url=smtp_sink.url)


def page_of(world: World, caller: Caller) -> str:
    assert caller.person_id is not None
    return f"/v1/preferences/{preferences_token(caller.person_id, world.settings.secret_key)}"


def unsubscribe_page(world: World, caller: Caller, kind: str) -> str:
    assert caller.person_id is not None
    return f"/v1/unsubscribe/{unsubscribe_token(caller.person_id, kind, world.settings.secret_key)}"


def sends(world: World, path: str, *fields: tuple[str, Any]) -> TestResponse:
    form = {"data": urlencode(fields), "content_type": "application/x-www-form-urlencoded"}
    return world.nobody.call("POST", path, **form)


def fields_of(page: str) -> list[tuple[str, str]]:
    """What a browser would send if nothing were touched."""
    fields = [("revision", re.findall(r'name="revision" value="(\d+)"', page)[0])]
    for name, options in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', page, re.DOTALL):
        chosen = re.findall(r'value="([^"]*)" selected', options) or re.findall(r'value="([^"]*)"', options)
        fields.append((name, chosen[0]))
    fields += re.findall(r'type="time" name="([^"]+)" id="[^"]+" value="([^"]*)"', page)
    fields += re.findall(r'type="checkbox" name="([^"]+)" value="([^"]*)" checked', page)
    return fields


def but(fields: list[tuple[str, str]], **changed: str) -> list[tuple[str, str]]:
    named = {name.replace("__", "."): value for name, value in changed.items()}
    return [(name, named.get(name, value)) for name, value in fields]


# -- the page of all choices


def test_the_page_is_at_the_end_of_each_mail_and_shows_what_is_chosen(
    world: World, smtp_sink: SmtpSink
) -> None:
    anna, bram, group = world.person("Anna", language="nl"), world.person("Bram"), world.group("Wonen")
    seat(world, group, anna, bram)
    happens(world, "task_assigned", owner_id=anna.person_id)
    MailRoom(world).works()
    hers = next(mail for mail in smtp_sink.messages if address_of(anna.id) in mail.recipients)
    text = hers.message.get_body(("plain",))
    assert text is not None
    link = next(line for line in text.get_content().split() if "/v1/preferences/" in line)
    page = world.nobody.get(link.removeprefix("http://beraad.test/notifications"))
    assert page.status_code == 200
    assert '<html lang="nl">' in page.text
    assert "Kies je mails" in page.text
    assert "Wonen" in page.text
    assert not re.search("Anna|Bram|@", page.text.partition("</style>")[2])
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert "script-src" not in page.headers["Content-Security-Policy"]
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "<script" not in page.text


def test_what_is_sent_unchanged_changes_nothing(world: World) -> None:
    anna, group = world.person(), world.group()
    seat(world, group, anna)
    quiet = {"from": "22:00", "to": "07:00", "days": [1, 5], "urgent": False}
    body = {"groups": {str(group): {"round_opened": "daily"}}, "quiet_hours": quiet, "digests": {"hour": 18}}
    before = ok(anna.put(ME, body, if_match='"0"'))
    path = page_of(world, anna)
    saved = sends(world, path, *fields_of(world.nobody.get(path).text))
    assert saved.status_code == 200
    assert WORDS["en"]["saved"] in saved.text
    assert ok(anna.get(ME)) == before


def test_everything_on_the_page_can_be_chosen(world: World) -> None:
    anna, group = world.person(), world.group()
    seat(world, group, anna)
    path = page_of(world, anna)
    fields = but(
        fields_of(world.nobody.get(path).text),
        kind__round_opened="weekly",
        digest_hour="18",
        digest_weekday="5",
        quiet_from="22:00",
        quiet_to="06:30",
        **{f"group__{group}__all": "off"},
    )
    fields = [one for one in fields if one[0] not in {"quiet_urgent", "quiet_day"}] + [("quiet_day", "6")]
    assert sends(world, path, *fields).status_code == 200
    mine = ok(anna.get(ME))
    assert mine["preferences"]["round_opened"] == "weekly"
    assert mine["groups"] == {str(group): {"all": "off"}}
    assert mine["quiet_hours"] == {"from": "22:00", "to": "06:30", "days": [6], "urgent": False}
    assert mine["digests"] == {"hour": 18, "weekday": 5}
    again = but(
        fields_of(world.nobody.get(path).text),
        quiet_from="",
        quiet_to="",
        **{f"group__{group}__all": ""},
    )
    assert sends(world, path, *again).status_code == 200
    mine = ok(anna.get(ME))
    assert (mine["quiet_hours"], mine["groups"]) == (None, {})


def test_what_was_chosen_elsewhere_meanwhile_is_not_lost_and_neither_is_this(world: World) -> None:
    anna = world.person()
    path = page_of(world, anna)
    fields = but(fields_of(world.nobody.get(path).text), kind__round_opened="off")
    ok(anna.put(ME, {"vote_opened": "daily"}, if_match='"0"'))
    stale = sends(world, path, *fields)
    assert stale.status_code == 409
    assert WORDS["en"]["stale"] in stale.text
    assert f"<small>Now: {WORDS['en']['daily']}</small>" in stale.text
    assert ok(anna.get(ME))["preferences"]["round_opened"] == "immediate", "nothing was saved"
    entered = dict(fields_of(stale.text))
    assert (entered["kind.round_opened"], entered["revision"]) == ("off", "1")
    assert sends(world, path, *fields_of(stale.text)).status_code == 200
    assert ok(anna.get(ME))["preferences"]["round_opened"] == "off"


@pytest.mark.parametrize(
    "wrong",
    [
        [("quiet_from", "22:00"), ("quiet_to", "")],
        [("quiet_from", "22:00"), ("quiet_to", "22:00"), *(("quiet_day", str(day)) for day in range(1, 8))],
        [("quiet_from", "22:00"), ("quiet_to", "07:00")],
        [("digest_hour", "x"), ("digest_weekday", "1")],
        [("digest_hour", "25"), ("digest_weekday", "1")],
        [("kind.round_opened", "hourly")],
        [("group.x.all", "off")],
        [(f"group.{UUID(int=7)}.all", "off")],
    ],
)
def test_what_cannot_be_is_said_and_stays_in_the_form(world: World, wrong: list[tuple[str, str]]) -> None:
    anna = world.person()
    answer = sends(world, page_of(world, anna), ("revision", "0"), ("kind.vote_opened", "weekly"), *wrong)
    assert answer.status_code == 422
    assert WORDS["en"]["wrong"] in answer.text
    assert dict(fields_of(answer.text))["kind.vote_opened"] == "weekly"
    assert ok(anna.get(ME))["revision"] == 0


@pytest.mark.parametrize("revision", ["", "x", "²", "99999999999999999999", "-1"])
def test_a_form_without_its_revision_is_stale(world: World, revision: str) -> None:
    anna = world.person()
    assert sends(world, page_of(world, anna), ("revision", revision)).status_code == 409


def test_no_other_link_opens_it(world: World) -> None:
    anna = world.person()
    assert anna.person_id is not None
    secret = world.settings.secret_key
    good = preferences_token(anna.person_id, secret)
    assert read_preferences_token(good, secret) == anna.person_id
    assert read_token(good, secret) is None
    reply = reply_token(Invited(anna.person_id, new_id(), is_series=False, by_seat=True), secret)
    others = (unsubscribe_token(anna.person_id, "", secret), preferences_token(anna.person_id, "x"), reply)
    for token in (good[:-2], good[::-1], "x", "é", "AAAAA", *others):
        for method in ("GET", "POST"):
            answer = world.nobody.call(method, f"/v1/preferences/{token}")
            assert answer.status_code == (404 if method == "GET" else answer.status_code)
            assert "Save" not in answer.text
    assert ok(anna.get(ME))["revision"] == 0


def test_of_somebody_who_was_erased_nothing_is_shown_or_kept(world: World) -> None:
    anna = world.person(language="fr")
    paths = (page_of(world, anna), unsubscribe_page(world, anna, "task_assigned"))
    world.hears("membership.person.erased.v1", person_id=anna.person_id, pseudonym="person-7", revision=2)
    for path in paths:
        unknown = world.nobody.get(path[:-3] + "AAA")
        for answer in (
            world.nobody.get(path),
            sends(world, path, ("revision", "0"), ("kind.task_assigned", "off")),
            sends(world, path, ("undo", ":task_assigned:daily")),
        ):
            assert (answer.status_code, answer.text) == (404, unknown.text)
    assert world.published("notifications.preference.changed.v1") == []


def test_whoever_is_erased_while_the_page_is_sent_is_not_kept_either(world: World) -> None:
    nobody, off = new_id(), Choices(kinds={"task_assigned": "off"})
    with transaction(world.store) as work:
        assert not choose_by_link(ChooseByLink(nobody, off, 0), work, NOON)
        assert unsubscribe(Unsubscribe(nobody, "task_assigned"), work, NOON) is None
        assert not undo_unsubscribe(UndoUnsubscribe(nobody, "task_assigned", off), work, NOON)
    assert world.published("notifications.preference.changed.v1") == []


def test_the_pages_are_whole_in_every_language(world: World) -> None:
    for words in (WORDS, UNSUBSCRIBE):
        assert tuple(words) == LANGUAGES or set(words) == set(LANGUAGES)
        assert {frozenset(words[language]) for language in LANGUAGES} == {frozenset(words["en"])}
    for language in LANGUAGES:
        assert set(UNSUBSCRIBE[language]["kinds"]) == {*OPTIONAL_KINDS, DIGEST.name}
        anna = world.person(language=language)
        for path in (page_of(world, anna), unsubscribe_page(world, anna, "task_assigned")):
            page = world.nobody.get(path).text
            assert f'<html lang="{language}">' in page
            assert "Undefined" not in page
            assert "color-scheme" in page
        assert all(
            f'name="kind.{kind}"' in world.nobody.get(page_of(world, anna)).text for kind in OPTIONAL_KINDS
        )


# -- ending one kind, and undoing that


def undo_of(page: str) -> list[tuple[str, str]]:
    return [("undo", value) for value in re.findall(r'name="undo" value="([^"]+)"', page)]


def test_who_ended_a_kind_by_mistake_undoes_it_there(world: World) -> None:
    anna = world.person()
    ok(anna.put(ME, {"task_assigned": "daily"}, if_match='"0"'))
    path = unsubscribe_page(world, anna, "task_assigned")
    done = sends(world, path, ("List-Unsubscribe", "One-Click"))
    assert done.headers["Cache-Control"] == "no-store"
    assert undo_of(done.text) == [("undo", ":task_assigned:daily")]
    undone = sends(world, path, *undo_of(done.text))
    assert UNSUBSCRIBE["en"]["undone"] in undone.text
    assert ok(anna.get(ME))["preferences"]["task_assigned"] == "daily"


def test_after_a_mail_program_has_ended_it_the_page_undoes_it_too(world: World) -> None:
    anna = world.person()
    path = unsubscribe_page(world, anna, "task_assigned")
    sends(world, path, ("List-Unsubscribe", "One-Click"))
    again = sends(world, path, ("List-Unsubscribe", "One-Click"))
    sends(world, path, *undo_of(again.text))
    assert ok(anna.get(ME))["preferences"]["task_assigned"] == "immediate"


def test_ending_digests_is_undone_whole(world: World) -> None:
    anna, group = world.person(), world.group()
    body = {"task_assigned": "daily", "groups": {str(group): {"round_opened": "weekly", "all": "off"}}}
    before = ok(anna.put(ME, body, if_match='"0"'))
    path = unsubscribe_page(world, anna, "digest")
    done = sends(world, path)
    mine = ok(anna.get(ME))
    assert (mine["preferences"]["task_assigned"], mine["groups"][str(group)]["round_opened"]) == (
        "off",
        "off",
    )
    sends(world, path, *undo_of(done.text))
    after = ok(anna.get(ME))
    assert (after["preferences"], after["groups"]) == (before["preferences"], before["groups"])
    assert undo_of(sends(world, unsubscribe_page(world, world.person(), "digest")).text) == []


@pytest.mark.parametrize(
    "sent",
    [
        ":round_opened:daily",
        ":task_assigned:off",
        ":task_assigned:hourly",
        ":all:daily",
        "x:task_assigned:daily",
        f"{UUID(int=7)}:task_assigned:daily",
        "task_assigned",
        ":sign_in_link:daily",
    ],
)
def test_undoing_does_no_more_than_undo(world: World, sent: str) -> None:
    anna = world.person()
    ok(anna.put(ME, {"task_assigned": "off", "round_opened": "off"}, if_match='"0"'))
    sends(world, unsubscribe_page(world, anna, "task_assigned"), ("undo", sent))
    assert ok(anna.get(ME))["revision"] == 2


def test_what_was_chosen_after_it_ended_is_not_undone(world: World) -> None:
    anna = world.person()
    path = unsubscribe_page(world, anna, "task_assigned")
    done = sends(world, path)
    ok(anna.put(ME, {"task_assigned": "weekly"}, if_match='"1"'))
    sends(world, path, *undo_of(done.text))
    assert ok(anna.get(ME))["preferences"]["task_assigned"] == "weekly"
