"""A PostgreSQL of our own for the tests of reading."""

import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest

SECRET = "hunter2"


def programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


@pytest.fixture(scope="module")
def postgres():
    """A PostgreSQL of our own on a free port; skips where none is installed."""
    folder = programs()
    if folder is None:
        pytest.skip("needs PostgreSQL (Debian package postgresql)")
    home = Path(tempfile.mkdtemp(prefix="reidlab-postgres-"))  # pytest's own folders are closed to others
    drop: list[str] = []
    if os.geteuid() == 0:
        shutil.chown(home, "postgres")
        drop = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data, quiet = home / "data", subprocess.DEVNULL
    made = [*drop, folder / "initdb", "-D", data, "-U", "reidlab", "-A", "trust", "--no-sync", "-E", "UTF8"]
    subprocess.run([*made, "--locale=C"], cwd="/", check=True, stdout=quiet)
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
    control = [*drop, folder / "pg_ctl", "-D", data, "-w"]
    subprocess.run([*control, "-o", options, "-l", home / "log", "start"], cwd="/", check=True, stdout=quiet)
    yield f"postgresql://reidlab:{SECRET}@127.0.0.1:{port}/postgres", home
    subprocess.run([*control, "-m", "immediate", "stop"], cwd="/", check=False, stdout=quiet, stderr=quiet)
    shutil.rmtree(home, ignore_errors=True)
