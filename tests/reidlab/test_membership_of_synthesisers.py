"""What an attack on margins learns from our own tree synthesiser rises with epsilon and stays within it."""

from math import exp

import numpy as np
import pyarrow as pa
import pytest

from attacks.membership.membership import Membership
from defenses.synthetic.mst import Mst
from exports.release import Export, Truth
from exports.schema import Column, Role, Schema

RATE, DELTA, VALUES, MEMBERS = 0.1, 1e-5, 12, 200
SCHEMA = Schema({name: Column(Role.QUASI_IDENTIFIER, bounds=(0, VALUES - 1)) for name in "abcdef"})


def _people(rows, seed):
    rng = np.random.default_rng(seed)
    return pa.table({name: rng.integers(0, VALUES, rows) for name in SCHEMA.columns})


def _told(epsilon, replicates=2):
    found = 0
    for seed in range(replicates):
        members, control = _people(MEMBERS, seed), _people(2_000, 1_000 + seed)
        release = Mst(epsilon=epsilon, delta=DELTA, seed=seed).transform(Export(members, SCHEMA))
        found += Membership("marginals").run(release, Truth(members, control), seed=seed).attack.count
    return found / (replicates * MEMBERS)


@pytest.mark.slow
@pytest.mark.extra("synth")
def test_members_are_told_the_more_the_larger_epsilon_and_never_more_than_it_allows():
    little, much = _told(0.5), _told(100.0)
    allowed = exp(0.5) * RATE + DELTA
    # five standard errors: a right synthesiser fails less than once in a million runs
    assert little <= allowed + 5 * (allowed * (1 - allowed) / (2 * MEMBERS)) ** 0.5
    assert much > little + 0.2
