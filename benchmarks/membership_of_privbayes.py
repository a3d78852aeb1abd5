"""Print what attacks on membership learn from PrivBayes, without and with shadow models of it.

    python -m benchmarks.membership_of_privbayes adult.csv [REPLICATES] [PEOPLE]

``adult.csv`` is ARX's copy of Adult. *marginals*: the score of a release alone, along a tree of pairs of
columns. *focal points*: sixteen shadow models tell which marginals of up to three columns count. *fresh*:
the same attack on a release of other people.
"""

from __future__ import annotations

import sys

import numpy as np
import pyarrow as pa
from pyarrow import csv

from attacks.membership.membership import Membership
from attacks.membership.shadow_models import ShadowModels
from attacks.result import AttackResult
from defenses.synthetic.privbayes import PrivBayes
from exports.release import Export, Release, Truth
from exports.schema import Column, Role, Schema

OTHERS, DELTA, EPSILONS = 6_000, 1e-5, (1.0, 10.0, 100.0, 1_000.0)


def coded(table: pa.Table) -> tuple[pa.Table, Schema]:
    """Return Adult with ages in fives, and its domain, which is public."""
    years = pa.array(table["age"].to_numpy() // 5 * 5)
    people = table.set_column(table.column_names.index("age"), "age", years)
    domains = {name: people[name].unique().to_pylist() for name in people.column_names}
    return people, Schema(
        {
            name: Column(Role.QUASI_IDENTIFIER, bounds=(min(found), max(found)))
            if name == "age"
            else Column(Role.QUASI_IDENTIFIER, domain=tuple(sorted(found)))
            for name, found in domains.items()
        }
    )


def main() -> None:
    replicates = int(sys.argv[2]) if len(sys.argv) > 2 else 4
    size = int(sys.argv[3]) if len(sys.argv) > 3 else 300
    people, schema = coded(csv.read_csv(sys.argv[1], parse_options=csv.ParseOptions(delimiter=";")))
    for epsilon in EPSILONS:

        def train(table: pa.Table, seed: int, epsilon: float = epsilon) -> Release:
            return PrivBayes(epsilon=epsilon, delta=DELTA, seed=seed).transform(Export(table, schema))

        attacks = {
            "marginals": Membership("marginals"),
            "focal points": ShadowModels(train, judge="focal-points", models=16),
        }
        found: dict[str, list[AttackResult]] = {}
        for seed in range(replicates):
            order = np.random.default_rng(seed).permutation(people.num_rows)
            parts = np.split(order, np.cumsum([size, size, OTHERS]))
            original, fresh, control = (people.take(part) for part in parts[:3])
            for label, attack in attacks.items():
                for kind, source in (("", original), (", fresh", fresh)):
                    result = attack.run(train(source, seed), Truth(original, control), seed=seed)
                    found.setdefault(label + kind, []).append(result)
        for label, results in found.items():
            told, of = sum(one.attack.count for one in results), sum(one.attack.of for one in results)
            covers = sum((one.advantage.low or 0) <= 0 <= (one.advantage.high or 0) for one in results)
            print(
                f"epsilon {epsilon:6g}, {label:19} {told / of:.3f} of {of:,} members told at a false "
                f"positive rate of 0.1; 0 covered in {covers} of {replicates}",
                flush=True,
            )


if __name__ == "__main__":
    main()
