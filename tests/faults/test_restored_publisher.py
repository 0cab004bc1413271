"""A publisher is restored to an older point while its listeners work."""

import pytest
from sqlalchemy import func, select

from beraad.messaging.outbox import stream_state
from beraad.messaging.rebuild import Rebuild
from beraad.perform import reading
from beraad.storage.tables import outbox
from contracts.rig import ANNA, PUBLIC, World, kept, numbers, restored, said, say, subscriptions_for
from faults.tally import Tally
from servers.processes import wait_until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(200)]


def test_its_listeners_end_equal_to_it_and_do_nothing_twice(world: World, tally: Tally) -> None:
    """Projections = the restored log; each event that was ever applied was acted on once, in order."""
    with world.at_work():
        say(world.publisher, *numbers(1, 60))
        assert wait_until(lambda: len(said(world.listener)) == 60, within=30)
        restored(world, to=40)
        for number in range(41, 71):
            say(world.publisher, f"new {number}")
        assert wait_until(lambda: len(said(world.listener)) == 90, within=30)
    with reading(world.publisher) as work:
        log = work.session.execute(
            select(func.count()).select_from(outbox).where(outbox.c.stream == PUBLIC)
        ).scalar_one()
        epoch = stream_state(work.session, PUBLIC).epoch
    tally(committed=90, lost_by_the_publisher=20, in_its_log=log, acted_on=len(said(world.listener)))
    assert said(world.listener) == [*numbers(1, 60), *(f"new {number}" for number in range(41, 71))]
    assert kept(world.listener) == {ANNA: (log, "new 70")}
    cursor = world.consumer.cursors()[PUBLIC]
    assert (cursor.place, cursor.doubt) == ((epoch, log), None)
    assert Rebuild(world.listener, subscriptions_for(world.behavior)[0], world.feeds).compare().differing == 0
