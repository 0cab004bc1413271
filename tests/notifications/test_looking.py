"""What administrators and people see of deliveries and templates."""

import pytest

from notifications.vocabulary import MailRoom, happens
from servers.smtp import SmtpSink
from worlds.callers import ok, problem
from worlds.world import World, WorldMaker


@pytest.fixture
def world(a_world: WorldMaker, each_engine: str, smtp_sink: SmtpSink) -> World:
    return a_world("notifications", on=each_engine, smtp_url=smtp_sink.url)


def test_people_see_their_own_deliveries_and_administrators_all(world: World) -> None:
    ada, anna, bram = world.administrator(), world.person("Anna"), world.person("Bram")
    for caller in (anna, anna, bram):
        happens(world, "task_assigned", owner_id=caller.person_id)
    happens(world, "candidacy_submitted", person_id=bram.person_id, group_id=world.group())
    MailRoom(world).works()

    assert len(ok(anna.get("/v1/deliveries"))["items"]) == 2
    assert len(ok(anna.get(f"/v1/deliveries?person_id={anna.person_id}"))["items"]) == 2
    problem(anna.get(f"/v1/deliveries?person_id={bram.person_id}"), 403, "NotAllowed")
    problem(world.nobody.get("/v1/deliveries"), 401, "SignInRequired")
    assert len(ok(ada.get("/v1/deliveries"))["items"]) == 4
    (one,) = ok(ada.get(f"/v1/deliveries?person_id={bram.person_id}&kind=task_assigned&state=sent"))["items"]
    assert (one["kind"], one["state"], one["attempts"]) == ("task_assigned", "sent", 1)
    problem(ada.get("/v1/deliveries?state=lost"), 422, "InvalidRequest")


def test_deliveries_come_in_pages(world: World) -> None:
    ada, anna = world.administrator(), world.person("Anna")
    for _ in range(5):
        happens(world, "task_assigned", owner_id=anna.person_id)
    MailRoom(world).works()
    seen, path = [], "/v1/deliveries?limit=2"
    while path:
        answer = ada.get(path)
        seen += [item["id"] for item in ok(answer)["items"]]
        path = answer.headers.get("Link", "").partition(">")[0].strip("<")
    assert len(seen) == len(set(seen)) == 5
    assert seen == sorted(seen)


def test_deliveries_are_counted_by_kind_and_state(world: World) -> None:
    ada, anna = world.administrator(), world.person("Anna")
    for _ in range(2):
        happens(world, "task_assigned", owner_id=anna.person_id)
    MailRoom(world).works()
    happens(world, "sign_in_link", person_id=anna.person_id)
    MailRoom(world).spreads()
    assert ok(ada.get("/v1/deliveries/counts"))["items"] == [
        {"kind": "sign_in_link", "state": "queued", "count": 1},
        {"kind": "task_assigned", "state": "sent", "count": 2},
    ]
    problem(anna.get("/v1/deliveries/counts"), 403, "NotAllowed")


def test_administrators_preview_every_template(world: World) -> None:
    ada = world.administrator()
    preview = ok(ada.get("/v1/templates/round_opened/nl"))
    assert preview["subject"] == "Financial information: consentronde over “Open figures every quarter”"
    assert "Antwoord met consent" in preview["text"]
    assert "<strong>" in preview["html"]
    problem(ada.get("/v1/templates/round_opened/it"), 404, "NotFound")
    problem(ada.get("/v1/templates/no_such_kind/nl"), 404, "NotFound")
    problem(world.person().get("/v1/templates/round_opened/nl"), 403, "NotAllowed")


def test_mail_leaves_nothing_pending(world: World) -> None:
    assert ok(world.person().get("/v1/me/pending")) == {"items": []}
