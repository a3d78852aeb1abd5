"""Korolova; Venkatadri and others: rounded audience sizes still tell about one person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from attacks.counts.audience_size import AudienceSize
from exports.queries import exact_counts
from exports.randomness import Stream
from exports.release import Export, Release, Truth
from exports.schema import Schema
from reidlab.reproductions.finding import Finding

ACCOUNTS = 4_000
SOURCE = "Korolova (2011), doi:10.29012/jpc.v3i1.594; Venkatadri et al. (2018), doi:10.1109/SP.2018.00014"


def korolova(seed: int) -> tuple[Finding, ...]:
    """Learn an attribute of 100 people from sizes rounded to tens with a floor of 20, and to two digits."""
    import pyarrow as pa

    has = Stream(seed, "reproduction", "korolova").uniforms(ACCOUNTS) < 0.4
    people = pa.table({"em": [f"t{i}" for i in range(ACCOUNTS)], "client": np.where(has, "yes", "no")})
    roles = Schema.of(token=["em"], sensitive=["client"])
    exact = exact_counts(Export(people, roles)).ask
    assert exact is not None
    findings = []
    for label, shown in (("to tens, at least 20", _tens), ("to two digits", _two_digits)):

        def ask(query: Any, shown: Callable[[int], int] = shown) -> int:
            return shown(exact(query))

        found = AudienceSize(accounts=1_200).run(Release("counts", roles, ask=ask), Truth(people), seed=seed)
        low, high = found.attack.interval
        share = found.attack.share or 0.0
        findings.append(
            Finding(
                f"answers learnt from sizes rounded {label}",
                1.0,
                "about",
                0.0,
                share,
                low,
                high,
                found.attack.of,
                SOURCE,
                "believed",
                "the papers show the attack on a live platform; here the platform is simulated",
            )
        )
    return tuple(findings)


def _tens(size: int) -> int:
    return max(20, (size + 5) // 10 * 10)


def _two_digits(size: int) -> int:
    step: int = 10 ** max(0, len(str(size)) - 2)
    return (size + step // 2) // step * step
