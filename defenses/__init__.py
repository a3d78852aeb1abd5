"""What can be done before it leaves, one module per defence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exports import plugins

if TYPE_CHECKING:
    from defenses.defense import Defense
    from exports.release import Export, Release

BUILT_IN: dict[str, str] = {
    "aim": "defenses.aim:Aim",
    "alias": "defenses.alias:Alias",
    "bloom": "defenses.bloom:Bloom",
    "cell-key": "defenses.cell_key:CellKey",
    "consent": "defenses.consent:Consent",
    "decoys": "defenses.decoys:Decoys",
    "delete-afterwards": "defenses.retention:DeleteAfterwards",
    "do-not-send": "defenses.minimisation:DoNotSend",
    "dp-histogram": "defenses.histogram:DpHistogram",
    "dp-keys": "defenses.unknown_keys:DpKeys",
    "dp-logistic": "defenses.logistic:DpLogistic",
    "dp-margins": "defenses.margins:DpMargins",
    "gaussian-copula": "defenses.copula:GaussianCopula",
    "global-recoding": "defenses.recoding:GlobalRecoding",
    "hash": "defenses.hashing:Hash",
    "hmac": "defenses.hashing:Hmac",
    "independent-margins": "defenses.independent:IndependentMargins",
    "local-suppression": "defenses.local_suppression:LocalSuppression",
    "microaggregation": "defenses.microaggregation:Microaggregation",
    "minimise": "defenses.minimisation:Minimise",
    "minimum-size": "defenses.audience_size:MinimumSize",
    "mondrian": "defenses.mondrian:Mondrian",
    "mst": "defenses.mst:Mst",
    "neutral-events": "defenses.minimisation:NeutralEvents",
    "noise": "defenses.perturbation:Noise",
    "noisy-max": "defenses.commonest:NoisyMax",
    "noisy-size": "defenses.audience_size:NoisySize",
    "optimal-k-anonymity": "defenses.optimal:OptimalKAnonymity",
    "pram": "defenses.perturbation:Pram",
    "privbayes": "defenses.privbayes:PrivBayes",
    "psi-size": "defenses.intersection:PsiSize",
    "randomised-response": "defenses.local:RandomisedResponse",
    "rank-swapping": "defenses.perturbation:RankSwapping",
    "retain-less": "defenses.retention:RetainLess",
    "rounded-size": "defenses.audience_size:RoundedSize",
    "salt": "defenses.hashing:Salt",
    "salt-buckets": "defenses.salt_buckets:SaltBuckets",
    "sequential-trees": "defenses.tree_synthesis:SequentialTrees",
    "shuffling": "defenses.perturbation:Shuffling",
    "small-cells": "defenses.small_cells:SmallCells",
    "subsample": "defenses.decoys:Subsample",
    "top-bottom-coding": "defenses.top_bottom:TopBottomCoding",
    "top-down": "defenses.top_down:TopDown",
    "truncate": "defenses.truncation:Truncate",
    "unary-encoding": "defenses.local:UnaryEncoding",
    "undeduplicated-size": "defenses.audience_size:UndeduplicatedSize",
}
"""Registered name -> ``module:class`` of each defence in this package."""


def available() -> dict[str, str]:
    """Return every defence by registered name; third parties use the entry point ``reidlab.defenses``."""
    return plugins.available("reidlab.defenses", BUILT_IN)


def find(name: str) -> type[Defense]:
    """Return the defence class of a registered name; raises LabError naming the nearest."""
    found: type[Defense] = plugins.load(name, available(), "defence")
    return found


def check_defense(defense: Defense | type[Defense], export: Export | None = None) -> Release:
    """Check that a defence keeps the rules of the bench; see ``defenses.conformance``."""
    from defenses import conformance

    return conformance.check_defense(defense, export)
