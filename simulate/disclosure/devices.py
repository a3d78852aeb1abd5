"""Lists of advertising identifiers: no hash, no address, and still the person's own telephone."""

from __future__ import annotations

from typing import Any

import numpy as np

from exports.shares import Share
from simulate.case import Case
from simulate.disclosure.visitors import Counts, Visitors


def count(people: Visitors, case: Case) -> Counts:
    """Count whose device has an identifier, and whose platform app reads the same one."""
    counts: Counts = {}
    has_id = people.table["ad_id"].combine_chunks().is_valid().to_numpy(zero_copy_only=False)
    for transfer in case.transfers:
        if transfer.identifier == "ad_id" and people.outcomes:
            accounts = people.accounts.get(transfer.platform, people.accounts[case.beacon_platform])
            app = accounts & people.chance(f"app {transfer.platform}", case.value("app_on_device"))
            counts[f"devices/{transfer.platform}"] = np.array([(has_id & app).sum(), has_id.sum()])
    return counts


def report(total: Counts) -> dict[str, Any]:
    """Return, by platform, the identifiers received and those of users whose app shows the same one."""
    return {
        name.removeprefix("devices/"): Share(int(counts[0]), int(counts[1]), "simulated").to_json()
        for name, counts in total.items()
        if name.startswith("devices/")
    }
