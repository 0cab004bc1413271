"""Run a command on a private PostgreSQL and RabbitMQ: `python -m servers.with_servers COMMAND …`.

The command finds them through the product's own variables; both are gone when it ends.
"""

import os
import subprocess
import sys
from contextlib import ExitStack

from servers.postgres import PrivatePostgres
from servers.rabbitmq import PrivateRabbitMQ

SERVICES = ("membership", "meetings", "deliberation", "notifications")


def surroundings(
    postgres: PrivatePostgres, rabbitmq: PrivateRabbitMQ, name: str = "beraad"
) -> dict[str, str]:
    """The variables that point the four services at these servers, a database each, one virtual host."""
    databases = {
        f"BERAAD_{service.upper()}_DATABASE_URL": postgres.create_database(f"{name}_{service}")
        for service in SERVICES
    }
    return {**databases, "BERAAD_BROKER_URL": rabbitmq.create_vhost(name)}


def main(command: list[str]) -> int:
    with ExitStack() as stack:
        postgres = stack.enter_context(PrivatePostgres(fsync=True))
        rabbitmq = stack.enter_context(PrivateRabbitMQ())
        return subprocess.run(
            command, env={**os.environ, **surroundings(postgres, rabbitmq)}, check=False
        ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
