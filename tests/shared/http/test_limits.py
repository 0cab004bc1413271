"""How often somebody may ask: each in a minute of their own, and nobody is remembered for longer."""

from beraad.http.limits import Meter
from worlds.races import at_once


class Clock:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def test_a_minute_begins_with_the_first_request_and_is_over_for_each_by_itself() -> None:
    clock = Clock()
    meter = Meter(clock)
    assert [meter.allows("anna", 2) for _ in range(3)] == [True, True, False]
    clock.seconds += 30
    assert meter.allows("bram", 1)
    clock.seconds += 29.9
    assert not meter.allows("anna", 2)
    clock.seconds += 0.1
    assert meter.allows("anna", 2)
    assert not meter.allows("bram", 1)
    clock.seconds += 30
    assert meter.allows("bram", 1)


def test_who_asks_no_more_is_forgotten() -> None:
    clock = Clock()
    meter = Meter(clock)
    for number in range(100):
        meter.allows(str(number), 1)
    clock.seconds += 59
    meter.allows("late", 1)
    assert len(meter) == 101
    clock.seconds += 1
    meter.allows("now", 1)
    assert len(meter) == 2


def test_of_many_at_once_exactly_as_many_as_may() -> None:
    meter = Meter()

    def ask() -> int:
        return sum(meter.allows("anna", 1000) for _ in range(500))

    assert sum(answer for answer in at_once([ask] * 4) if isinstance(answer, int)) == 1000
