"""What administrators see of how mail goes, and of what it looks like; and the same on the command line."""

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from beraad.cli import main
from beraad_notifications.domain.catalogue import KINDS
from beraad_notifications.mail.templates import LANGUAGES
from beraad_notifications.subscriptions.digesting import make_due_digests
from notifications.test_steps import TUESDAY_NOON, WEDNESDAY_SEVEN
from notifications.vocabulary import MailRoom, address_of, happens
from servers.smtp import SmtpSink
from worlds.callers import ok, problem
from worlds.world import World, WorldMaker

ME = "/v1/me/preferences"


@pytest.fixture
def world(a_world: WorldMaker, each_engine: str, smtp_sink: SmtpSink) -> World:
    return a_world("notifications", on=each_engine, smtp_url=smtp_sink.url)


@pytest.fixture
def small(a_world: WorldMaker, smtp_sink: SmtpSink) -> World:
    return a_world("notifications", smtp_url=smtp_sink.url)


def named(counts: list[dict[str, Any]], key: str = "name") -> dict[str, int]:
    return {one[key]: one["count"] for one in counts}


# -- at a glance


def test_the_overview_counts_what_waits_what_was_said_and_what_is_held_back(
    world: World, smtp_sink: SmtpSink
) -> None:
    ada = world.administrator()
    good, busy, gone, off, daily = (world.person() for _ in range(5))
    smtp_sink.answer(address_of(busy.id), "450 4.2.1 busy")
    smtp_sink.answer(address_of(gone.id), "550 5.1.1 unknown")
    ok(off.put(ME, {"task_assigned": "off"}, if_match='"0"'))
    ok(daily.put(ME, {"task_assigned": "daily"}, if_match='"0"'))
    for caller in (good, busy, gone, off, daily):
        happens(world, "task_assigned", owner_id=caller.id)
    room = MailRoom(world)
    room.works()
    happens(world, "task_assigned", owner_id=good.id)

    told = ok(ada.get("/v1/overview"))
    assert named(told["states"]) == {"collected": 1, "deferred": 1, "failed": 1, "sent": 1, "suppressed": 1}
    assert named(told["codes"], "code") == {"250": 1, "450": 1, "550": 1}
    assert named(told["suppressed"]) == {"unsubscribed": 1}
    assert (told["refused_addresses"], told["uncertain"], told["untold"]) == (1, 0, 1)
    assert told["digests"]["waiting"] == 1
    assert told["queue"]["later"] == 1
    page = ada.get("/v1/overview.html").text
    assert "How mail goes" in page
    assert "unsubscribed" in page


def test_the_age_of_the_queue_is_that_of_what_is_due(small: World) -> None:
    ada = small.administrator()
    empty = ok(ada.get("/v1/overview"))["queue"]
    assert (empty["due"], empty["oldest_seconds"], empty["p95_seconds"]) == (0, None, None)
    room = MailRoom(small)
    room.later(hours=-5)
    for _ in range(2):
        happens(small, "task_assigned", owner_id=small.person().id)
    room.spreads()
    room.later(hours=4)
    for _ in range(38):
        happens(small, "task_assigned", owner_id=small.person().id)
    room.spreads()

    queue = ok(ada.get("/v1/overview"))["queue"]
    assert queue["due"] == 40
    assert 5 * 3600 <= queue["oldest_seconds"] < 5 * 3600 + 600
    assert 3600 <= queue["p95_seconds"] < 3600 + 600
    page = ada.get("/v1/overview.html").text
    assert "oldest 5 h, 95 of 100 younger than 60 min" in page or "younger than 61 min" in page


def test_mail_that_is_held_up_is_told_everywhere(small: World, beraad: Any) -> None:
    ada, anna = small.administrator(), small.person()
    assert ok(ada.get("/v1/overview"))["channel"]["state"] == "open"
    assert "held up" not in ada.get("/v1/overview.html").text
    happens(small, "task_assigned", owner_id=anna.id)
    room = MailRoom(small)
    ok(ada.post("/v1/channels/mail/pause", {"reason": "the server moves"}))
    room.works()

    channel = ok(ada.get("/v1/overview"))["channel"]
    assert (channel["state"], channel["reason"], channel["next_trial_at"]) == (
        "stopped",
        "the server moves",
        None,
    )
    assert "goes on when it is resumed" in ada.get("/v1/overview.html").text
    assert "“the server moves”. It goes on when it is resumed." in beraad("status")
    assert "“the server moves”" in beraad("why", "--person", str(anna.id))
    (mine,) = ok(anna.get("/v1/timeline"))["items"]
    assert mine["next"]["what"] == "held_up"
    assert "the server moves" not in mine["next"]["text"]


def test_only_administrators_see_it(small: World) -> None:
    for path in ("/v1/overview", "/v1/overview.html", "/v1/templates", "/v1/templates.html"):
        problem(small.person().get(path), 403, "NotAllowed")


# -- what mails look like


def test_every_kind_is_listed(small: World) -> None:
    items = ok(small.administrator().get("/v1/templates"))["items"]
    assert [one["kind"] for one in items] == list(KINDS)
    (asked,) = (one for one in items if one["kind"] == "in_reserve")
    assert asked == {
        "kind": "in_reserve",
        "event_type": "membership.candidacy.settled.v1",
        "where": {"outcome": "reserve"},
        "audience": "the person it is about",
        "urgency": "normal",
        "promise": "at_least_once",
        "can_be_turned_off": True,
        "languages": list(LANGUAGES),
    }


def test_the_gallery_shows_a_kind_in_every_language_in_a_sandbox(small: World) -> None:
    page = small.administrator().get("/v1/templates.html?kind=round_opened&language=").text
    assert page.count('<iframe sandbox=""') == len(LANGUAGES)
    assert "consentronde over “Open figures every quarter”" in page
    assert 'srcdoc="&lt;!DOCTYPE html&gt;' in page
    one = small.administrator().get("/v1/templates.html?kind=round_opened&language=fr").text
    assert one.count("<iframe") == 1


def test_the_gallery_shows_every_kind_in_one_language(small: World) -> None:
    page = small.administrator().get("/v1/templates.html").text
    assert page.count("<iframe") == len(KINDS)


# -- a test


def test_a_test_goes_the_way_of_every_mail_and_says_what_it_is(world: World, smtp_sink: SmtpSink) -> None:
    ada = world.administrator()
    answer = ada.post("/v1/templates/meeting_invited/nl/test", idempotency_key="once")
    event_id = ok(answer, 202)["event_id"]
    assert answer.headers["Location"] == f"/v1/timeline?event_id={event_id}"
    ok(ada.post("/v1/templates/meeting_invited/nl/test", idempotency_key="once"), 202)
    MailRoom(world).works()

    (mail,) = smtp_sink.messages
    assert mail.recipients == (address_of(ada.id),)
    assert mail.message["Subject"].startswith("[Test] ")
    assert mail.message["X-Beraad-Kind"] == "test"
    assert mail.message["List-Unsubscribe"] is None
    assert {part.get_content_type() for part in mail.message.walk()} >= {
        "text/plain",
        "text/html",
        "text/calendar",
    }
    (story,) = ok(ada.get("/v1/timeline", query_string={"event_id": event_id}))["items"]
    assert (story["kind"], story["state"]) == ("test", "sent")


def test_a_test_of_a_digest_shows_what_is_in_it(small: World, smtp_sink: SmtpSink) -> None:
    ok(small.administrator().post("/v1/templates/digest/en/test"), 202)
    MailRoom(small).works()
    (mail,) = smtp_sink.messages
    text = mail.message.get_body(("plain",))
    assert text is not None
    assert "Open figures every quarter" in text.get_content()


def test_nothing_but_what_there_is_can_be_tested_and_by_administrators_alone(small: World) -> None:
    ada = small.administrator()
    problem(ada.post("/v1/templates/round_opened/it/test"), 404, "NotFound")
    problem(ada.post("/v1/templates/test/en/test"), 404, "NotFound")
    problem(small.person().post("/v1/templates/round_opened/en/test"), 403, "NotAllowed")


# -- on the command line


@pytest.fixture
def beraad(small: World, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("BERAAD_ENVIRONMENT", "development")
    monkeypatch.setenv("BERAAD_DATABASE_URL", small.settings.database_url)

    def run(*words: str, code: int = 0) -> str:
        result: Result = CliRunner().invoke(main, ["mail", *words])
        assert result.exit_code == code, result.output
        return result.output

    return run


def test_why_is_told_on_the_command_line(small: World, smtp_sink: SmtpSink, beraad: Any) -> None:
    anna = small.person("Anna")
    small.it_is(TUESDAY_NOON)
    smtp_sink.answer(address_of(anna.id), "550 5.1.1 unknown")
    event = happens(small, "task_assigned", owner_id=anna.id)
    MailRoom(small).works()

    told = beraad("why", "--person", address_of(anna.id), "--event", str(event.id))
    assert "deliberation.task.assigned.v1" in told
    assert "task_assigned to Anna: failed" in told
    assert "Refused for good (attempt 1). “550 5.1.1 unknown”" in told
    assert "next  Nothing: mail to their address is held back: “550 5.1.1 unknown”" in told
    (story,) = json.loads(beraad("why", "--event", str(event.id), "--json"))["items"]
    assert beraad("why", "--delivery", story["id"]) == told
    assert "No mail tells" in beraad("why", "--event-type", "deliberation.proposal.moved.v1")
    assert "nobody with that address" in beraad("why", "--person", "x@beraad.test", code=2)
    assert "name a delivery" in beraad("why", code=2)
    assert "there is amendment_accepted" in beraad("why", "--kind", "task_asigned", code=2)


def test_a_digest_is_told_on_the_command_line(small: World, beraad: Any) -> None:
    small.it_is(TUESDAY_NOON)
    anna = small.person()
    ok(anna.put(ME, {"task_assigned": "daily"}, if_match='"0"'))
    event = happens(small, "task_assigned", owner_id=anna.id)
    MailRoom(small).works()
    small.it_is(WEDNESDAY_SEVEN)
    make_due_digests(small.store, small.settings)
    assert "  digest to Anna: queued" in beraad("why", "--event", str(event.id))


def test_how_mail_goes_is_told_on_the_command_line(small: World, beraad: Any) -> None:
    happens(small, "task_assigned", owner_id=small.person().id)
    MailRoom(small).works()
    told = beraad("status")
    assert "SMTP code, 24 h" in told
    assert json.loads(beraad("status", "--json"))["states"] == [{"name": "sent", "count": 1}]


def test_a_mail_is_shown_and_tested_on_the_command_line(
    small: World, smtp_sink: SmtpSink, beraad: Any
) -> None:
    ada, anna = small.administrator(), small.person()
    assert beraad("preview", "round_opened", "nl").startswith("Subject: Financial information: consentronde")
    assert "<html" in beraad("preview", "round_opened", "nl", "--html")
    assert "there is sign_in_link" in beraad("preview", "nothing", "nl", code=2)
    assert "there is nl" in beraad("preview", "round_opened", "it", code=2)
    assert "beraad mail why --event" in beraad("test", "round_opened", "nl", "--to", address_of(ada.id))
    assert "administrator" in beraad("test", "round_opened", "nl", "--to", address_of(anna.id), code=2)
    assert "nobody" in beraad("test", "round_opened", "nl", "--to", "x@beraad.test", code=2)
    MailRoom(small).works()
    assert [mail.recipients for mail in smtp_sink.messages] == [(address_of(ada.id),)]
