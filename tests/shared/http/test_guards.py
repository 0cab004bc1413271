"""Default deny: no route without a policy, and no commit without having asked it."""

from dataclasses import replace

import pytest
from flask_smorest import Blueprint

from beraad.domain import YES, Actor, Standing, can
from beraad.http import requires
from beraad.http.application import create_application
from beraad.http.guards import UnguardedApplication
from beraad.identifiers import new_id
from beraad.service import Service, open_store
from shared.http.notes import POLICIES
from worlds.callers import Caller, ok, problem
from worlds.settings import some_settings
from worlds.world import World


def a_service_with(notes_service: Service, blueprint: Blueprint) -> Service:
    return replace(notes_service, blueprints=(blueprint,))


def test_a_route_without_a_policy_keeps_the_service_from_starting(notes_service: Service) -> None:
    blueprint = Blueprint("bare", __name__, url_prefix="/v1")

    @blueprint.get("/bare")
    def bare() -> str:
        return "anybody"

    with pytest.raises(UnguardedApplication, match=r"/v1/bare \(no policy\)"):
        _start(a_service_with(notes_service, blueprint))


def test_a_route_with_a_policy_the_table_lacks_keeps_the_service_from_starting(
    notes_service: Service,
) -> None:
    blueprint = Blueprint("misspelt", __name__, url_prefix="/v1")

    @blueprint.get("/misspelt")
    @requires("note.wirte")
    def misspelt() -> str:
        return "nobody"

    with pytest.raises(UnguardedApplication, match=r"/v1/misspelt \(note\.wirte\)"):
        _start(a_service_with(notes_service, blueprint))


def _start(service: Service) -> None:
    settings = some_settings("notes", "sqlite:///nowhere.sqlite")
    create_application(service, open_store("notes", service.database, settings), settings)


def test_what_no_table_names_nobody_may() -> None:
    standing = Standing(Actor(person_id=new_id(), administrator=True))
    assert can(POLICIES, standing, "note.write") is YES
    assert not can(POLICIES, standing, "note.burn").allowed


def test_a_command_whose_policy_was_never_asked_commits_nothing(world: World, anna: Caller) -> None:
    problem(anna.post("/v1/forgetful", {"text": "unasked"}), 500, "InternalError")
    assert ok(anna.get("/v1/notes"))["items"] == []


def test_a_keyed_command_whose_policy_was_never_asked_commits_nothing_either(anna: Caller) -> None:
    problem(anna.post("/v1/forgetful", {"text": "unasked"}, idempotency_key="k"), 500, "InternalError")
    assert ok(anna.get("/v1/notes"))["items"] == []


def test_an_answer_whose_policy_was_never_asked_is_not_given(anna: Caller) -> None:
    document = problem(anna.get("/v1/forgetful"), 500, "InternalError")
    assert "secret" not in str(document)


def test_nobody_is_asked_to_sign_in_before_anything_else(world: World) -> None:
    answer = world.nobody.post("/v1/notes", {"wrong": "body"})
    problem(answer, 401, "SignInRequired")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_policy_that_refuses_answers_403_with_its_reason(world: World) -> None:
    refused = problem(world.as_service("meetings").post("/v1/notes", {"text": "x"}), 403, "NotAllowed")
    assert refused["rule"] == "PeopleOnly"
    assert refused["detail"] == "only people write notes"


@pytest.mark.parametrize(
    "credentials", ["meetings:wrong", "meetings", ":", "", "worker:", "worker:development-only", "é:é"]
)
def test_a_service_shows_its_own_key(world: World, credentials: str) -> None:
    caller = Caller(world.app, authorization=f"Service {credentials}")
    problem(caller.get("/v1/notes"), 401, "SignInRequired")


@pytest.mark.parametrize("authorization", ["", "Basic YTpi", "bearer", "Bearer ", "nonsense"])
def test_an_unknown_scheme_is_nobody(world: World, authorization: str) -> None:
    problem(Caller(world.app, authorization=authorization).get("/v1/notes"), 401, "SignInRequired")


def test_what_is_public_needs_nobody(world: World) -> None:
    assert ok(world.nobody.get("/livez")) == {"status": "alive"}
