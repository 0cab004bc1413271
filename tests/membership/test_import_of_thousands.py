"""Twenty thousand associates in one file, one of a hundred rows bad. `-s` shows how long it took."""

import time

from membership.test_import import counts, send
from worlds.callers import Caller, ok
from worlds.world import World, WorldMaker

ROWS = 20_000
HEADER = "name,email,language,time_zone,profiles,external_id"
BAD = {
    10: "{0},no address,fr,Europe/Brussels,user,{0}",
    30: "Person {0},person{0}@smart.test,xx,Europe/Brussels,user,{0}",
    50: ",person{0}@smart.test,fr,Europe/Brussels,user,{0}",
    70: "Person {0},person{0}@smart.test,fr,Mars/Olympus,user,{0}",
    90: "Person {0},person{0}@smart.test,fr,Europe/Brussels,user:2018-01-01..2017-01-01,{0}",
}
GOOD = "Person {0},person{0}@smart.test,fr,Europe/Brussels,user;client:2017-01-01..2018-01-01,{0}"


def a_file() -> str:
    """Of each five hundred rows five are bad, each in another way."""
    bad = {100 * number + place: row for number, (place, row) in enumerate(BAD.items())}
    return "\n".join([HEADER, *(bad.get(number % 500, GOOD).format(number) for number in range(ROWS))])


def worked_off(world: World, ada: Caller, told: str) -> str:
    """Send the file and work it off. Answers its address."""
    start = time.perf_counter()
    address: str = send(ada, a_file()).headers["Location"]
    sent = time.perf_counter() - start
    world.falls_due()
    took = time.perf_counter() - start
    print(f"{told}: {ROWS} rows sent in {sent:.1f} s, done after {took:.1f} s")
    return address


def test_twenty_thousand_associates_are_imported_once_and_every_bad_row_is_named(
    a_world: WorldMaker, each_engine: str
) -> None:
    world = a_world("membership", on=each_engine)
    ada = world.administrator()
    first = worked_off(world, ada, f"{each_engine}, new")
    again = worked_off(world, ada, f"{each_engine}, again")

    assert counts(ok(ada.get(first))) == [ROWS - 200, 0, 0, 200]
    assert counts(ok(ada.get(again))) == [0, 0, ROWS - 200, 200]
    refused, address = [], f"{first}/rows?result=refused&limit=100"
    while address:
        page = ada.get(address)
        refused += ok(page)["items"]
        address = page.headers.get("Link", "").partition(">")[0].removeprefix("<")
    bad = {100 * number + place for number, place in enumerate(BAD)}
    assert [row["line"] - 2 for row in refused] == [n for n in range(ROWS) if n % 500 in bad]
    assert {reason["column"] for row in refused for reason in row["reasons"]} == {
        "email",
        "language",
        "name",
        "time_zone",
        "profiles",
    }
    assert len(world.published("membership.person.registered.v1")) == ROWS - 200 + 2
