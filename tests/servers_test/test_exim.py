import os
import smtplib
import ssl
from pathlib import Path

import pytest

from servers.certificates import Authority
from servers.exim import REPLIES, PrivateExim
from servers.leftovers import processes_of

MAIL = b"Subject: A round opened\r\n\r\n.dots stay\r\n..both\r\n\xc3\xa9\r\n"


def _send(client: smtplib.SMTP, recipient: str) -> None:
    client.sendmail("beraad+x@beraad.test", [recipient], MAIL)


def test_it_delivers_what_it_gets_byte_for_byte() -> None:
    with PrivateExim() as server:
        with smtplib.SMTP("127.0.0.1", server.port, timeout=5) as client:
            _send(client, "Anna.P@example.org")
        (mail,) = server.wait_for(1)
    assert (mail.sender, mail.recipient, mail.content) == ("beraad+x@beraad.test", "Anna.P@example.org", MAIL)
    assert server.running() is False
    assert processes_of(server.folder) == []
    assert not server.folder.exists()


@pytest.mark.parametrize("local_part", REPLIES)
def test_it_answers_by_recipient(local_part: str) -> None:
    with PrivateExim() as server, smtplib.SMTP("127.0.0.1", server.port, timeout=5) as client:
        client.ehlo()
        for recipient in (f"{local_part}@example.org", f"{local_part}.anna@example.org"):
            client.mail("beraad@beraad.test")
            assert b"%d %b" % client.rcpt(recipient) == REPLIES[local_part].encode()
            client.rset()
        client.mail("beraad@beraad.test")
        assert client.rcpt(f"{local_part}ly@example.org")[0] == 250


def test_it_takes_mail_from_those_it_knows_over_tls(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    trusting = ssl.create_default_context(cafile=authority.ca)
    with PrivateExim(certificate=authority.certificate("127.0.0.1"), account=("beraad", "a word")) as server:
        with smtplib.SMTP("127.0.0.1", server.port, timeout=5) as client:
            client.starttls(context=trusting)
            with pytest.raises(smtplib.SMTPRecipientsRefused):
                _send(client, "anna@example.org")
            with pytest.raises(smtplib.SMTPAuthenticationError):
                client.login("beraad", "another word")
            client.login("beraad", "a word")
            _send(client, "anna@example.org")
        with smtplib.SMTP_SSL("127.0.0.1", server.tls_port, timeout=5, context=trusting) as client:
            client.login("beraad", "a word")
            _send(client, "bram@example.org")
        assert {mail.protocol for mail in server.wait_for(2)} == {"esmtpsa"}


def test_it_has_nobody_elses_rights() -> None:
    with PrivateExim() as server:
        assert server._process
        status = Path(f"/proc/{server._process.pid}/status").read_text()
        users = next(line for line in status.splitlines() if line.startswith("Uid:")).split()[1:]
    assert "0" not in users
    assert len(set(users)) == 1
    assert os.geteuid() == 0 or users[0] == str(os.geteuid())
