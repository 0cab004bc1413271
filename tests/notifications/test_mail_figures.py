"""What Prometheus is told of mail."""

from dataclasses import replace

import pytest
from prometheus_client import REGISTRY

from notifications.vocabulary import MailRoom, address_of, happens
from servers.scripted_smtp import ScriptedSmtp
from servers.smtp import SmtpSink
from worlds.world import World, WorldMaker


@pytest.fixture
def world(a_world: WorldMaker, smtp_sink: SmtpSink) -> World:
    return a_world("notifications", smtp_url=smtp_sink.url)


def figure(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_replies_waits_and_refused_addresses_are_counted(world: World, smtp_sink: SmtpSink) -> None:
    anna, bram = (world.person(name) for name in ("Anna", "Bram"))
    smtp_sink.answer(address_of(anna.person_id), "550 5.1.1 unknown")
    for caller in (anna, bram):
        happens(world, "task_assigned", owner_id=caller.person_id)
    counted = [
        ("beraad_mail_replies_total", {"code": "550", "enhanced": "5.1"}),
        ("beraad_mail_replies_total", {"code": "250", "enhanced": ""}),
        ("beraad_mail_addresses_refused_total", {}),
        ("beraad_mail_wait_seconds_count", {}),
    ]
    before = [figure(name, **labels) for name, labels in counted]
    MailRoom(world).works()
    assert [figure(name, **labels) for name, labels in counted] == [value + 1 for value in before]
    MailRoom(world).works()
    assert figure("beraad_mail_suppressed_addresses") == 1


def test_what_waits_and_whether_it_goes_out_is_shown(world: World) -> None:
    administrator = world.administrator()
    happens(world, "task_assigned", owner_id=world.person("Anna").person_id)
    administrator.post("/v1/channels/mail/pause", {"reason": "the server moves"})
    room = MailRoom(world)
    room.spreads()
    room.later(hours=1)
    room.works()
    assert figure("beraad_mail_channel_paused", channel="mail") == 1
    assert figure("beraad_mail_waiting") == 1
    assert 3600 <= figure("beraad_mail_oldest_due_seconds") < 3900
    administrator.post("/v1/channels/mail/resume", {})
    for _ in range(2):
        room = MailRoom(world, moved=room.moved)
        room.works()
    assert figure("beraad_mail_channel_paused", channel="mail") == 0
    assert figure("beraad_mail_oldest_due_seconds") == 0


def test_a_mail_server_that_is_away_is_shown(a_world: WorldMaker) -> None:
    with ScriptedSmtp() as server:
        gone = server.url
    world = a_world("notifications", smtp_url=gone)
    happens(world, "task_assigned", owner_id=world.person("Anna").person_id)
    MailRoom(world).works()
    assert figure("beraad_mail_server_away") == 1
    with ScriptedSmtp() as server:
        world.settings = replace(world.settings, smtp_url=server.url)
        MailRoom(world).works()
    assert figure("beraad_mail_server_away") == 0


def test_what_is_said_at_the_door_is_counted(a_world: WorldMaker) -> None:
    with ScriptedSmtp(replies={"EHLO": "554 5.7.1 no mail from there", "HELO": "554 5.7.1 no"}) as server:
        world = a_world("notifications", smtp_url=server.url)
        happens(world, "task_assigned", owner_id=world.person("Anna").person_id)
        before = figure("beraad_mail_replies_total", code="554", enhanced="5.7")
        MailRoom(world).works()
        assert figure("beraad_mail_replies_total", code="554", enhanced="5.7") == before + 1
        assert figure("beraad_mail_server_away") == 0, "it is there, and does not want us"


def test_it_looks_every_quarter_of_a_minute(world: World) -> None:
    administrator = world.administrator()
    room = MailRoom(world)
    room.works()
    administrator.post("/v1/channels/mail/pause", {"reason": "the server moves"})
    room.works()
    assert figure("beraad_mail_channel_paused", channel="mail") == 0
