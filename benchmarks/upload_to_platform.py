"""A list uploaded to the ad platform by Meta's own client: processor time of a request, seconds and memory.

The client hashes too, so its time is printed beside the server's. At most 40 ms of the server for a
request of 10,000 rows, 4 minutes and 2 GiB for 7,000,000 rows are wanted.
Run: python benchmarks/upload_to_platform.py [--rows 1000000] [--accounts 1570000]
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

ROWS = 10_000


def accounts(folder: Path, count: int) -> Path:
    """Write a file of accounts, of which every second has a number below twice the count."""
    path = folder / "accounts.parquet"
    duckdb.sql(f"copy (select 'p' || 2 * i || '@mail.example' as email from range({count}) t(i)) to '{path}'")
    return path


def spent(pid: int) -> float:
    """Return the processor seconds of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().split()
    return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")


def peak(pid: int) -> float:
    """Return the largest resident memory of a process so far, in GB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    [line] = [line for line in lines if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1e6


def upload(url: str, rows: int) -> tuple[int, float]:
    """Upload a list by Meta's client; return the number matched and the client's processor seconds."""
    from facebook_business.adobjects.adaccount import AdAccount
    from facebook_business.adobjects.customaudience import CustomAudience
    from facebook_business.api import FacebookAdsApi
    from facebook_business.session import FacebookSession

    session = FacebookSession("1", "secret", "TOKEN")
    session.GRAPH = url
    api = FacebookAdsApi(session)
    began = time.process_time()
    made = AdAccount("act_1", api=api).create_custom_audience(
        params={"name": "visitors", "subtype": "CUSTOM"}
    )
    audience = CustomAudience(made["id"], api=api)
    for first in range(0, rows, ROWS):
        some = [f"p{number}@mail.example" for number in range(first, min(first + ROWS, rows))]
        audience.add_users("EMAIL_SHA256", some)
    return int(audience.get_sessions()[0]["num_matched"]), time.process_time() - began


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--accounts", type=int, default=1_570_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        known = accounts(folder, asked.accounts)
        command = [sys.executable, "-m", "reidlab", "platform", "--accounts", str(known)]
        with subprocess.Popen(
            [*command, "--record", str(folder / "record")], stdout=subprocess.PIPE, text=True
        ) as server:
            assert server.stdout is not None
            told = json.loads(server.stdout.readline())
            before, began = spent(server.pid), time.perf_counter()
            matched, client = upload(told["url"], asked.rows)
            seconds, used = time.perf_counter() - began, spent(server.pid) - before
            print(f"matched {matched:,}, of {min(asked.accounts, (asked.rows + 1) // 2):,} that it should be")
            print(f"{seconds:.1f} s; client {client:.1f} CPU s")
            print(f"server {used:.1f} CPU s and at most {peak(server.pid):.2f} GB")
            print(f"server {1000 * used / -(-asked.rows // ROWS):.1f} CPU ms a request, the match included")
            server.send_signal(signal.SIGTERM)


if __name__ == "__main__":
    main()
