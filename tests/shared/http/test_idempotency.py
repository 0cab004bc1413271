"""`Idempotency-Key`: a POST sent twice happens once."""

import threading
from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from werkzeug.test import TestResponse

from beraad.perform import reading
from beraad.service import Service
from beraad.storage.tables import idempotency_keys
from shared.http.notes import HELD, Tempo
from worlds.callers import Caller, ok, problem
from worlds.races import at_once
from worlds.world import World, WorldMaker


@pytest.fixture
def world(a_world: WorldMaker, notes_service: Service, each_engine: str) -> World:
    return a_world(notes_service, on=each_engine, pool_size=10)


@pytest.fixture
def held() -> Iterator[Tempo]:
    """Whoever writes the note "held" waits in its transaction until `go`."""
    HELD["held"] = Tempo()
    yield HELD["held"]
    HELD.pop("held").go.set()


def texts(caller: Caller) -> list[str]:
    return [note["text"] for note in ok(caller.get("/v1/notes"))["items"]]


def kept(world: World) -> list[Any]:
    with reading(world.store) as work:
        return list(work.session.execute(idempotency_keys.select()))


def test_the_second_answer_is_the_first_again(world: World, anna: Caller) -> None:
    first = anna.post("/v1/notes", {"text": "once"}, idempotency_key="k1")
    second = anna.post("/v1/notes", {"text": "once"}, idempotency_key="k1")
    assert first.status_code == second.status_code == 201
    assert first.data == second.data
    for name in ("Content-Type", "Location", "ETag"):
        assert first.headers[name] == second.headers[name]
    assert texts(anna) == ["once"]
    assert first.headers["X-Request-Id"] != second.headers["X-Request-Id"]


def test_the_same_key_for_another_request_is_refused(anna: Caller) -> None:
    ok(anna.post("/v1/notes", {"text": "once"}, idempotency_key="k1"), 201)
    problem(anna.post("/v1/notes", {"text": "twice"}, idempotency_key="k1"), 422, "IdempotencyKeyReused")
    problem(anna.post("/v1/notes?x=1", {"text": "once"}, idempotency_key="k1"), 422, "IdempotencyKeyReused")
    assert texts(anna) == ["once"]


def test_a_key_is_its_callers_own(world: World, anna: Caller) -> None:
    ok(anna.post("/v1/notes", {"text": "annas"}, idempotency_key="k1"), 201)
    bram = world.person("Bram")
    assert ok(bram.post("/v1/notes", {"text": "brams"}, idempotency_key="k1"), 201)["text"] == "brams"


def test_a_refusal_is_not_kept(world: World, anna: Caller) -> None:
    ok(anna.post("/v1/notes", {"text": "taken"}), 201)
    for text, status in (("refuse", 409), ("taken", 409)):
        for _ in range(2):
            assert anna.post("/v1/notes", {"text": text}, idempotency_key="k1").status_code == status
    problem(anna.post("/v1/notes", {"txt": "mistyped"}, idempotency_key="k1"), 422, "InvalidRequest")
    problem(world.nobody.post("/v1/notes", {"text": "x"}, idempotency_key="k1"), 401, "SignInRequired")
    assert kept(world) == []
    ok(anna.post("/v1/notes", {"text": "mended"}, idempotency_key="k1"), 201)
    assert texts(anna) == ["taken", "mended"]


def test_a_refusal_a_view_answers_itself_undoes_what_it_wrote(world: World, anna: Caller) -> None:
    problem(anna.post("/v1/second-thoughts", {"text": "x"}, idempotency_key="k1"), 409, "SecondThoughts")
    assert texts(anna) == []
    assert kept(world) == []


def test_a_defect_is_not_kept(world: World, anna: Caller) -> None:
    problem(anna.post("/v1/defect", {"text": "x"}, idempotency_key="k1"), 500, "InternalError")
    assert kept(world) == []


def test_a_key_of_another_method_is_ignored(anna: Caller) -> None:
    assert anna.get("/v1/notes", idempotency_key="k1").status_code == 200


@pytest.mark.parametrize(("key", "status"), [("k" * 200, 201), ("k" * 201, 422), ("", 201), ("é" * 50, 201)])
def test_a_key_has_at_most_200_characters(anna: Caller, key: str, status: int) -> None:
    assert anna.post("/v1/notes", {"text": "once"}, idempotency_key=key).status_code == status


def test_a_duplicate_in_flight_waits_and_gets_the_same_answer(
    world: World, anna: Caller, held: Tempo
) -> None:
    answers: list[TestResponse] = []

    def send() -> None:
        answers.append(anna.post("/v1/notes", {"text": "held"}, idempotency_key="k1"))

    first, second = threading.Thread(target=send), threading.Thread(target=send)
    first.start()
    assert held.entered.wait(10)
    second.start()
    second.join(0.3)
    assert second.is_alive()
    assert answers == []

    held.go.set()
    first.join(10)
    second.join(10)

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].data == answers[1].data
    assert texts(anna) == ["held"]


def test_a_duplicate_waiting_for_what_then_fails_goes_on_itself(world: World, anna: Caller) -> None:
    HELD["refuse, held"] = tempo = Tempo()
    answers: list[TestResponse] = []

    def send() -> None:
        answers.append(anna.post("/v1/notes", {"text": "refuse, held"}, idempotency_key="k1"))

    threads = [threading.Thread(target=send) for _ in range(2)]
    threads[0].start()
    assert tempo.entered.wait(10)
    threads[1].start()
    tempo.go.set()
    for thread in threads:
        thread.join(10)
    HELD.pop("refuse, held")

    assert [answer.status_code for answer in answers] == [409, 409]
    assert kept(world) == []


def test_ten_at_once_with_one_key_happen_once(world: World, anna: Caller) -> None:
    answers = at_once([partial(anna.post, "/v1/notes", {"text": "once"}, idempotency_key="k1")] * 10)
    assert len({answer.data for answer in answers if isinstance(answer, TestResponse)}) == 1
    assert Counter(getattr(answer, "status_code", answer) for answer in answers) == {201: 10}
    assert texts(anna) == ["once"]
