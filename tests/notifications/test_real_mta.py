"""Mail through a mail server as people run them: what arrives is what was written, and every refusal has its consequence."""

from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from icalendar import Calendar
from structlog.testing import capture_logs

from beraad.settings import SettingsError
from beraad_notifications.domain.catalogue import CATALOGUE, Kind, NamedPeople, OnePerson
from beraad_notifications.domain.deliveries import Said
from beraad_notifications.mail.message import Composer
from beraad_notifications.mail.samples import SAMPLES, sample_letter
from beraad_notifications.mail.smtp import Post, mail_server
from notifications.vocabulary import MailRoom, delivery, happens, seat, states
from servers.certificates import Authority
from servers.exim import REPLIES, PrivateExim
from worlds.callers import Caller
from worlds.settings import some_settings
from worlds.world import World, WorldMaker

LANGUAGES = ("nl", "fr", "en", "de")
SENDER = "beraad@beraad.test"
ACCOUNT = ("beraad", "p@ss: word/%")
SIGNED_IN = "beraad:p%40ss%3A%20word%2F%25@"
AN_HOUR = timedelta(hours=1)
LONGER_THAN_ANY_PAUSE = {"hours": 5}
COMPOSER = Composer(some_settings("notifications", "sqlite://"))
StartMta = Callable[..., PrivateExim]


@pytest.fixture
def an_mta() -> Iterator[StartMta]:
    with ExitStack() as ending:
        yield lambda **how: ending.enter_context(PrivateExim(**how))


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """The system trusts it."""
    made = Authority(tmp_path / "authority")
    monkeypatch.setenv("SSL_CERT_FILE", str(made.ca))
    return made


def a_room(a_world: WorldMaker, url: str) -> MailRoom:
    return MailRoom(a_world("notifications", smtp_url=url))


def a_person(world: World, local_part: str, name: str = "Anna") -> Caller:
    """With that local part in their address."""
    caller = world.person(name)
    same = {"person_id": caller.person_id, "name": name, "language": "nl", "time_zone": "Europe/Brussels"}
    world.hears("membership.contact.changed.v1", **same, revision=2, email=f"{local_part}@beraad.test")
    return caller


def a_task_for(world: World, caller: Caller) -> None:
    happens(world, "task_assigned", owner_id=caller.person_id)


def test_a_mail_of_every_kind_arrives_in_the_words_of_its_recipient(
    a_world: WorldMaker, an_mta: StartMta
) -> None:
    mta = an_mta()
    room = a_room(a_world, mta.url)
    room.world.it_is(datetime(2017, 1, 1, tzinfo=UTC))  # nobody is reminded of what is over
    anna = a_person(room.world, "Anna.Peeters+all")
    group = room.world.group("Information")
    seat(room.world, group, anna, role="facilitator")
    for kind in CATALOGUE:
        happens(room.world, kind.name, **_concerning(kind, group, anna.person_id))
    room.works()
    told = states(room.world)
    assert set(told) == {"sent"}, "nothing else becomes of it"

    arrived = mta.wait_for(told["sent"])
    assert {mail.message["X-Beraad-Kind"] for mail in arrived} == {kind.name for kind in CATALOGUE}
    assert {mail.recipient for mail in arrived} == {"Anna.Peeters+all@beraad.test"}
    assert len({mail.message["Message-ID"] for mail in arrived}) == len(arrived)
    assert all("Anna" in _text(mail.content) for mail in arrived)
    assert all(mail.message["DKIM-Signature"] is None for mail in arrived)


def _concerning(kind: Kind, group: UUID, person: UUID | None) -> dict[str, Any]:
    """What makes an event of that kind concern that person in that group."""
    sample, audience = SAMPLES[kind.name], kind.audience
    fields: dict[str, Any] = {"group_id": group} if "group_id" in sample else {}
    if isinstance(audience, OnePerson):
        return {**fields, audience.named_in: person}
    if isinstance(audience, NamedPeople):
        return {**fields, audience.named_in: [person]}
    return {**fields, audience.of: group}


def _text(content: bytes) -> str:
    body = message_from_bytes(content, policy=policy.default).get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_every_kind_arrives_byte_for_byte_in_every_language(an_mta: StartMta) -> None:
    mta = an_mta()
    post = Post(mail_server(mta.url), SENDER)
    letters = [sample_letter(kind, language) for kind in SAMPLES for language in LANGUAGES]
    sent = [COMPOSER.compose(letter) for letter in letters]
    for recipient, content in sent:
        assert post.send(recipient, content)[0] is Said.ACCEPTED
    post.close()
    arrived = mta.wait_for(len(sent), within=60)
    assert Counter(mail.content for mail in arrived) == Counter(content for _, content in sent)


def test_long_lines_dots_and_eight_bits_arrive_as_they_are(an_mta: StartMta) -> None:
    mta = an_mta()
    post = Post(mail_server(mta.url), SENDER)
    lines = (b"x" * 998, b".", b"..", b".hidden", b"From me", b"", "déjà — 🌱".encode(), b" " * 20, b".")
    content = b"Subject: as it is\r\n\r\n" + b"".join(line + b"\r\n" for line in lines)
    for _ in range(2):
        assert post.send("anna@beraad.test", content)[0] is Said.ACCEPTED
    post.close()
    assert [mail.content for mail in mta.wait_for(2)] == [content] * 2


def test_an_invitation_is_still_one_for_a_calendar(an_mta: StartMta) -> None:
    mta = an_mta()
    post = Post(mail_server(mta.url), SENDER)
    recipient, content = COMPOSER.compose(sample_letter("meeting_invited", "fr"))
    post.send(recipient, content)
    post.close()
    (mail,) = mta.wait_for(1)
    part = next(part for part in mail.message.walk() if part.get_content_type() == "text/calendar")
    assert part.get_param("method") == "REQUEST"
    (event,) = Calendar.from_ical(part.get_content()).walk("VEVENT")
    assert str(event["ATTENDEE"]).lower() == "mailto:anna@example.org"


def test_the_envelope_names_where_what_cannot_be_delivered_goes(
    a_world: WorldMaker, an_mta: StartMta
) -> None:
    mta = an_mta()
    room = a_room(a_world, mta.url)
    a_task_for(room.world, a_person(room.world, "anna"))
    room.works()
    (mail,) = mta.wait_for(1)
    local_part, _, domain = mail.sender.partition("@")
    assert local_part.partition("+")[0] == "beraad"
    assert domain == "beraad.test"
    assert mail.message["Return-Path"] is None


@pytest.mark.parametrize("local_part", ["later", "full", "closing"])
def test_who_cannot_take_it_now_gets_it_later(a_world: WorldMaker, an_mta: StartMta, local_part: str) -> None:
    mta = an_mta()
    room = a_room(a_world, mta.url)
    anna, bram = a_person(room.world, local_part), a_person(room.world, "bram", "Bram")
    for caller in (anna, bram):
        a_task_for(room.world, caller)
    room.works()
    waiting = delivery(room.world, anna.person_id)
    assert (waiting.state, waiting.reason) == ("deferred", REPLIES[local_part])
    assert delivery(room.world, bram.person_id).state == "sent"

    has_room = {"name": "Anna", "language": "nl", "time_zone": "Europe/Brussels"}
    room.world.hears(
        "membership.contact.changed.v1",
        person_id=anna.person_id,
        **has_room,
        revision=3,
        email="anna@beraad.test",
    )
    room.later(**LONGER_THAN_ANY_PAUSE)
    room.works()
    assert sorted(mail.recipient for mail in mta.wait_for(2)) == ["anna@beraad.test", "bram@beraad.test"]


def test_who_is_unknown_there_is_written_to_once(a_world: WorldMaker, an_mta: StartMta) -> None:
    mta = an_mta()
    room = a_room(a_world, mta.url)
    anna = a_person(room.world, "unknown")
    for _ in range(2):
        a_task_for(room.world, anna)
        room.works()
    assert states(room.world) == Counter(failed=1, suppressed=1)
    (told,) = room.world.published("notifications.address.suppressed.v1")
    assert told["person_id"] == str(anna.person_id)
    rejections = [line for line in mta.log().splitlines() if "rejected RCPT <unknown@" in line]
    assert len(set(rejections)) == 1


def test_who_the_server_has_something_against_is_not_given_up(a_world: WorldMaker, an_mta: StartMta) -> None:
    mta = an_mta()
    room = a_room(a_world, mta.url)
    a_task_for(room.world, a_person(room.world, "blocked"))
    room.works()
    assert sum(states(room.world)[state] for state in ("queued", "deferred")) == 1
    assert room.world.published("notifications.address.suppressed.v1") == []


def test_a_mail_that_is_too_big_fails_and_nobody_is_suppressed(a_world: WorldMaker, an_mta: StartMta) -> None:
    mta = an_mta(size_limit=2_000)
    room = a_room(a_world, mta.url)
    a_task_for(room.world, a_person(room.world, "anna"))
    room.works()
    assert states(room.world) == Counter(failed=1)
    (failed,) = room.world.published("notifications.delivery.failed.v1")
    assert failed["reason"].startswith("552")
    assert room.world.published("notifications.address.suppressed.v1") == []


@pytest.mark.parametrize("scheme", ["smtp+starttls", "smtps"])
@pytest.mark.parametrize("mechanism", ["with password", "without"])
def test_it_arrives_over_tls_whose_certificate_was_checked(
    a_world: WorldMaker, an_mta: StartMta, authority: Authority, scheme: str, mechanism: str
) -> None:
    account = ACCOUNT if mechanism == "with password" else None
    mta = an_mta(certificate=authority.certificate("127.0.0.1"), account=account)
    room = a_room(a_world, _secure_url(mta, scheme, SIGNED_IN if account else ""))
    a_task_for(room.world, a_person(room.world, "anna"))
    room.works()
    (mail,) = mta.wait_for(1)
    assert mail.protocol == ("esmtpsa" if account else "esmtps")
    assert states(room.world) == Counter(sent=1)


def _secure_url(mta: PrivateExim, scheme: str, signed_in: str = "", host: str = "127.0.0.1") -> str:
    return f"{scheme}://{signed_in}{host}:{mta.tls_port if scheme == 'smtps' else mta.port}"


@pytest.mark.parametrize("scheme", ["smtp+starttls", "smtps"])
@pytest.mark.parametrize("shown", ["of a stranger", "of another name", "that has expired"])
def test_nothing_is_sent_to_who_shows_the_wrong_certificate(
    a_world: WorldMaker, an_mta: StartMta, authority: Authority, tmp_path: Path, scheme: str, shown: str
) -> None:
    signs = Authority(tmp_path / "stranger", "A stranger") if shown == "of a stranger" else authority
    name = "mail.example.org" if shown == "of another name" else "127.0.0.1"
    valid = -AN_HOUR if shown == "that has expired" else AN_HOUR
    mta = an_mta(certificate=signs.certificate(name, valid=valid))
    _nothing_is_sent_until(a_world, mta, _secure_url(mta, scheme))


@pytest.mark.parametrize("scheme", ["smtp+starttls", "smtps"])
def test_an_authority_of_ones_own_is_trusted_where_it_is_named(
    an_mta: StartMta, tmp_path: Path, scheme: str
) -> None:
    own, other = Authority(tmp_path / "own"), Authority(tmp_path / "other", "Another")
    mta = an_mta(certificate=own.certificate("127.0.0.1"))
    for ca, opens in (("", False), (str(other.ca), False), (str(own.ca), True)):
        post = Post(mail_server(_secure_url(mta, scheme), ca), SENDER)
        assert post.open() is opens
        post.close()
    with pytest.raises(SettingsError, match=r"BERAAD_SMTP_CA: there is no file /nowhere/ca\.pem"):
        mail_server(mta.url, "/nowhere/ca.pem")


def test_nothing_is_sent_in_clear_where_tls_was_asked_for(
    a_world: WorldMaker, an_mta: StartMta, authority: Authority
) -> None:
    mta = an_mta()
    _nothing_is_sent_until(a_world, mta, _secure_url(mta, "smtp+starttls"))


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_a_wrong_password_is_told_without_the_password(
    an_mta: StartMta, tmp_path: Path, mechanism: str
) -> None:
    authority = Authority(tmp_path / "authority")
    mta = an_mta(
        certificate=authority.certificate("127.0.0.1"), account=ACCOUNT, mechanisms=(mechanism.lower(),)
    )
    url = _secure_url(mta, "smtps")
    right, wrong = (
        Post(mail_server(url.replace("://", f"://{who}"), str(authority.ca)), SENDER)
        for who in (SIGNED_IN, "beraad:s3cret@")
    )
    with capture_logs() as logs:
        said, words = wrong.send("anna@beraad.test", b"Subject: x\r\n\r\n")
    assert said is Said.CHANNEL_REFUSED
    assert words.startswith("535 ")
    (told,) = logs
    assert told["event"] == "mail_server_away"
    assert "SMTPAuthenticationError(535" in told["error"]
    assert "s3cret" not in f"{logs}{wrong._server}"
    assert b64encode(b"s3cret").decode() not in str(logs)
    assert right.send("anna@beraad.test", b"Subject: x\r\n\r\n")[0] is Said.ACCEPTED
    right.close()


@pytest.mark.parametrize("scheme", ["smtp+starttls", "smtps"])
def test_a_wrong_password_burns_no_recipient(
    a_world: WorldMaker, an_mta: StartMta, authority: Authority, scheme: str
) -> None:
    mta = an_mta(certificate=authority.certificate("127.0.0.1"), account=ACCOUNT)
    _nothing_is_sent_until(
        a_world,
        mta,
        _secure_url(mta, scheme, "beraad:wrong@"),
        then=_secure_url(mta, scheme, SIGNED_IN),
    )


def test_a_server_that_wants_a_password_and_gets_none_burns_no_recipient(
    a_world: WorldMaker, an_mta: StartMta, authority: Authority
) -> None:
    mta = an_mta(certificate=authority.certificate("127.0.0.1"), account=ACCOUNT)
    _nothing_is_sent_until(a_world, mta, mta.url, then=_secure_url(mta, "smtp+starttls", SIGNED_IN))


def _nothing_is_sent_until(
    a_world: WorldMaker, mta: PrivateExim, url: str, *, then: str | None = None
) -> None:
    """The server is set up rightly: then it goes out after all."""
    room = a_room(a_world, url)
    anna = a_person(room.world, "anna")
    a_task_for(room.world, anna)
    room.works()
    waiting = delivery(room.world, anna.person_id)
    assert waiting.state in {"queued", "deferred"}
    assert room.world.published() == []
    assert mta.accepted() == 0
    if then is not None:
        room.world.settings = replace(room.world.settings, smtp_url=then)
        mended = MailRoom(room.world, moved=timedelta(**LONGER_THAN_ANY_PAUSE))
        mended.works()
        assert [mail.recipient for mail in mta.wait_for(1)] == ["anna@beraad.test"]


def test_an_address_beyond_ascii_is_written_to(a_world: WorldMaker, an_mta: StartMta) -> None:
    mta = an_mta()
    room = a_room(a_world, mta.url)
    a_task_for(room.world, a_person(room.world, "iñes.ž", "Iñes"))
    room.works()
    (mail,) = mta.wait_for(1)
    assert (mail.recipient, mail.protocol) == ("iñes.ž@beraad.test", "utf8esmtp")
    assert "iñes.ž@beraad.test" in mail.content.decode()


def test_one_conversation_goes_on_after_each_refusal(an_mta: StartMta) -> None:
    mta = an_mta()
    post = Post(mail_server(mta.url), SENDER)
    recipients = ("unknown", "anna", "later", "bram", "full", "chloe")
    said = [post.send(f"{one}@beraad.test", b"Subject: x\r\n\r\ny\r\n")[0] for one in recipients]
    post.close()
    taken = Said.ACCEPTED
    assert said == [Said.ADDRESS_REFUSED, taken, Said.LATER, taken, Said.LATER, taken]
    assert {mail.recipient.partition("@")[0] for mail in mta.wait_for(3)} == {"anna", "bram", "chloe"}
