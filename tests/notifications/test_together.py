"""Several workers send at once: each mail once, on a database that locks rows and on one that does not."""

import threading
from collections import Counter

from notifications.vocabulary import MailRoom, happens, seat, states
from servers.smtp import SmtpSink
from worlds.world import WorldMaker


def test_two_workers_send_three_hundred_mails_once_each(
    a_world: WorldMaker, each_engine: str, smtp_sink: SmtpSink
) -> None:
    world = a_world("notifications", on=each_engine, smtp_url=smtp_sink.url)
    group = world.group("Assembly", kind="assembly")
    for number in range(300):
        seat(world, group, world.person(f"Person {number}"))
    happens(world, "vote_opened", group_id=group)
    MailRoom(world).spreads()
    rooms = [MailRoom(world), MailRoom(world)]
    threads = [threading.Thread(target=room.works) for room in rooms]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert states(world, "vote_opened") == Counter(sent=300)
    received = Counter(mail.recipients for mail in smtp_sink.messages)
    assert len(received) == 300
    assert set(received.values()) == {1}
    assert len(world.published("notifications.delivery.accepted.v1")) == 300
