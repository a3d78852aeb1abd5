"""Print what the attack on a tree synthesiser's margins learns about members as epsilon grows.

Run: ``python -m benchmarks.membership_of_mst [REPLICATES]``. 200 people in eight columns of twelve values:
most cells of the two-way tables that MST keeps hold one person or nobody. Each replicate draws people,
release and control anew. ``allowed``: no attack on an (epsilon, delta) release has more true positives.
"""

from __future__ import annotations

import sys
from math import exp

import numpy as np
import pyarrow as pa

from attacks.membership.membership import Membership
from attacks.membership.shadow_models import ShadowModels
from defenses.synthetic.mst import Mst
from exports.release import Export, Release, Truth
from exports.schema import Column, Role, Schema

PEOPLE, OTHERS, DELTA, RATE = 200, 2_000, 1e-5, 0.1
EPSILONS = (0.1, 1.0, 10.0, 100.0, 1_000.0)
NAMES = tuple("abcdefgh")
VALUES = 12
SCHEMA = Schema({name: Column(Role.QUASI_IDENTIFIER, bounds=(0, VALUES - 1)) for name in NAMES})


def people(rows: int, seed: int) -> pa.Table:
    """Return people whose neighbouring columns hang together."""
    rng = np.random.default_rng(seed)
    column = rng.integers(0, VALUES, rows)
    columns = {}
    for name in NAMES:
        column = np.where(rng.random(rows) < 0.4, column, rng.integers(0, VALUES, rows))
        columns[name] = column
    return pa.table(columns)


def synthetic(table: pa.Table, seed: int, epsilon: float) -> Release:
    """Return MST's release of a table."""
    return Mst(epsilon=epsilon, delta=DELTA, seed=seed).transform(Export(table, SCHEMA))


def learnt(epsilon: float, replicates: int) -> tuple[int, int]:
    """Return members told at a false positive rate of 10 %, of all members, over the replicates."""
    found, of = 0, 0
    for seed in range(replicates):
        original, control = people(PEOPLE, seed), people(OTHERS, 1_000 + seed)
        attack = Membership("marginals")
        result = attack.run(synthetic(original, seed, epsilon), Truth(original, control), seed=seed)
        found, of = found + result.attack.count, of + result.attack.of
    return found, of


def main() -> None:
    replicates = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    for epsilon in EPSILONS:
        found, of = learnt(epsilon, replicates)
        allowed = min(1.0, exp(min(epsilon, 50)) * RATE + DELTA, 1 - exp(-epsilon) * (1 - RATE - DELTA))
        error = (found / of * (1 - found / of) / of) ** 0.5
        print(
            f"epsilon {epsilon:7g}: {found / of:.3f} +- {error:.3f} of {of:,} members told at "
            f"a false positive rate of {RATE}; allowed {allowed:.3f}",
            flush=True,
        )
    original, control = people(PEOPLE, 0), people(OTHERS, 1_000)
    epsilon = EPSILONS[-1]
    shadow = ShadowModels(
        lambda table, seed: synthetic(table, seed, epsilon), score="marginals", models=16, targets=100
    )
    told = shadow.run(synthetic(original, 0, epsilon), Truth(original, control), seed=0)
    print(f"sixteen shadow models at epsilon {epsilon:g}: {told!r}")


if __name__ == "__main__":
    main()
