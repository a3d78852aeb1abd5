"""A sync job as teams write them: reads consenting customers and keeps a Meta custom audience in step.

It talks to Meta, or to the host that ``REIDLAB_PLATFORM_URL`` names in a test.
"""

from __future__ import annotations

import csv
import hashlib
import os
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from facebook_business.adobjects.adaccount import AdAccount
from facebook_business.adobjects.customaudience import CustomAudience
from facebook_business.api import FacebookAdsApi
from facebook_business.session import FacebookSession

ROWS = 10_000
"""Most that Meta takes in one request."""


def connected(token: str) -> FacebookAdsApi:
    """Return a client of the Graph API, at another host where the environment names one."""
    session = FacebookSession("app", os.environ.get("META_APP_SECRET", "secret"), token)
    session.GRAPH = os.environ.get("REIDLAB_PLATFORM_URL", session.GRAPH)
    return FacebookAdsApi(session)


def digests(customers: Path) -> Iterator[str]:
    """Yield the hashed address of every customer who agreed to advertising."""
    with customers.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["agreed_to_ads"] == "yes":
                yield hashlib.sha256(row["email"].strip().lower().encode()).hexdigest()


def sync(customers: Path, account: str, token: str, name: str = "customers") -> str:
    """Make an audience of the customers who agreed; return its number."""
    api = connected(token)
    made = AdAccount(f"act_{account}", api=api).create_custom_audience(
        params={"name": name, "subtype": "CUSTOM", "customer_file_source": "USER_PROVIDED_ONLY"}
    )
    audience = CustomAudience(made["id"], api=api)
    waiting = digests(customers)
    while rows := list(islice(waiting, ROWS)):
        audience.add_users("EMAIL_SHA256", rows, pre_hashed=True)
    return str(made["id"])


if __name__ == "__main__":
    print(sync(Path(sys.argv[1]), sys.argv[2], os.environ["META_ACCESS_TOKEN"]))
