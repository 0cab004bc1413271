"""The running view as a page: in the reader's language, without script, with everything escaped."""

import json
import re
import subprocess
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urljoin
from uuid import uuid4

import pytest
from marshmallow import validate
from werkzeug.test import TestResponse

from beraad.contracts import contract_of
from beraad_meetings.documents import NOTICES
from beraad_meetings.documents.wording import EN, WORDS
from meetings.vocabulary import Circle, a_circle
from servers.programs import node
from worlds.callers import ok, problem
from worlds.world import WorldMaker

DOCUMENTS = Path(__file__).parents[2] / "services/meetings/beraad_meetings/documents"
SCRIPT = DOCUMENTS / "screen.js"
REFRESH, PAGE = "../../../../membership/v1/auth/sessions/refresh", "running.html"
SIX = datetime.fromisoformat("2017-10-10T16:00:00+00:00")


@pytest.fixture
def circle(a_world: WorldMaker) -> Circle:
    return a_circle(a_world("meetings"))


def words_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", page.partition("<main>")[2]).split())


def test_the_page_tells_what_the_view_tells(circle: Circle) -> None:
    meeting = circle.opened()
    first = circle.item(meeting, "Minutes of September", minutes=5, kind="decision")
    bread = circle.item(meeting, "<script>alert(1)</script>", minutes=20, owner_id=str(circle.member.id))
    circle.item(meeting, "Flour", parent_id=bread["id"])
    circle.attends(meeting, circle.facilitator)
    ok(circle.facilitator.post(f"/v1/agenda-items/{first['id']}/start"))
    circle.world.it_is(SIX + timedelta(minutes=6))
    going_on = {"close_running": True}
    ok(circle.facilitator.post(f"/v1/agenda-items/{bread['id']}/start", going_on))
    circle.world.it_is(SIX + timedelta(minutes=30))

    answer = circle.member.get(f"/v1/meetings/{meeting['id']}/running.html")

    assert answer.content_type == "text/html; charset=utf-8"
    assert "<script>" not in answer.text
    told = words_of(answer.text)
    assert "&lt;script&gt;alert(1)&lt;/script&gt; 4 min over since 18:06, 20 minutes planned · Mo" in told
    assert "There is no quorum 1 of 3 seats present, 2 needed A coordinator is present" in told
    assert "Next Flour 18:05 · 10 min" in told
    assert "Present (1) Fatima" in told
    assert "18:00 Minutes of September 5 6 min · without quorum" in told
    assert "The meeting ends at 19:00 · 29 min left" in told or "· 30 min left" in told


def test_a_meeting_of_days_tells_on_which_it_ends_and_the_hours_left(circle: Circle) -> None:
    meeting = circle.opened(duration_minutes=46 * 60)
    path = f"/v1/meetings/{meeting['id']}/running.html"
    circle.world.it_is(SIX + timedelta(minutes=1))

    told = words_of(circle.member.get(path).text)

    assert "The meeting ends at Thursday 12 October, 16:00 · 45 h 5" in told
    circle.world.it_is(SIX + timedelta(hours=46))
    assert "The meeting ends at 16:00" in words_of(circle.member.get(path).text)


def test_each_reads_it_in_their_language(circle: Circle) -> None:
    meeting = circle.opened()
    path = f"/v1/meetings/{meeting['id']}/running.html"
    for language, says in (
        ("nl", "Er is geen quorum"),
        ("fr", "Le quorum n’est pas atteint"),
        ("de", "Das Quorum ist nicht erreicht"),
        ("it", "no quorum"),
    ):
        reader = circle.world.person("Lea", language=language)
        circle.world.seat(circle.group_id, reader.id)
        assert says in reader.get(path).text
    problem(circle.stranger.get(path), 404, "NotFound")


# -- on a screen ---------------------------------------------------------------------------------------------


def screen_of(circle: Circle, **headers: str) -> TestResponse:
    return circle.world.nobody.get(f"/v1/meetings/{uuid4()}/screen", **headers)


def test_whoever_opens_the_screen_gets_a_page_that_tells_nothing_and_runs_our_script_alone(
    circle: Circle,
) -> None:
    answer = screen_of(circle)
    assert (answer.status_code, answer.content_type) == (200, "text/html; charset=utf-8")
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "connect-src 'self'" in answer.headers["Content-Security-Policy"]
    (source,) = re.findall(r"<script src=\"([^\"]+)\" defer></script>", answer.text)
    script = circle.world.nobody.get(urljoin(f"/v1/meetings/{uuid4()}/screen", source))
    assert (script.status_code, script.content_type) == (200, "text/javascript; charset=utf-8")
    assert "running.html" in script.text


def test_the_screen_speaks_the_browsers_language(circle: Circle) -> None:
    for wanted, says in (
        ("nl-BE,nl;q=0.9", "niet aangemeld"),
        ("fr", "pas connecté"),
        ("de-CH,de;q=0.9", "nicht angemeldet"),
        ("it", "not signed in"),
    ):
        assert says in screen_of(circle, accept_language=wanted).text


def test_the_page_says_when_to_ask_again(circle: Circle) -> None:
    meeting = circle.opened()
    page = circle.member.get(f"/v1/meetings/{meeting['id']}/running.html").text
    assert '<body data-ask-again="5">' in page


def on_a_screen(*answers: tuple[str, int]) -> dict[str, Any]:
    """What the script asks and shows in a browser to which that is answered, one after the other."""
    ran = subprocess.run(
        [str(node()), str(Path(__file__).parent / "readers" / "on_a_screen.mjs"), str(SCRIPT)],
        input=json.dumps(answers),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    told: dict[str, Any] = json.loads(ran.stdout)
    return told


def test_the_screen_signs_in_by_the_browsers_session_and_shows_the_page_again_and_again() -> None:
    seen = on_a_screen((REFRESH, 200), (PAGE, 200), (PAGE, 200), (PAGE, 401), (REFRESH, 200), (PAGE, 200))
    assert seen["asked"] == [
        f"POST {REFRESH}",
        f"GET {PAGE} Bearer token-1",
        f"GET {PAGE} Bearer token-1",
        f"GET {PAGE} Bearer token-1",
        f"POST {REFRESH}",
        f"GET {PAGE} Bearer token-2",
    ]
    assert seen["shown"] == [PAGE] * 3
    assert seen["waited"] == [5_000] * 3
    assert seen["locked"] == ["beraad_refresh"] * 2


def test_the_screen_of_one_who_is_not_signed_in_or_sees_nothing_says_so_and_goes_on_by_itself() -> None:
    seen = on_a_screen((REFRESH, 401), (REFRESH, 200), (PAGE, 409), (PAGE, 404), (PAGE, 503), (PAGE, 200))
    assert seen["shown"] == ["notice 401", "notice 409", "notice 404", PAGE]
    assert seen["waited"] == [15_000] * 4 + [5_000]


@pytest.mark.parametrize("type_", ["deliberation.round.closed.v1", "deliberation.vote.closed.v1"])
def test_every_outcome_has_a_name(type_: str) -> None:
    outcome = contract_of(type_).schema().fields["outcome"].validate
    assert isinstance(outcome, validate.OneOf)
    assert set(outcome.choices) <= set(EN)


@pytest.mark.parametrize("language", WORDS)
def test_every_language_has_every_entry_with_the_same_facts(language: str) -> None:
    def facts(text: str) -> set[str]:
        return set(re.findall(r"{(\w+)}", text))

    assert {entry: facts(text) for entry, text in WORDS[language].items()} == {
        entry: facts(text) for entry, text in EN.items()
    }


def test_the_page_says_nothing_that_has_no_words() -> None:
    template = "".join((DOCUMENTS / name).read_text() for name in ("running.html", "screen.html"))
    used = set(re.findall(r'"(\w+)" if|else "(\w+)"|say\("(\w+)"', template))
    assert set(NOTICES.values()) <= set(EN)
    named = {one for some in used for one in some if one}
    assert named - {"bad", "good", "on", "inner"} <= set(EN)
