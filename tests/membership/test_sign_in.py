"""Signing in through the API: links, codes, sessions, the keys for outsiders."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from beraad.clock import real_now
from beraad.perform import reading
from beraad_membership.storage.tables import own_signing_keys, sessions, sign_in_links
from worlds.callers import Caller, ok, problem
from worlds.races import at_once
from worlds.world import World, WorldMaker

LINKS, SESSIONS, REFRESH = "/v1/auth/sign-in-links", "/v1/auth/sessions", "/v1/auth/sessions/refresh"
CONFIRM = "/v1/auth/confirm"
EMAIL = "anna@smart.test"


@pytest.fixture
def world(a_world: WorldMaker) -> World:
    world = a_world("membership")
    ok(world.administrator().post("/v1/people", {"name": "Anna", "email": EMAIL, "language": "nl"}), 201)
    return world


@pytest.fixture
def browser(world: World) -> FlaskClient:
    return world.app.test_client()


def ask(browser: FlaskClient, email: str = EMAIL, address: str = "192.0.2.1") -> TestResponse:
    return browser.post(LINKS, json={"email": email}, environ_base={"REMOTE_ADDR": address})


def mails(world: World) -> list[dict[str, Any]]:
    return [mail for mail in world.published("membership.sign_in_link.issued.v1") if mail["email"] == EMAIL]


def token_in(mail: dict[str, Any]) -> str:
    token: str = parse_qs(urlsplit(mail["link"]).query)["token"][0]
    return token


def signed_in(world: World, browser: FlaskClient) -> dict[str, Any]:
    assert ask(browser).status_code == 202
    session: dict[str, Any] = ok(browser.post(SESSIONS, json={"token": token_in(mails(world)[-1])}), 201)
    return session


def as_bearer(world: World, session: dict[str, Any]) -> Caller:
    return Caller(world.app, authorization=f"Bearer {session['access_token']}")


# -- asking for a link ---------------------------------------------------------------------------------------


def test_the_answer_does_not_tell_whether_an_address_is_known(world: World, browser: FlaskClient) -> None:
    known, unknown = ask(browser), ask(browser, "nobody@smart.test")
    assert (known.status_code, known.data) == (unknown.status_code, unknown.data) == (202, known.data)
    assert set(known.headers.keys()) == set(unknown.headers.keys())
    assert len(mails(world)) == 1
    assert len(world.published("membership.sign_in_link.issued.v1")) == 2  # and the first administrator's


def test_a_mailed_link_opens_the_confirmation_page_under_the_public_address(
    world: World, browser: FlaskClient
) -> None:
    ask(browser, "  ANNA@smart.test ".strip())
    (mail,) = mails(world)
    assert mail["link"].startswith("http://beraad.test/membership/v1/auth/confirm?token=")
    assert mail["language"] == "nl"
    assert len(mail["code"]) == 6


def test_only_hashes_of_the_secrets_are_kept(world: World, browser: FlaskClient) -> None:
    session = signed_in(world, browser)
    (mail,) = mails(world)
    refresh = browser.get_cookie("beraad_refresh", path="/v1/auth")
    nonce = browser.get_cookie("beraad_sign_in", path="/v1/auth")
    assert refresh
    assert nonce
    with reading(world.store) as work:
        kept = [
            str(row)
            for table in (sign_in_links, sessions, own_signing_keys)
            for row in work.session.execute(table.select())
        ]
    for secret in (token_in(mail), mail["code"], refresh.value, nonce.value, session["access_token"], '"d"'):
        assert not any(secret in row for row in kept)


def test_a_fourth_link_within_a_quarter_is_not_mailed_and_looks_the_same(
    world: World, browser: FlaskClient
) -> None:
    answers = [ask(browser, address=f"192.0.2.{n}") for n in range(5)]
    assert {(answer.status_code, answer.data) for answer in answers} == {(202, answers[0].data)}
    assert len(mails(world)) == 3
    with time_machine.travel(real_now() + timedelta(minutes=16)):
        ask(browser)
    assert len(mails(world)) == 4


def test_an_eleventh_link_within_an_hour_from_one_network_address_is_refused(
    world: World, browser: FlaskClient
) -> None:
    for n in range(10):
        assert ask(browser, f"nobody{n}@smart.test").status_code == 202
    refused = ask(browser)
    problem(refused, 429, "TooManySignInLinks")
    assert refused.headers["Retry-After"] == "3600"
    assert ask(browser, address="192.0.2.2").status_code == 202
    with time_machine.travel(real_now() + timedelta(minutes=61)):
        assert ask(browser).status_code == 202


def test_a_subscriber_is_one_network_address_whatever_it_calls_itself(
    world: World, browser: FlaskClient
) -> None:
    for n in range(10):
        assert ask(browser, f"nobody{n}@smart.test", f"2001:db8::{n:x}").status_code == 202
    problem(ask(browser, address="2001:db8::ffff"), 429, "TooManySignInLinks")
    assert ask(browser, address="2001:db8:0:1::1").status_code == 202
    for n in range(10):
        assert ask(browser, f"nobody{n}@smart.test", f"{'x' * 300}{n}").status_code == 202
    problem(ask(browser, address=""), 429, "TooManySignInLinks")


@pytest.mark.parametrize("email", ["", "no address", "a" * 250 + "@smart.test", None, ["anna@smart.test"]])
def test_what_is_no_address_is_refused(browser: FlaskClient, email: object) -> None:
    problem(browser.post(LINKS, json={"email": email}), 422, "InvalidRequest")


# -- using it ------------------------------------------------------------------------------------------------


def test_a_link_signs_in_once(world: World, browser: FlaskClient) -> None:
    session = signed_in(world, browser)
    assert ok(as_bearer(world, session).get("/v1/me"))["name"] == "Anna"
    assert session["token_type"] == "Bearer"
    assert session["expires_in"] == 600
    problem(browser.post(SESSIONS, json={"token": token_in(mails(world)[-1])}), 401, "SignInRefused")


def test_a_link_used_twice_at_once_opens_one_session(a_world: WorldMaker, each_engine: str) -> None:
    world = a_world("membership", on=each_engine, pool_size=8)
    ok(world.administrator().post("/v1/people", {"name": "Anna", "email": EMAIL}), 201)
    browser = world.app.test_client()
    ask(browser)
    nonce = browser.get_cookie("beraad_sign_in", path="/v1/auth")
    assert nonce
    token = token_in(mails(world)[-1])

    def use() -> int:
        cookie = f"beraad_sign_in={nonce.value}"
        return world.nobody.post(SESSIONS, {"token": token}, cookie=cookie).status_code

    assert sorted(at_once([use] * 6), key=str) == [201] + [401] * 5


def test_a_link_is_refused_in_another_browser_and_stays_good_in_its_own(
    world: World, browser: FlaskClient
) -> None:
    ask(browser)
    token = token_in(mails(world)[-1])
    problem(world.app.test_client().post(SESSIONS, json={"token": token}), 401, "SignInRefused")
    ok(browser.post(SESSIONS, json={"token": token}), 201)


def test_an_old_link_is_refused(world: World, browser: FlaskClient) -> None:
    ask(browser)
    with time_machine.travel(real_now() + timedelta(minutes=15)):
        problem(browser.post(SESSIONS, json={"token": token_in(mails(world)[-1])}), 401, "SignInRefused")


def test_an_unknown_token_is_refused(browser: FlaskClient) -> None:
    ask(browser)
    problem(browser.post(SESSIONS, json={"token": "x" * 43}), 401, "SignInRefused")


@pytest.mark.parametrize(
    "body", [{}, {"token": None}, {"token": "x" * 43, "code": "123456"}, {"code": "12345"}]
)
def test_the_cookie_alone_proves_nothing(world: World, browser: FlaskClient, body: dict[str, Any]) -> None:
    ask(browser)
    problem(browser.post(SESSIONS, json=body), 422, "InvalidRequest")
    assert browser.post(CONFIRM, data={}).status_code == 401
    with reading(world.store) as work:
        assert work.session.execute(sessions.select()).all() == []


def test_the_six_digits_sign_in_the_browser_that_asked(world: World, browser: FlaskClient) -> None:
    ask(browser)
    code = mails(world)[-1]["code"]
    problem(world.app.test_client().post(SESSIONS, json={"code": code}), 401, "SignInRefused")
    ok(browser.post(SESSIONS, json={"code": code}), 201)
    problem(browser.post(SESSIONS, json={"code": code}), 401, "SignInRefused")


def test_after_five_wrong_codes_the_right_one_is_too_late(world: World, browser: FlaskClient) -> None:
    ask(browser)
    code = mails(world)[-1]["code"]
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for _ in range(5):
        problem(browser.post(SESSIONS, json={"code": wrong}), 401, "SignInRefused")
    problem(browser.post(SESSIONS, json={"code": code}), 401, "SignInRefused")


def test_codes_tried_at_once_are_all_counted(a_world: WorldMaker, each_engine: str) -> None:
    world = a_world("membership", on=each_engine, pool_size=8)
    browser = world.app.test_client()
    ask(browser)
    nonce = browser.get_cookie("beraad_sign_in", path="/v1/auth")
    assert nonce
    cookie = f"beraad_sign_in={nonce.value}"

    at_once([lambda: world.nobody.post(SESSIONS, {"code": "000000"}, cookie=cookie)] * 7)

    with reading(world.store) as work:
        attempts = [
            row.attempts for row in work.session.execute(sign_in_links.select()) if row.email == EMAIL
        ]
    assert attempts == [7]


def test_a_code_for_an_unknown_address_signs_nobody_in(world: World, browser: FlaskClient) -> None:
    ask(browser, "nobody@smart.test")
    problem(browser.post(SESSIONS, json={"code": "000000"}), 401, "SignInRefused")


def test_the_newest_link_of_a_browser_decides_over_its_code(world: World, browser: FlaskClient) -> None:
    ask(browser)
    ask(browser)
    first, second = (mail["code"] for mail in mails(world))
    if first != second:
        problem(browser.post(SESSIONS, json={"code": first}), 401, "SignInRefused")
    ok(browser.post(SESSIONS, json={"code": second}), 201)


# -- the confirmation page -----------------------------------------------------------------------------------


def test_opening_the_page_changes_nothing(world: World, browser: FlaskClient) -> None:
    ask(browser)
    link = f"{CONFIRM}?token={token_in(mails(world)[-1])}"
    before = len(world.published())

    for opener in (browser, world.app.test_client(), browser):
        page = opener.get(link)
        assert page.status_code == 200
        assert page.mimetype == "text/html"
        assert "Set-Cookie" not in page.headers
        assert page.headers["Referrer-Policy"] == "no-referrer"
    assert browser.head(link).status_code == 200

    assert len(world.published()) == before
    assert browser.post(CONFIRM, data={"token": token_in(mails(world)[-1])}).status_code == 200


def test_confirming_signs_the_browser_in(world: World, browser: FlaskClient) -> None:
    ask(browser)
    page = browser.post(CONFIRM, data={"token": token_in(mails(world)[-1])})
    assert "You are signed in" in page.text
    assert ok(as_bearer(world, ok(browser.post(REFRESH))).get("/v1/me"))["name"] == "Anna"
    again = browser.post(CONFIRM, data={"token": token_in(mails(world)[-1])})
    assert again.status_code == 401
    assert "not valid" in again.text


def test_the_page_shows_a_token_without_letting_it_speak(browser: FlaskClient) -> None:
    page = browser.get(CONFIRM, query_string={"token": '"><script>alert(1)</script>'})
    assert "<script>" not in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


# -- sessions ------------------------------------------------------------------------------------------------


def test_the_refresh_token_is_in_a_cookie_no_script_reads(world: World, browser: FlaskClient) -> None:
    ask(browser)
    answer = browser.post(SESSIONS, json={"token": token_in(mails(world)[-1])})
    (cookie,) = (
        value for value in answer.headers.getlist("Set-Cookie") if value.startswith("beraad_refresh=")
    )
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Path=/v1/auth" in cookie
    assert "refresh" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_behind_https_the_cookies_are_secure(a_world: WorldMaker) -> None:
    world = a_world("membership", public_url="https://beraad.test")
    assert "; Secure" in ask(world.app.test_client()).headers["Set-Cookie"]


def test_a_session_is_refreshed_again_and_again(world: World, browser: FlaskClient) -> None:
    signed_in(world, browser)
    for _ in range(3):
        session = ok(browser.post(REFRESH))
    assert ok(as_bearer(world, session).get("/v1/me"))["name"] == "Anna"


@pytest.mark.parametrize("uses", [1, 2])
def test_a_used_refresh_token_coming_back_ends_the_session(
    world: World, browser: FlaskClient, uses: int
) -> None:
    signed_in(world, browser)
    stolen = browser.get_cookie("beraad_refresh", path="/v1/auth")
    assert stolen
    for _ in range(uses):
        session = ok(browser.post(REFRESH))

    refused = world.nobody.post(REFRESH, cookie=f"beraad_refresh={stolen.value}")

    problem(refused, 401, "SessionEnded")
    problem(browser.post(REFRESH), 401, "SessionEnded")
    problem(as_bearer(world, session).get("/v1/me"), 401, "SignInRequired")
    assert len(world.published("membership.session.revoked.v1")) == 1


def test_a_refresh_token_used_twice_at_once_is_exchanged_at_most_once(
    a_world: WorldMaker, each_engine: str
) -> None:
    world = a_world("membership", on=each_engine, pool_size=8)
    ok(world.administrator().post("/v1/people", {"name": "Anna", "email": EMAIL}), 201)
    browser = world.app.test_client()
    signed_in(world, browser)
    refresh = browser.get_cookie("beraad_refresh", path="/v1/auth")
    assert refresh
    cookie = f"beraad_refresh={refresh.value}"

    answers = at_once([lambda: world.nobody.post(REFRESH, cookie=cookie).status_code] * 4)

    assert sorted(answers, key=str) == [200, 401, 401, 401]
    assert len(world.published("membership.session.revoked.v1")) == 1


@pytest.mark.parametrize(
    "cookie", ["", "beraad_refresh=", "beraad_refresh=nonsense", f"beraad_refresh={'0' * 32}.x"]
)
def test_without_a_refresh_token_of_ours_there_is_no_session(world: World, cookie: str) -> None:
    problem(world.nobody.post(REFRESH, cookie=cookie), 401, "SessionEnded")


def test_a_session_is_over_after_thirty_days(world: World, browser: FlaskClient) -> None:
    signed_in(world, browser)
    refresh = browser.get_cookie("beraad_refresh", path="/v1/auth")
    assert refresh
    with time_machine.travel(real_now() + timedelta(days=31)):
        problem(world.nobody.post(REFRESH, cookie=f"beraad_refresh={refresh.value}"), 401, "SessionEnded")


def test_signing_out_counts_at_once_and_is_told_to_the_others(world: World, browser: FlaskClient) -> None:
    anna = as_bearer(world, signed_in(world, browser))

    answer = anna.delete("/v1/auth/sessions/current")

    assert answer.status_code == 204
    assert "Max-Age=0" in answer.headers["Set-Cookie"]
    problem(anna.get("/v1/me"), 401, "SignInRequired")
    problem(browser.post(REFRESH), 401, "SessionEnded")
    assert len(world.published("membership.session.revoked.v1")) == 1


def test_a_token_of_no_session_kept_here_cannot_sign_out(world: World) -> None:
    problem(world.person().delete("/v1/auth/sessions/current"), 404, "NotFound")
    problem(world.as_service("meetings").delete("/v1/auth/sessions/current"), 403, "NotAllowed")


# -- keys ----------------------------------------------------------------------------------------------------


def test_the_published_keys_have_no_private_part(world: World) -> None:
    keys = ok(world.nobody.get("/v1/auth/jwks.json"))["keys"]
    keys += [event["jwk"] for event in world.published("membership.signing_key.published.v1")]
    assert len(keys) == 3  # prepared, the tests' own, and the published one
    for key in keys:
        assert set(key) == {"kty", "crv", "x", "y", "kid", "alg", "use"}


def test_when_the_key_has_expired_signing_in_publishes_another(world: World, browser: FlaskClient) -> None:
    with time_machine.travel(real_now() + timedelta(days=400)):
        session = signed_in(world, browser)
        assert ok(as_bearer(world, session).get("/v1/me"))["name"] == "Anna"
        assert len(ok(world.nobody.get("/v1/auth/jwks.json"))["keys"]) == 1
    assert len(world.published("membership.signing_key.published.v1")) == 2
