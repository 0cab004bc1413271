import smtplib

import pytest

from servers.smtp import SmtpSink

MAIL = "Subject: A round opened\r\n\r\nPlease respond.\r\n"


def _send(sink: SmtpSink, *recipients: str) -> dict[str, tuple[int, bytes]]:
    with smtplib.SMTP("127.0.0.1", sink.port, timeout=5) as client:
        return client.sendmail("beraad@example.org", recipients, MAIL)


def test_it_keeps_what_it_gets(smtp_sink: SmtpSink) -> None:
    _send(smtp_sink, "anna@example.org", "bram@example.org")

    (mail,) = smtp_sink.wait_for(1)
    assert mail.recipients == ("anna@example.org", "bram@example.org")
    assert mail.message["Subject"] == "A round opened"
    assert smtp_sink.to("Anna@example.org") == [mail]


@pytest.mark.parametrize("reply", ["450 4.2.1 mailbox busy", "550 5.1.1 unknown"])
def test_it_refuses_one_recipient(smtp_sink: SmtpSink, reply: str) -> None:
    smtp_sink.answer("anna@example.org", reply)

    refused = _send(smtp_sink, "anna@example.org", "bram@example.org")

    assert refused == {"anna@example.org": (int(reply[:3]), reply[4:].encode())}
    assert [mail.recipients for mail in smtp_sink.messages] == [("bram@example.org",)]


def test_it_refuses_all_and_recovers(smtp_sink: SmtpSink) -> None:
    smtp_sink.answer_all("451 4.3.0 try again")
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        _send(smtp_sink, "anna@example.org")

    smtp_sink.recover()
    _send(smtp_sink, "anna@example.org")

    assert len(smtp_sink.messages) == 1


def test_it_refuses_connections_while_stopped(smtp_sink: SmtpSink) -> None:
    smtp_sink.stop()
    with pytest.raises(ConnectionRefusedError):
        _send(smtp_sink, "anna@example.org")

    smtp_sink.start()
    _send(smtp_sink, "anna@example.org")

    assert len(smtp_sink.messages) == 1


@pytest.mark.parametrize("kept", [True, False])
def test_it_cuts_the_connection_after_data(smtp_sink: SmtpSink, kept: bool) -> None:
    smtp_sink.drop_after_data(kept=kept)

    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
        _send(smtp_sink, "anna@example.org")

    assert len(smtp_sink.messages) == kept
    assert smtp_sink.attempts == 1
