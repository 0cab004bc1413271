"""What people choose, by the API and by the link in a mail."""

import re
from collections import Counter

import pytest

from beraad.domain import InvalidRequest
from beraad.identifiers import new_id
from beraad_notifications.domain.recipients import Choices, Recipient
from beraad_notifications.domain.unsubscribing import read_token, unsubscribe_token
from beraad_notifications.mail.samples import SAMPLES
from notifications.vocabulary import MailRoom, delivery, happens, seat, states
from servers.smtp import SmtpSink
from worlds.callers import ok, problem
from worlds.world import World, WorldMaker

ME = "/v1/me/preferences"


@pytest.fixture
def world(a_world: WorldMaker, each_engine: str, smtp_sink: SmtpSink) -> World:
    return a_world("notifications", on=each_engine, smtp_url=smtp_sink.url)


def test_everything_comes_until_one_chooses(world: World) -> None:
    anna = world.person()
    mine = ok(anna.get(ME))
    assert set(mine["preferences"].values()) == {"immediate"}
    assert "sign_in_link" not in mine["preferences"]
    assert mine["revision"] == 0


def test_a_kind_that_was_turned_off_is_suppressed(world: World, smtp_sink: SmtpSink) -> None:
    anna = world.person()
    answer = anna.put(ME, {"task_assigned": "off"}, if_match='"0"')
    assert ok(answer)["preferences"]["task_assigned"] == "off"
    assert answer.headers["ETag"] == '"1"'
    happens(world, "task_assigned", owner_id=anna.person_id)
    happens(world, "candidacy_submitted", person_id=anna.person_id, group_id=world.group())
    MailRoom(world).works()
    held = delivery(world, anna.person_id, "task_assigned")
    assert (held.state, held.reason) == ("suppressed", "unsubscribed")
    assert len(smtp_sink.messages) == 1
    (changed,) = world.published("notifications.preference.changed.v1")
    assert (changed["kind"], changed["frequency"], changed["revision"]) == ("task_assigned", "off", 1)


def test_a_choice_made_before_sending_counts_too(world: World, smtp_sink: SmtpSink) -> None:
    anna = world.person()
    happens(world, "task_assigned", owner_id=anna.person_id)
    MailRoom(world).spreads()
    ok(anna.put(ME, {"task_assigned": "off"}, if_match='"0"'))
    MailRoom(world).works()
    assert states(world) == Counter(suppressed=1)


def test_choices_are_made_on_what_was_read(world: World) -> None:
    anna = world.person()
    problem(anna.put(ME, {"task_assigned": "off"}), 428, "PreconditionRequired")
    ok(anna.put(ME, {"task_assigned": "off", "round_opened": "off"}, if_match='"0"'))
    problem(anna.put(ME, {"task_assigned": "immediate"}, if_match='"0"'), 412, "Stale")
    again = ok(anna.put(ME, {"task_assigned": "immediate"}, if_match='"2"'))
    assert (again["preferences"]["task_assigned"], again["preferences"]["round_opened"]) == (
        "immediate",
        "off",
    )


@pytest.mark.parametrize(
    "body", [{"sign_in_link": "off"}, {"no_such_kind": "off"}, {"task_assigned": "hourly"}]
)
def test_what_cannot_be_chosen_is_refused(world: World, body: dict[str, str]) -> None:
    problem(world.person().put(ME, body, if_match='"0"'), 422, "InvalidRequest")


@pytest.mark.parametrize("wanted", [{"sign_in_link": "off"}, {"digest": "off"}, {"task_assigned": "hourly"}])
def test_the_domain_refuses_it_too(wanted: dict[str, str]) -> None:
    with pytest.raises(InvalidRequest, match="cannot be set"):
        Recipient(person_id=new_id()).choose(wanted)


@pytest.mark.parametrize(("kind", "often"), [("sign_in_link", "off"), ("task_assigned", "hourly")])
def test_the_domain_refuses_it_of_a_group_too(kind: str, often: str) -> None:
    group_id = new_id()
    with pytest.raises(InvalidRequest, match="cannot be set") as refused:
        Recipient(person_id=new_id()).take_over(Choices(groups={group_id: {kind: often}}))
    assert refused.value.pointer == f"/groups/{group_id}/{kind}"


def test_an_event_that_nobody_is_told_leaves_no_notice(world: World) -> None:
    told = world.person()
    seated = {**SAMPLES["in_reserve"], "outcome": "seated", "reserve_position": None, "revision": 3}
    world.hears("membership.candidacy.settled.v1", **seated)
    MailRoom(world).works()
    assert states(world) == Counter()
    assert told.person_id is not None


def test_nobody_chooses_for_another(world: World) -> None:
    problem(world.nobody.get(ME), 401, "SignInRequired")
    problem(world.as_service("meetings").get(ME), 403, "NotAllowed")


def test_the_link_of_a_mail_ends_its_kind_without_signing_in(world: World, smtp_sink: SmtpSink) -> None:
    anna = world.person("Anna", language="nl")
    happens(world, "task_assigned", owner_id=anna.person_id)
    MailRoom(world).works()
    link = smtp_sink.messages[0].message["List-Unsubscribe"].strip("<>")
    path = link.removeprefix("http://beraad.test/notifications")

    page = world.nobody.get(path)
    assert page.status_code == 200
    assert "Deze mails niet meer ontvangen?" in page.text
    assert "taken" in page.text
    assert ok(anna.get(ME))["revision"] == 0, "opening the page changes nothing"

    form = {"data": "List-Unsubscribe=One-Click", "content_type": "application/x-www-form-urlencoded"}
    for _ in range(2):
        done = world.nobody.call("POST", path, **form)
        assert done.status_code == 200
        assert "niet meer" in done.text
    mine = ok(anna.get(ME))
    assert (mine["preferences"]["task_assigned"], mine["revision"]) == ("off", 1)


def test_a_forged_link_does_nothing(world: World) -> None:
    anna = world.person()
    assert anna.person_id is not None
    good = unsubscribe_token(anna.person_id, "task_assigned", world.settings.secret_key)
    for token in (
        good[:-2],
        good[::-1],
        "x",
        "é",
        unsubscribe_token(anna.person_id, "task_assigned", "other"),
    ):
        answer = world.nobody.call("POST", f"/v1/unsubscribe/{token}")
        assert answer.status_code == 404
        assert re.search(r"do not know this link", answer.text)
    assert world.nobody.call("POST", f"/v1/unsubscribe/{good}").status_code == 200
    assert ok(anna.get(ME))["preferences"]["task_assigned"] == "off"


def test_a_token_for_what_cannot_be_chosen_is_not_ours() -> None:
    from uuid import UUID

    assert read_token(unsubscribe_token(UUID(int=1), "sign_in_link", "s"), "s") is None
    assert read_token(unsubscribe_token(UUID(int=1), "vote_opened", "s"), "s") == (UUID(int=1), "vote_opened")


def test_an_erased_person_gets_nothing_more(world: World, smtp_sink: SmtpSink) -> None:
    anna = world.person()
    group = world.group()
    seat(world, group, anna)
    room = MailRoom(world)
    room.spreads()
    world.hears("membership.person.erased.v1", person_id=anna.person_id, pseudonym="person-7", revision=2)
    same = {"person_id": anna.person_id, "name": "Anna", "language": "nl", "time_zone": "Europe/Brussels"}
    world.hears("membership.contact.changed.v1", **same, revision=1, email="late@beraad.test")
    happens(world, "round_opened", group_id=group)
    happens(world, "task_assigned", owner_id=anna.person_id)
    room.works()
    assert smtp_sink.messages == []
    held = delivery(world, anna.person_id)
    assert (held.kind, held.state, held.reason) == ("seat_filled", "suppressed", "erased")
