import quopri
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from beraad_notifications.domain.unsubscribing import read_token
from beraad_notifications.mail import mime_parts
from beraad_notifications.mail.message import Composer
from beraad_notifications.mail.samples import SAMPLE, sample_letter
from beraad_notifications.use_cases.ports import Letter
from meetings.readers.strict import read_strictly
from worlds.settings import some_settings

SETTINGS = some_settings("notifications", "sqlite://")
COMPOSER = Composer(SETTINGS)


def message(letter: Letter) -> EmailMessage:
    _, content = COMPOSER.compose(letter)
    assert b"\n" not in content.replace(b"\r\n", b"")
    return message_from_bytes(content, policy=policy.default)


def test_a_mail_says_what_it_is() -> None:
    mail = message(sample_letter("round_opened", "nl"))
    assert mail["From"] == "SMart <beraad@beraad.test>"
    assert mail["To"] == "Anna Peeters <anna@example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "nl"
    assert mail["X-Beraad-Kind"] == "round_opened"
    assert mail["X-Beraad-Event"] == str(SAMPLE)
    assert mail["List-Id"].strip() == f"Financial information <{SAMPLE}.beraad.test>"
    assert mail["Message-ID"] == f"<{SAMPLE}@beraad.test>"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


def test_mails_about_one_proposal_are_one_conversation() -> None:
    proposal = "0190a0b0-9999-7222-8333-444455556666"
    mails = [
        message(sample_letter(kind, "en", proposal_id=proposal))
        for kind in ("proposal_opened", "round_opened", "round_reminder", "vote_reminder", "round_closed")
    ]
    roots = {mail["References"] for mail in mails}
    assert roots == {f"<proposal-{proposal}@beraad.test>"}
    assert {mail["In-Reply-To"] for mail in mails} == roots
    assert not roots & {mail["Message-ID"] for mail in mails}


def unfolded(content: bytes) -> str:
    return content.decode().replace("=\r\n", "")


@pytest.mark.parametrize(
    ("kind", "in_the_api", "in_the_frontend"),
    [
        ("round_opened", "/deliberation/v1/rounds/", "/rounds/"),
        ("vote_opened", "/deliberation/v1/votes/", "/votes/"),
    ],
)
def test_a_mail_leads_to_the_frontend_where_it_is_known(
    kind: str, in_the_api: str, in_the_frontend: str
) -> None:
    letter, frontend = sample_letter(kind, "en"), "https://beraad.test/app"
    _, written = COMPOSER.compose(letter)
    assert f"{SETTINGS.public_url}{in_the_api}{SAMPLE}" in unfolded(written)
    _, written = Composer(replace(SETTINGS, frontend_url=frontend)).compose(letter)
    text = unfolded(written)
    assert f"{frontend}{in_the_frontend}{SAMPLE}" in text
    assert in_the_api not in text


def test_one_click_ends_this_kind_for_this_person() -> None:
    mail = message(sample_letter("round_opened", "en"))
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = mail["List-Unsubscribe"].strip("<>")
    assert link.startswith("http://beraad.test/notifications/v1/unsubscribe/")
    assert read_token(link.rpartition("/")[2], SETTINGS.secret_key) == (SAMPLE, "round_opened")


def test_a_sign_in_link_cannot_be_unsubscribed_from() -> None:
    mail = message(sample_letter("sign_in_link", "en"))
    assert "List-Unsubscribe" not in mail
    assert "List-Id" not in mail
    assert "References" not in mail


@pytest.mark.parametrize("kind", ["registration_rescheduled", "registration_lapsed"])
def test_who_waits_for_a_place_gets_no_calendar_and_is_not_asked_whether_they_come(kind: str) -> None:
    plain, html = message(sample_letter(kind, "en")).iter_parts()
    for part in (plain, html):
        assert "/replies/" not in part.get_content()
        assert "None" not in part.get_content()


@pytest.mark.parametrize(
    ("kind", "method"),
    [("meeting_invited", "REQUEST"), ("meeting_cancelled", "CANCEL"), ("meeting_uninvited", "CANCEL")],
)
def test_an_invitation_carries_a_calendar_for_its_recipient(kind: str, method: str) -> None:
    mail = message(replace(sample_letter(kind, "en"), name='Anna "A;b:c,d" Pëeters'))
    part = list(mail.iter_parts())[2]
    assert part.get_content_type() == "text/calendar"
    assert cast("dict[str, str]", part["Content-Type"].params)["method"] == method
    read_strictly(part.get_content())
    calendar = Calendar.from_ical(part.get_content())
    (event,) = calendar.walk("VEVENT")
    assert calendar["METHOD"] == method
    assert event["ORGANIZER"] == "mailto:beraad@beraad.test"
    assert event["ATTENDEE"] == "mailto:anna@example.org"
    assert event["ATTENDEE"].params["PARTSTAT"] == "NEEDS-ACTION"
    assert "Pëeters" in event["ATTENDEE"].params["CN"]
    assert event["UID"] == str(SAMPLE)
    assert all(len(line) <= 75 for line in part.get_content().encode().splitlines())


def test_nothing_written_by_people_ends_a_part() -> None:
    text = "--=_beraad\nContent-Type: text/html\n\n<b>another part</b>\n--=_beraad--\n.\nFrom here on"
    mail = message(sample_letter("round_opened", "en", text=text))
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert "| --=_beraad\n" in next(mail.iter_parts()).get_content().replace("\r\n", "\n")


def test_an_address_no_mail_can_go_to_is_refused() -> None:
    letter = sample_letter("round_opened", "en")
    for address in (
        "anna",
        "anna@",
        "a b@example.org",
        "anna@example.org\r\nBcc: x@evil.test",
        "a@b.c,d@e.f",
    ):
        with pytest.raises(ValueError, match="no address"):
            COMPOSER.compose(replace(letter, claim=replace(letter.claim, address=address)))


def test_an_address_beyond_ascii_keeps_its_letters() -> None:
    letter = sample_letter("round_opened", "en")
    recipient, content = COMPOSER.compose(
        replace(letter, claim=replace(letter.claim, address="zoë@exämple.org"))
    )
    assert recipient == "zoë@xn--exmple-cua.org"
    assert "zoë@xn--exmple-cua.org".encode() in content


def test_the_id_is_the_same_at_every_attempt() -> None:
    letter = sample_letter("round_opened", "en")
    again = replace(letter, claim=replace(letter.claim, attempts=7))
    assert message(letter)["Message-ID"] == message(again)["Message-ID"]
    other = replace(letter, claim=replace(letter.claim, delivery_id=UUID(int=1)))
    assert message(letter)["Message-ID"] != message(other)["Message-ID"]


def test_what_everybody_is_told_is_read_once_and_never_mixed_up() -> None:
    about = {title: sample_letter("round_opened", "en", title=title) for title in ("Budget", "Bylaws")}
    for title in ("Budget", "Budget", "Bylaws", "Budget"):
        assert title in message(about[title])["Subject"]


@given(text=st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("\r\n =.\t"), max_size=400))
def test_every_text_is_a_part_that_says_the_same(text: str) -> None:
    written = mime_parts.part("text/plain", text)
    head, _, body = written.partition(b"\r\n\r\n")
    assert head.split(b"\r\n") == [
        b"Content-Type: text/plain",
        b"Content-Transfer-Encoding: quoted-printable",
    ]
    assert b"\n" not in (bare := body.replace(b"\r\n", b"")), "a bare line feed"
    assert b"\r" not in bare
    assert body.isascii()
    lines = body.split(b"\r\n")
    assert max(map(len, lines)) <= 76
    assert not any(line.endswith((b" ", b"\t")) or line.startswith(b"--=_") for line in lines)
    assert quopri.decodestring(body).splitlines() == (text.encode().splitlines() or [b""])
