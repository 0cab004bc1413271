"""A RabbitMQ of our own: private epmd, cookie, ports and folder, loopback only (design: messaging)."""

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import pika
import pika.exceptions

from servers.processes import Guarded, ServerFailed, accepts_connections, free_port, wait_until
from servers.programs import epmd, erl_call, rabbitmq_bin

LOOPBACK_ONLY = "-kernel inet_dist_use_interface {127,0,0,1}"


class Epmd:
    """Erlang's name server, ours. Nodes that form a cluster share one, with its cookie."""

    def __init__(self) -> None:
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="beraad-mq-"))
        cookie = self.folder / ".erlang.cookie"
        cookie.write_text(secrets.token_hex(16))
        cookie.chmod(0o400)
        self._process = Guarded(
            [str(epmd()), "-port", str(self.port), "-address", "127.0.0.1"],
            env={"PATH": os.environ["PATH"], "HOME": str(self.folder)},
            log=self.folder / "epmd.log",
        )
        if not wait_until(lambda: accepts_connections(self.port), within=10):
            self.close()
            raise ServerFailed(f"epmd did not start\n{self._process.tail()}")

    def close(self) -> None:
        self._process.end(signal.SIGTERM, within=5)
        shutil.rmtree(self.folder, ignore_errors=True)


class PrivateRabbitMQ:
    """One node. `stop`, `kill` and `start` keep its data and ports; `close` ends it and removes everything."""

    def __init__(self, *, name: str = "n1", names: Epmd | None = None) -> None:
        self.port = free_port()
        self._own_names = names is None
        self._scripts = rabbitmq_bin()
        self._names = names or Epmd()
        self.node = f"{name}@localhost"
        self.folder = self._names.folder / name
        self.folder.mkdir()
        self._process: Guarded | None = None
        self._environment = self._prepare()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Returns when a client can open a channel."""
        if self.running():
            return
        self._pid_file.unlink(missing_ok=True)
        self._process = Guarded(
            [str(self._scripts / "rabbitmq-server")], env=self._environment, log=self.folder / "output.log"
        )
        deadline = time.monotonic() + 90
        wait_until(lambda: accepts_connections(self.port) or not self.running(), within=90)
        try:
            self.await_channel(self.url(), within=max(1, deadline - time.monotonic()))
        except ServerFailed:
            self._process.kill()
            raise

    def await_channel(self, url: str, within: float = 60) -> None:
        """Returns when this user can open a channel there: what was just imported or added may take a while."""
        if not wait_until(lambda: self._opens_a_channel(url), within=within, every=0.2):
            log = self._process.tail() if self._process else ""
            raise ServerFailed(f"RabbitMQ lets nobody open a channel\n{log}")

    def stop(self) -> None:
        """Close all connections and stop in order."""
        if self._process:
            self._process.end(signal.SIGTERM, within=30, pid=self.pid)

    def kill(self) -> None:
        """Kill -9 the node and all its processes; its name server stays.

        A quorum queue declared less than a second before is lost (seen with 3.10.8: the queue stays listed, but every
        access ends in a timeout after 60 s). What was confirmed on an older queue is there after `start`.
        """
        if self._process:
            self._process.kill()

    def restart(self) -> None:
        self.stop()
        self.start()

    def close(self) -> None:
        """Stop and remove the folder."""
        try:
            self.stop()
        finally:
            if self._own_names:
                self._names.close()

    def running(self) -> bool:
        return self._process is not None and self._process.running()

    @property
    def pid(self) -> int:
        """The broker itself, below the script that started it: freeze this one (SIGSTOP)."""
        assert self._process, "not started"
        if self._pid_file.exists() and (told := self._pid_file.read_text().strip()).isdigit():
            return int(told)
        return self._process.pid

    def create_vhost(self, name: str) -> str:
        """An empty virtual host that `guest` may do everything in; answers its AMQP URL."""
        everything = '<<".*">>, <<".*">>, <<".*">>'
        self.evaluate(
            f'ok = rabbit_vhost:add(<<"{name}">>, <<"tests">>), ok = rabbit_auth_backend_internal:set_permissions('
            f'<<"guest">>, <<"{name}">>, {everything}, <<"tests">>)'
        )
        return self.url(name)

    def delete_vhost(self, name: str) -> None:
        self.evaluate(f'ok = rabbit_vhost:delete(<<"{name}">>, <<"tests">>)')

    def url(self, vhost: str = "%2F", *, credentials: str = "guest:guest") -> str:
        return f"amqp://{credentials}@127.0.0.1:{self.port}/{vhost}"

    def evaluate(self, expression: str) -> str:
        """An Erlang expression on this node, in some milliseconds: rabbitmqctl is a second of a whole core each time."""
        cookie = (self._names.folder / ".erlang.cookie").read_text()
        done = subprocess.run(
            [erl_call(), "-sname", self.node, "-c", cookie, "-e"],
            input=f"{expression}.\n",
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        if done.returncode or not done.stdout.startswith("{ok, "):
            raise ServerFailed(f"{expression}\n{done.stdout}{done.stderr}")
        return done.stdout.removeprefix("{ok, ").removesuffix("}")

    def ctl(self, *command: str) -> str:
        """rabbitmqctl on this node, as operators use it: slow, see `evaluate`."""
        done = subprocess.run(
            [self._scripts / "rabbitmqctl", "-q", *command],
            env=self._environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        if done.returncode:
            raise ServerFailed(f"rabbitmqctl {' '.join(command)}\n{done.stdout}{done.stderr}")
        return done.stdout

    def join(self, other: "PrivateRabbitMQ") -> None:
        """Become a member of the other node's cluster; both share one `Epmd`."""
        self.ctl("stop_app")
        self.ctl("join_cluster", other.node)
        self.ctl("start_app")

    @property
    def _pid_file(self) -> Path:
        return self.folder / "pid"

    def _opens_a_channel(self, url: str) -> bool:
        if not self.running():
            raise ServerFailed(
                "RabbitMQ ended while starting\n" + (self._process.tail() if self._process else "")
            )
        parameters = pika.URLParameters(url)
        parameters.socket_timeout = parameters.blocked_connection_timeout = 5
        parameters.stack_timeout = 10
        try:
            connection = pika.BlockingConnection(parameters)
        except (pika.exceptions.AMQPError, OSError):
            return False
        connection.channel().close()
        connection.close()
        return True

    def _prepare(self) -> dict[str, str]:
        """Everything the scripts and the node must not take from this machine's own RabbitMQ."""
        (self.folder / "rabbitmq.conf").write_text(
            f"listeners.tcp.default = 127.0.0.1:{self.port}\n"
            "disk_free_limit.absolute = 50MB\n"
            "vm_memory_high_watermark.absolute = 1GB\n"
        )
        (self.folder / "advanced.config").write_text("[].\n")
        (self.folder / "enabled_plugins").write_text("[].\n")
        dist_port, tool_port = free_port(), free_port()
        return {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "HOME": str(self._names.folder),  # the cookie
            "ERL_EPMD_PORT": str(self._names.port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": self.node,
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(dist_port),
            "RABBITMQ_CTL_DIST_PORT_MIN": str(tool_port),
            "RABBITMQ_CTL_DIST_PORT_MAX": str(tool_port + 20),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "data"),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_PID_FILE": str(self._pid_file),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(self.folder / "advanced.config"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "enabled_plugins"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(self.folder / "generated"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": f"{LOOPBACK_ONLY} +S 2:2",
            "RABBITMQ_CTL_ERL_ARGS": LOOPBACK_ONLY,
        }


def cluster(nodes: int = 3) -> list[PrivateRabbitMQ]:
    """Started nodes of one cluster, about 12 s each. Give them to `close_cluster` in the end."""
    names = Epmd()
    members = [PrivateRabbitMQ(name=f"n{number + 1}", names=names) for number in range(nodes)]
    try:
        for member in members:
            member.start()
        for member in members[1:]:
            member.join(members[0])
    except BaseException:
        close_cluster(members)
        raise
    return members


def close_cluster(members: list[PrivateRabbitMQ]) -> None:
    for member in members:
        member.kill()  # a member that stops in order waits for the others
    members[0]._names.close()
