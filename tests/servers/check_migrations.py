"""`make check`: migrate fresh databases on both engines, then let Alembic look for what the migrations lack."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from servers.postgres import PrivatePostgres
from servers.with_servers import SERVICES

BERAAD = (sys.executable, "-m", "beraad", "migrate", "--all")


def check(engine: str, urls: dict[str, str]) -> bool:
    variables = {f"BERAAD_{service.upper()}_DATABASE_URL": url for service, url in urls.items()}
    environment = {**os.environ, **variables, "BERAAD_ENVIRONMENT": "development"}
    subprocess.run(BERAAD, env=environment, check=True, stdout=subprocess.DEVNULL)
    checked = subprocess.run(
        (*BERAAD, "--check"), env=environment, check=False, capture_output=True, text=True
    )
    print(
        f"migrations on {engine}: {'complete' if checked.returncode == 0 else checked.stdout + checked.stderr}"
    )
    return checked.returncode == 0


def main() -> int:
    with tempfile.TemporaryDirectory() as folder, PrivatePostgres() as postgres:
        sqlite = {service: f"sqlite:///{Path(folder) / service}.sqlite" for service in SERVICES}
        postgresql = {service: postgres.create_database(service) for service in SERVICES}
        complete = [check("SQLite", sqlite), check("PostgreSQL", postgresql)]
    return 0 if all(complete) else 1


if __name__ == "__main__":
    sys.exit(main())
