"""A PostgreSQL server of the tests' own: Debian's binaries, a folder of its own, one database a test."""

import os
import shutil
import subprocess
from contextlib import closing
from itertools import count
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL

from tests.support.endpoint_standin import free_port

BINARIES = Path("/usr/lib/postgresql")
OWNER = "postgres"  # Debian's user; the server refuses to run as root
CAREFUL = "careful"  # a user who is asked for a password
_SETTINGS = {"fsync": "off", "max_connections": "200", "listen_addresses": "127.0.0.1", "unix_socket_directories": ""}


class PostgreSQLServer:
    """A server on a free port; its folder outlives `kill`, so that `start` goes on where it stopped."""

    def __init__(self, folder: Path) -> None:
        self._folder, self.port, self._numbers = folder / "cluster", free_port(), count(1)
        if os.geteuid() == 0:
            shutil.chown(folder, OWNER)
        self._run("initdb", "-D", self._folder, "-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        rules = self._folder / "pg_hba.conf"
        rules.write_text(f"host all {CAREFUL} 127.0.0.1/32 scram-sha-256\n{rules.read_text()}")

    def start(self) -> None:
        settings = " ".join(f"-c {name}='{value}'" for name, value in _SETTINGS.items())
        log = self._folder / "log"
        self._run("pg_ctl", "start", "-w", "-D", self._folder, "-l", log, "-o", f"-p {self.port} {settings}")

    def kill(self) -> None:
        """End it as a crash does."""
        self._run("pg_ctl", "stop", "-w", "-D", self._folder, "-m", "immediate")

    def new_database(self, options: str = "") -> URL:
        """The address of an empty database; `options` are those of CREATE DATABASE."""
        name = f"onrecord{next(self._numbers)}"
        with closing(psycopg.connect(f"host=127.0.0.1 port={self.port} user={OWNER} dbname=postgres")) as db:
            db.autocommit = True
            db.execute(f"CREATE DATABASE {name} {options}")
        return URL.create("postgresql+psycopg", OWNER, None, "127.0.0.1", self.port, name)

    def _run(self, program: str, *arguments: object) -> None:
        command = [str(binary(program)), *map(str, arguments)]
        if os.geteuid() == 0:
            command = ["runuser", "-u", OWNER, "--", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")


def binary(program: str) -> Path:
    """The newest installed one; skips the test where there is none, but fails it in CI."""
    found = sorted(BINARIES.glob(f"*/bin/{program}"), key=lambda path: int(path.parts[-3]))
    if not found:
        reason = "PostgreSQL is not installed (Debian: apt-get install postgresql)"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    return found[-1]
