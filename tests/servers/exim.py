"""A mail server as people run them: Debian's exim4 with one configuration of ours, in a folder and on ports of ours.

The program is copied, so that it is not setuid there: it never has another user's rights, and what listens is none of
the machine's own. Mail is delivered into a Maildir in the folder, whoever it is for; some local parts are answered
otherwise (`REPLIES`).
"""

import os
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Self

from servers.certificates import Certificate
from servers.processes import (
    Guarded,
    ServerFailed,
    accepts_connections,
    free_port,
    unprivileged_user,
    wait_until,
)
from servers.programs import exim

REPLIES = {
    "unknown": "550 5.1.1 there is nobody of that name here",
    "blocked": "550 5.7.1 we do not want your mail",
    "later": "451 4.3.0 try again later",
    "full": "452 4.2.2 the mailbox is full",
    "closing": "421 4.3.2 closing",
}
"""What RCPT is answered, by local part: `unknown@…`, and `unknown.anything@…` too."""
ADDED = (b"return-path:", b"envelope-to:", b"received:")
CONFIGURATION = """
primary_hostname = mta.beraad.test
exim_user = {user}
exim_group = {group}
exim_path = {folder}/exim4
spool_directory = {folder}/spool
log_file_path = {folder}/log/%slog
pid_file_path = {folder}/pid
keep_environment =
log_selector = +millisec
timezone = UTC
never_users =
deliver_drop_privilege
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port} : {tls_port}
tls_on_connect_ports = {tls_port}
tls_advertise_hosts = {tls_hosts}
{tls_files}
message_size_limit = {size_limit}
smtputf8_advertise_hosts = *
smtp_accept_max = 0
smtp_accept_max_per_connection = 1000000
smtp_accept_queue_per_connection = 0
host_lookup =
rfc1413_query_timeout = 0s
queue_only = {queue_only}
acl_smtp_rcpt = recipients
acl_smtp_data = accept
received_header_text = Received: by mta.beraad.test ($received_protocol)

begin acl
recipients:
{authentication}
{replies}
  accept

begin routers
everybody:
  driver = accept
  caseful_local_part
  transport = maildir

begin transports
maildir:
  driver = appendfile
  directory = {folder}/mail
  maildir_format
  return_path_add
  envelope_to_add

begin retry

begin authenticators
{authenticators}
"""
AUTHENTICATORS = {
    "plain": """
plain:
  driver = plaintext
  public_name = PLAIN
  server_condition = ${{if and{{{{eq{{$auth2}}{{{user}}}}}{{eq{{$auth3}}{{{password}}}}}}}}}
  server_set_id = $auth2
""",
    "login": """
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = ${{if and{{{{eq{{$auth1}}{{{user}}}}}{{eq{{$auth2}}{{{password}}}}}}}}}
  server_set_id = $auth1
""",
}
NOBODY_UNKNOWN = "  deny message = 530 5.7.0 authentication required\n       !authenticated = *"


@dataclass(frozen=True)
class ArrivedMail:
    """As delivered: `content` is what was sent, with CRLF; what the server added in front is apart."""

    sender: str
    recipient: str
    protocol: str
    content: bytes

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.content, policy=policy.default)


class PrivateExim:
    """One mail server, on `port` and with TLS from the start on `tls_port`. Ready in half a second.

    With a `certificate` it offers STARTTLS. With `account` (user, password) it takes mail from nobody else. Without
    `delivering`, what it accepts is kept in its queue on disk.
    """

    def __init__(
        self,
        *,
        certificate: Certificate | None = None,
        account: tuple[str, str] | None = None,
        mechanisms: tuple[str, ...] = ("plain", "login"),
        size_limit: int = 10_000_000,
        delivering: bool = True,
    ) -> None:
        self.port, self.tls_port = free_port(), free_port()
        program = exim()
        self.folder = Path(tempfile.mkdtemp(prefix="beraad-exim-"))
        self._user = unprivileged_user()
        self._process: Guarded | None = None
        for name in ("spool", "log", "mail", "mail/new", "mail/cur", "mail/tmp"):
            (self.folder / name).mkdir()
        shutil.copyfile(program, self.folder / "exim4")
        (self.folder / "exim4").chmod(0o755)
        (self.folder / "exim4.conf").write_text(
            self._configuration(certificate, account, mechanisms, size_limit, delivering)
        )
        if self._user:
            subprocess.run(["chown", "-R", f"{self._user}:", self.folder], check=True, timeout=10)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Returns when it takes connections."""
        self._process = Guarded(
            [str(self.folder / "exim4"), "-C", str(self.folder / "exim4.conf"), "-bdf"],
            env={"PATH": os.environ["PATH"], "LC_ALL": "C", "HOME": str(self.folder)},
            log=self.folder / "output",
            user=self._user,
        )
        answers = wait_until(
            lambda: accepts_connections(self.port) or not self.running(), within=20, every=0.02
        )
        if not answers or not self.running():
            log = self._process.tail() + self.log()
            self._process.kill()
            raise ServerFailed(f"exim4 did not start\n{log}")

    def running(self) -> bool:
        return self._process is not None and self._process.running()

    def close(self) -> None:
        """Stop and remove the folder."""
        if self._process:
            self._process.end(signal.SIGTERM, within=10)
        shutil.rmtree(self.folder, ignore_errors=True)

    def log(self) -> str:
        """What it wrote down, in its own words."""
        return "".join(file.read_text(errors="replace") for file in sorted((self.folder / "log").iterdir()))

    def mails(self) -> list[ArrivedMail]:
        """What was delivered so far, oldest first."""
        return [_arrived(file.read_bytes()) for file in sorted((self.folder / "mail" / "new").iterdir())]

    def wait_for(self, count: int, *, within: float = 20) -> list[ArrivedMail]:
        """The mails, once there are at least `count`; fails after the deadline."""
        mails = self.folder / "mail" / "new"
        assert wait_until(lambda: len(list(mails.iterdir())) >= count, within=within), (
            f"{len(self.mails())} of {count} mails within {within} s\n{self.log()}"
        )
        return self.mails()

    def accepted(self) -> int:
        """How many messages it took, by its log."""
        return len(self.accepted_at())

    def accepted_at(self) -> list[float]:
        """When it took each, as timestamps, in order."""
        lines = (line for line in self.log().splitlines() if " <= " in line)
        return [datetime.fromisoformat(f"{line[:23]}+00:00").timestamp() for line in lines]

    def _configuration(
        self,
        certificate: Certificate | None,
        account: tuple[str, str] | None,
        mechanisms: tuple[str, ...],
        size_limit: int,
        delivering: bool,
    ) -> str:
        tls_files = ""
        if certificate:
            for source, name in ((certificate.chain, "chain.pem"), (certificate.key, "key.pem")):
                shutil.copyfile(source, self.folder / name)
            tls_files = f"tls_certificate = {self.folder}/chain.pem\ntls_privatekey = {self.folder}/key.pem"
        user, password = account or ("", "")
        authenticators = "".join(AUTHENTICATORS[one] for one in mechanisms) if account else ""
        return CONFIGURATION.format(
            user=self._user or os.geteuid(),
            group=_group_of(self._user),
            folder=self.folder,
            port=self.port,
            tls_port=self.tls_port,
            tls_hosts="*" if certificate else "",
            tls_files=tls_files,
            size_limit=size_limit,
            queue_only=str(not delivering).lower(),
            authentication=NOBODY_UNKNOWN if account else "",
            replies="\n".join(_reply(local_part, reply) for local_part, reply in REPLIES.items()),
            authenticators=authenticators.format(user=user, password=password),
        )


def _reply(local_part: str, reply: str) -> str:
    verb = "deny" if reply.startswith("5") else "defer"
    return f"  {verb} local_parts = {local_part} : ^{local_part}\\\\.\n       message = {reply}"


def _group_of(user: str | None) -> str | int:
    import grp
    import pwd

    return grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name if user else os.getegid()


def _arrived(delivered: bytes) -> ArrivedMail:
    added: dict[bytes, str] = {}
    while delivered.lower().startswith(ADDED):
        line, _, delivered = delivered.partition(b"\n")
        while delivered[:1] in {b" ", b"\t"}:
            more, _, delivered = delivered.partition(b"\n")
            line += more
        name, _, value = line.partition(b":")
        added[name.lower()] = value.decode().strip()
    protocol = added[b"received"].partition("(")[2].partition(")")[0]
    return ArrivedMail(
        sender=added[b"return-path"].strip("<>"),
        recipient=added[b"envelope-to"],
        protocol=protocol,
        content=delivered.replace(b"\n", b"\r\n"),
    )
