"""Answering an invitation by the links in its mail: nobody signs in, GET changes nothing, POST acts."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from beraad.identifiers import new_id
from beraad_notifications.domain.replying import Invited, read_reply_token, reply_token
from beraad_notifications.mail.links import reply_links
from beraad_notifications.mail.samples import sample_letter
from notifications.vocabulary import NOON, MailRoom, happens, seat
from servers.smtp import SmtpSink
from worlds.callers import Caller
from worlds.statements import overhearing
from worlds.world import World, WorldMaker

GIVEN = "notifications.reply.given.v1"
EVENING = datetime(2017, 9, 5, 16, 0, tzinfo=UTC)
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def world(a_world: WorldMaker, each_engine: str, smtp_sink: SmtpSink) -> World:
    world = a_world("notifications", on=each_engine, smtp_url=smtp_sink.url)
    world.it_is(NOON)
    return world


def a_meeting(world: World, group_id: UUID, **fields: Any) -> UUID:
    facts = {
        "meeting_id": new_id(),
        "series_id": None,
        "group_id": group_id,
        "title": "Monthly <meeting>",
        "kind": "working_meeting",
        "starts_at": EVENING.isoformat(),
        "ends_at": (EVENING + timedelta(hours=2)).isoformat(),
        "time_zone": "Europe/Brussels",
        "place": "Kapellenveld 12",
        "online_link": "https://meet.example.org/secret",
        **fields,
    }
    world.hears("meetings.meeting.scheduled.v1", **facts)
    return UUID(str(facts["meeting_id"]))


def a_link(world: World, caller: Caller, scope_id: UUID, *, series: bool = False, seat: bool = True) -> str:
    invited = Invited(caller.id, scope_id, is_series=series, by_seat=seat)
    return f"/v1/replies/{reply_token(invited, world.settings.secret_key)}"


def answers(world: World, link: str, answer: str = "accepted") -> TestResponse:
    return world.nobody.call("POST", link, data=f"answer={answer}", content_type=FORM)


@pytest.fixture
def group(world: World) -> UUID:
    return world.group("Financial information")


@pytest.fixture
def anna(world: World, group: UUID) -> Caller:
    anna = world.person("Anna", language="nl")
    seat(world, group, anna)
    return anna


def test_the_page_tells_on_which_day_a_meeting_of_days_ends(world: World, group: UUID, anna: Caller) -> None:
    long = a_meeting(world, group, ends_at=(EVENING + timedelta(hours=46)).isoformat())
    page = world.nobody.get(a_link(world, anna, long))
    assert "dinsdag 5 september 2017 om 18:00 – donderdag 7 september 2017 om 16:00" in page.text


def test_following_a_link_shows_the_question_and_changes_nothing(
    world: World, group: UUID, anna: Caller
) -> None:
    link = a_link(world, anna, a_meeting(world, group))
    statements: list[str] = []
    with overhearing(world.store.engine, lambda statement, _: statements.append(statement)):
        for method in ("GET", "HEAD", "OPTIONS"):
            page = world.nobody.call(method, f"{link}?answer=declined")
            assert page.status_code in {200, 204}
    assert not [one for one in statements if re.match("INSERT|UPDATE|DELETE", one)]
    assert world.published(GIVEN) == []

    page = world.nobody.get(f"{link}?answer=declined")
    assert page.content_type == "text/html; charset=utf-8"
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert '<html lang="nl">' in page.text
    assert "dinsdag 5 september 2017 om 18:00–20:00" in page.text
    assert "Monthly &lt;meeting&gt;" in page.text
    assert "Financial information" in page.text
    assert re.findall(r'value="(\w+)" required( checked)?', page.text) == [
        ("accepted", ""),
        ("tentative", ""),
        ("declined", " checked"),
    ]
    for untold in ("Anna", "secret", "Kapellenveld", str(anna.id), str(group)):
        assert untold not in page.text


def test_sending_the_answer_tells_meetings(world: World, group: UUID, anna: Caller) -> None:
    meeting_id = a_meeting(world, group)
    page = answers(world, a_link(world, anna, meeting_id), "tentative")
    assert page.status_code == 200
    assert "Bedankt voor je antwoord" in page.text
    assert "Misschien" in page.text
    (given,) = world.published(GIVEN)
    assert {given.pop(name) is not None for name in ("reply_id", "given_at", "revision")} == {True}
    assert given == {
        "person_id": str(anna.id),
        "meeting_id": str(meeting_id),
        "series_id": None,
        "answer": "tentative",
    }


def test_a_series_is_answered_as_one(world: World, group: UUID, anna: Caller) -> None:
    series_id = new_id()
    for weeks in range(-1, 3):
        starts_at = NOON + timedelta(weeks=weeks, hours=1)
        times = {"starts_at": starts_at.isoformat(), "ends_at": (starts_at + timedelta(hours=1)).isoformat()}
        a_meeting(world, group, series_id=series_id, **times)
    link = a_link(world, anna, series_id, series=True)
    page, thanks = world.nobody.get(link), answers(world, link)
    for shown in (page, thanks):
        assert "van vrijdag 1 september 2017 om 15:00 tot vrijdag 15 september 2017 om 15:00<" in shown.text
        assert (
            "nog 3 vergaderingen. Je antwoord geldt voor alle, behalve voor wat je apart beantw" in shown.text
        )
    (given,) = world.published(GIVEN)
    assert (given["meeting_id"], given["series_id"]) == (None, str(series_id))
    world.it_is(NOON + timedelta(days=8))
    assert "Dit is de laatste van een reeks" in world.nobody.get(link).text


def begins(world: World, anna: Caller, facts: dict[str, Any]) -> None:
    world.it_is(EVENING)


def is_cancelled(world: World, anna: Caller, facts: dict[str, Any]) -> None:
    world.hears("meetings.meeting.cancelled.v1", reason="storm", **facts)


def leaves(world: World, anna: Caller, facts: dict[str, Any]) -> None:
    term = {"starts_on": "2017-01-01", "ends_on": None, "reason": "resigned"}
    world.hears(
        "membership.seat.vacated.v1",
        group_id=facts["group_id"],
        seat_id=facts["seat_id"],
        person_id=anna.id,
        **term,
    )


def is_erased(world: World, anna: Caller, facts: dict[str, Any]) -> None:
    world.hears("membership.person.erased.v1", person_id=anna.id, pseudonym="x")


@pytest.mark.parametrize("what", [begins, is_cancelled, leaves, is_erased])
def test_the_link_ends_with_what_it_asks_about(
    world: World, what: Callable[[World, Caller, dict[str, Any]], None]
) -> None:
    anna, group_id = world.person("Anna", language="fr"), world.group()
    facts: dict[str, Any] = {
        "meeting_id": new_id(),
        "group_id": group_id,
        "series_id": None,
        "title": "Tax returns",
        "kind": "working_meeting",
        "starts_at": EVENING.isoformat(),
        "ends_at": EVENING.isoformat(),
        "time_zone": "Europe/Brussels",
        "place": "",
        "online_link": "",
    }
    seat_id = world.seat(group_id, anna.id)
    a_meeting(world, **facts)
    link = a_link(world, anna, facts["meeting_id"])
    assert world.nobody.get(link).status_code == 200

    what(world, anna, facts if what is not leaves else {**facts, "seat_id": seat_id})

    for page in (world.nobody.get(link), answers(world, link)):
        assert page.status_code == 410
        assert "Tax returns" not in page.text
    assert world.published(GIVEN) == []


def test_a_meeting_that_moved_is_answered_at_its_new_time(world: World, group: UUID, anna: Caller) -> None:
    meeting_id = a_meeting(world, group)
    later = EVENING + timedelta(days=7)
    world.hears(
        "meetings.meeting.moved.v1",
        meeting_id=meeting_id,
        series_id=None,
        group_id=group,
        title="Monthly",
        kind="working_meeting",
        starts_at=later.isoformat(),
        ends_at=later.isoformat(),
        previous_starts_at=EVENING.isoformat(),
        time_zone="Europe/Brussels",
        place="",
        online_link="",
    )
    world.it_is(EVENING + timedelta(days=1))
    assert "12 september 2017" in world.nobody.get(a_link(world, anna, meeting_id)).text


def test_a_guest_holds_no_seat_and_answers(world: World, group: UUID) -> None:
    eva = world.person("Eva")
    meeting_id = a_meeting(world, group)
    assert world.nobody.get(a_link(world, eva, meeting_id)).status_code == 410
    assert answers(world, a_link(world, eva, meeting_id, seat=False)).status_code == 200


def test_a_forged_link_does_nothing(world: World, group: UUID, anna: Caller) -> None:
    meeting_id = a_meeting(world, group)
    good = a_link(world, anna, meeting_id).rpartition("/")[2]
    by_name = reply_token(Invited(anna.id, meeting_id, is_series=False, by_seat=False), "other")
    for token in (good[:-2], good[::-1], good + "AAAA", "x", "é", by_name):
        for page in (world.nobody.get(f"/v1/replies/{token}"), answers(world, f"/v1/replies/{token}")):
            assert page.status_code == 404
            assert "Monthly" not in page.text
    assert world.published(GIVEN) == []
    assert read_reply_token(good, "other") is None


def test_no_answer_asks_again(world: World, group: UUID, anna: Caller) -> None:
    link = a_link(world, anna, a_meeting(world, group))
    for answer in ("", "perhaps"):
        page = answers(world, link, answer)
        assert page.status_code == 422
        assert "Kies een van de drie antwoorden" in page.text
    assert " checked" not in world.nobody.get(f"{link}?answer=%22><script>").text
    assert world.published(GIVEN) == []


def test_an_invitation_s_mail_leads_there(
    world: World, group: UUID, anna: Caller, smtp_sink: SmtpSink
) -> None:
    meeting_id = a_meeting(world, group)
    happens(
        world, "meeting_invited", person_id=anna.id, group_id=group, meeting_id=meeting_id, series_id=None
    )
    MailRoom(world).works()
    (mail,) = (one for one in smtp_sink.messages if one.message["X-Beraad-Kind"] == "meeting_invited")
    body = mail.message.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    links = re.findall(r"http://beraad.test/notifications(/v1/replies/\S+)", text)
    assert [link.partition("?answer=")[2] for link in links] == ["accepted", "tentative", "declined"]
    assert world.nobody.get(links[0]).status_code == 200


def test_the_link_in_a_reminder_ends_with_the_seat_and_a_guest_s_does_not(
    world: World, group: UUID, smtp_sink: SmtpSink
) -> None:
    bram, eva = world.person("Bram"), world.person("Eva")
    seat_id, meeting_id = world.seat(group, bram.id), a_meeting(world, group)
    told = {"invitee_ids": [bram.id, eva.id], "guest_ids": [eva.id], "meeting_id": meeting_id}
    happens(world, "meeting_reminder", group_id=group, series_id=None, **told)
    MailRoom(world).works()
    links = {name: the_link(smtp_sink, name) for name in ("Bram", "Eva")}
    assert {world.nobody.get(link).status_code for link in links.values()} == {200}

    leaves(world, bram, {"group_id": group, "seat_id": seat_id})

    for page in (world.nobody.get(links["Bram"]), answers(world, links["Bram"])):
        assert page.status_code == 410
        assert "no longer invited" in page.text
    assert world.published(GIVEN) == []
    assert answers(world, links["Eva"]).status_code == 200


def test_the_link_of_a_coordinator_without_a_seat_ends_with_the_role(world: World, group: UUID) -> None:
    fien, meeting_id = world.person("Fien"), a_meeting(world, group)
    role: dict[str, Any] = {"group_id": group, "person_id": fien.id, "role": "secretary"}
    link = a_link(world, fien, meeting_id)
    assert world.nobody.get(link).status_code == 410
    world.role(**role)
    assert world.nobody.get(link).status_code == 200
    world.hears("membership.role.withdrawn.v1", **role)
    assert world.nobody.get(link).status_code == 410


def test_a_reminder_that_was_told_before_guests_were_named_lets_everybody_answer(world: World) -> None:
    reminder = sample_letter("meeting_reminder", "en")
    before = replace(
        reminder, told={name: reminder.told[name] for name in reminder.told if name != "guest_ids"}
    )
    links = [reply_links(letter, world.settings)["accepted"] for letter in (reminder, before)]
    tokens = [link.rpartition("/")[2].partition("?")[0] for link in links]
    read = [read_reply_token(token, world.settings.secret_key) for token in tokens]
    assert [one.by_seat for one in read if one] == [True, False]


def the_link(smtp_sink: SmtpSink, name: str) -> str:
    """To decline, in that person's reminder."""
    reminders = [one for one in smtp_sink.messages if one.message["X-Beraad-Kind"] == "meeting_reminder"]
    (mail,) = (one for one in reminders if name in one.message["To"])
    body = mail.message.get_body(("plain",))
    assert body is not None
    (link,) = re.findall(
        r"http://beraad.test/notifications(/v1/replies/\S+)\?answer=declined", body.get_content()
    )
    return str(link)


def test_what_asks_nothing_has_no_links(world: World) -> None:
    assert reply_links(sample_letter("meeting_cancelled", "en"), world.settings) == {}
    assert reply_links(sample_letter("task_assigned", "en"), world.settings) == {}
    assert set(reply_links(sample_letter("meeting_reminder", "en"), world.settings)) == {
        "accepted",
        "tentative",
        "declined",
    }
