"""A PostgreSQL of the tests' own: a cluster in a folder, reached by a socket in it, no network."""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

OWNER = "postgres"
"""Who runs it where the tests are run by root, as whom PostgreSQL refuses to run."""


def programs() -> Path | None:
    """The folder of the server's programs, the newest version's; ``None`` where there is none."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).parent
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


@contextmanager
def cluster(bin_folder: Path) -> Iterator[str]:
    """The ``host=...`` and ``user=...`` of a server that runs meanwhile."""
    user = OWNER if os.geteuid() == 0 else getpass.getuser()
    prefix = ["runuser", "-u", OWNER, "--"] if os.geteuid() == 0 else []
    # a socket's path has at most 107 characters: not below pytest's own folders
    folder = Path(tempfile.mkdtemp(prefix="cop-pg-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, OWNER)
        data = folder / "data"

        def run(program: str, *arguments: str) -> None:
            command = [*prefix, str(bin_folder / program), "-D", str(data), *arguments]
            subprocess.run(command, check=True, capture_output=True, cwd=folder)

        run("initdb", "--auth=trust", "--username", user, "--encoding=UTF8", "--no-sync")
        options = f"-k {folder} -c listen_addresses='' -c fsync=off"
        run("pg_ctl", "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield f"host={folder}&user={user}"
        finally:
            run("pg_ctl", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def new_database(server: str, name: str) -> str:
    """The address, as SQLAlchemy takes it, of a database made anew."""
    with psycopg.connect(f"dbname=postgres {server.replace('&', ' ')}", autocommit=True) as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{name}"')
        admin.execute(f'CREATE DATABASE "{name}"')
    return f"postgresql+psycopg:///{name}?{server}"
