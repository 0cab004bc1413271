"""The conversation with a mail server that says what we tell it to say."""

import socket

import pytest

from beraad.settings import SettingsError
from beraad_notifications.domain.deliveries import Said
from beraad_notifications.mail.smtp import Post, mail_server
from servers.scripted_smtp import ScriptedSmtp

SENDER, CONTENT = "beraad@beraad.test", b"Subject: x\r\n\r\ny\r\n"
AT_ONCE = {"EHLO": "250-as told\r\n250 PIPELINING"}
WAYS = pytest.mark.parametrize("ehlo", [{}, AT_ONCE], ids=["one by one", "at once"])


def said(server: ScriptedSmtp, *recipients: str) -> list[tuple[Said, str]]:
    """What becomes of a mail to each, by one connection."""
    post = Post(mail_server(server.url), SENDER, timeout=5)
    try:
        return [post.send(recipient, CONTENT) for recipient in recipients]
    finally:
        post.close()


@WAYS
def test_each_message_is_offered_and_taken(ehlo: dict[str, str]) -> None:
    with ScriptedSmtp(ehlo) as server:
        assert said(server, "a@beraad.test", "b@beraad.test") == [(Said.ACCEPTED, "250 taken")] * 2
        assert server.told[1:5] == [
            "MAIL FROM:<beraad@beraad.test>",
            "RCPT TO:<a@beraad.test>",
            "DATA",
            ".",
        ]


def test_what_a_server_says_is_one_line_that_can_be_written_down() -> None:
    """PostgreSQL takes no NUL: outcomes that cannot be recorded would hold up all mail."""
    with ScriptedSmtp({".": "250-taken\r\n250 as \x00\x1bours"}) as server:
        assert said(server, "a@beraad.test") == [(Said.ACCEPTED, "250 taken as   ours")]


@WAYS
@pytest.mark.parametrize(
    ("verb", "reply", "means"),
    [
        ("MAIL", "451 4.3.0 later", Said.LATER),
        ("RCPT", "550 5.1.1 unknown", Said.ADDRESS_REFUSED),
        ("DATA", "554 5.6.0 no", Said.REFUSED),
    ],
)
def test_after_a_refusal_the_conversation_goes_on(
    ehlo: dict[str, str], verb: str, reply: str, means: Said
) -> None:
    after = {"DATA": "503 5.5.1 nobody to write to"} if verb == "RCPT" else {}
    with ScriptedSmtp({**ehlo, **after, verb: reply}) as server:
        if verb == "MAIL" and ehlo:
            server.replies |= {"RCPT": "503 5.5.1 MAIL first", "DATA": "503 5.5.1 MAIL first"}
        assert said(server, "a@beraad.test", "b@beraad.test") == [(means, reply)] * 2
        assert (server.count("EHLO"), server.count("RSET")) == (1, 2)


def test_a_server_that_waits_for_a_message_to_nobody_gets_none() -> None:
    with ScriptedSmtp({**AT_ONCE, "RCPT": "550 5.1.1 unknown"}) as server:
        assert (
            said(server, "a@beraad.test", "b@beraad.test")
            == [(Said.ADDRESS_REFUSED, "550 5.1.1 unknown")] * 2
        )
        assert (server.count("EHLO"), server.count(".")) == (2, 0)


@WAYS
def test_who_closes_at_once_is_left_alone_for_a_moment(ehlo: dict[str, str]) -> None:
    closing = "421 4.7.0 too many of you"
    with ScriptedSmtp({**ehlo, "MAIL": closing}) as server:
        post = Post(mail_server(server.url), SENDER, timeout=5)
        assert post.send("a@beraad.test", CONTENT) == (Said.NOT_TRIED, closing)
        post._not_before += 60
        assert post.send("a@beraad.test", CONTENT) == (Said.NOT_TRIED, "the mail server is away")
        del server.replies["MAIL"]
        post._not_before = 0
        assert post.send("a@beraad.test", CONTENT)[0] is Said.ACCEPTED
        post.close()


def test_an_answer_that_does_not_fit_ends_the_conversation() -> None:
    with ScriptedSmtp({"DATA": "250 OK"}) as server:
        ((means, told),) = said(server, "a@beraad.test")
    assert (means, told) == (Said.LATER, "the mail server does not wait for the message")


@pytest.mark.parametrize(
    "address",
    [
        "a@beraad.test>\r\nRCPT TO:<x@evil.test",
        "a@beraad.test> NOTIFY=NEVER",
        "a@beraad.test\nDATA",
        "Anna <a@beraad.test>",
        "a\0@beraad.test",
    ],
)
def test_an_address_is_never_another_nor_two_commands(address: str) -> None:
    with ScriptedSmtp() as server:
        ((means, _),) = said(server, address)
        assert means is Said.LATER
        assert (server.count("MAIL"), server.count("RCPT")) == (0, 0)


def test_no_part_of_a_mail_waits_for_the_one_before_to_be_acknowledged() -> None:
    with ScriptedSmtp() as server:
        post = Post(mail_server(server.url), SENDER, timeout=5)
        assert post.open()
        assert post._smtp is not None
        assert post._smtp.sock is not None
        assert post._smtp.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        post.close()


def test_an_address_beyond_ascii_needs_a_server_that_takes_it() -> None:
    with ScriptedSmtp() as server:
        assert said(server, "zoë@beraad.test")[0][0] is Said.REFUSED
    with ScriptedSmtp({"EHLO": "250-as told\r\n250 SMTPUTF8"}) as server:
        assert said(server, "zoë@beraad.test")[0][0] is Said.ACCEPTED
        assert server.told[1:3] == ["MAIL FROM:<beraad@beraad.test> SMTPUTF8", "RCPT TO:<zoë@beraad.test>"]


@pytest.mark.parametrize("url", ["smtp://beraad:s3cret/@host", "smtps://beraad:s3cret#@host", "http://host"])
def test_what_is_wrong_with_the_address_of_the_server_is_said_without_the_password(url: str) -> None:
    with pytest.raises(SettingsError, match="BERAAD_SMTP_URL") as refused:
        mail_server(url)
    assert "s3cret" not in str(refused.value)
    assert refused.value.__cause__ is None
