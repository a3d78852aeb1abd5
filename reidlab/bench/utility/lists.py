"""What the sender wanted of a list: people whom the platform can show an advertisement."""

from __future__ import annotations

from attacks.tokens.account_match import AccountMatch
from exports.release import Release, Truth
from reidlab.bench.materials.prepared import Prepared


def matched_reach(data: Prepared, release: Release) -> float:
    """Share of the export's people whom the platform can show an advertisement, rightly."""
    if release.rows.num_rows == 0:
        return 0.0
    truth = Truth(data.truth.original, data.truth.control, release.owner)
    people: int = data.export.table.num_rows
    return AccountMatch(data.tables["accounts"]).run(release, truth, seed=0).attack.count / people
