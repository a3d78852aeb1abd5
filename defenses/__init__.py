"""What can be done before it leaves, one module per defence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exports import plugins

if TYPE_CHECKING:
    from defenses.defense import Defense
    from exports.release import Export, Release

BUILT_IN: dict[str, str] = {
    "aim": "defenses.synthetic.aim:Aim",
    "alias": "defenses.tokens.alias:Alias",
    "bloom": "defenses.tokens.bloom:Bloom",
    "cell-key": "defenses.counts.cell_key:CellKey",
    "consent": "defenses.tokens.consent:Consent",
    "decoys": "defenses.tokens.decoys:Decoys",
    "delete-afterwards": "defenses.tokens.retention:DeleteAfterwards",
    "do-not-send": "defenses.tokens.minimisation:DoNotSend",
    "dp-histogram": "defenses.counts.dp_histogram:DpHistogram",
    "dp-keys": "defenses.counts.dp_keys:DpKeys",
    "dp-logistic": "defenses.model.dp_logistic:DpLogistic",
    "dp-margins": "defenses.counts.dp_margins:DpMargins",
    "gaussian-copula": "defenses.synthetic.gaussian_copula:GaussianCopula",
    "global-recoding": "defenses.records.global_recoding:GlobalRecoding",
    "hash": "defenses.tokens.hashing:Hash",
    "hmac": "defenses.tokens.hashing:Hmac",
    "independent-margins": "defenses.synthetic.independent_margins:IndependentMargins",
    "local-suppression": "defenses.records.local_suppression:LocalSuppression",
    "microaggregation": "defenses.records.microaggregation:Microaggregation",
    "minimise": "defenses.tokens.minimisation:Minimise",
    "minimum-size": "defenses.counts.audience_size:MinimumSize",
    "mondrian": "defenses.records.mondrian:Mondrian",
    "mst": "defenses.synthetic.mst:Mst",
    "neutral-events": "defenses.events.neutral_events:NeutralEvents",
    "noise": "defenses.records.perturbation:Noise",
    "noisy-max": "defenses.counts.noisy_max:NoisyMax",
    "noisy-size": "defenses.counts.audience_size:NoisySize",
    "optimal-k-anonymity": "defenses.records.optimal_k_anonymity:OptimalKAnonymity",
    "pram": "defenses.records.perturbation:Pram",
    "privbayes": "defenses.synthetic.privbayes:PrivBayes",
    "psi-size": "defenses.counts.psi_size:PsiSize",
    "randomised-response": "defenses.records.local_dp:RandomisedResponse",
    "rank-swapping": "defenses.records.perturbation:RankSwapping",
    "retain-less": "defenses.tokens.retention:RetainLess",
    "rounded-size": "defenses.counts.audience_size:RoundedSize",
    "salt": "defenses.tokens.hashing:Salt",
    "salt-buckets": "defenses.tokens.salt_buckets:SaltBuckets",
    "sequential-trees": "defenses.synthetic.sequential_trees:SequentialTrees",
    "shuffling": "defenses.records.perturbation:Shuffling",
    "small-cells": "defenses.counts.small_cells:SmallCells",
    "subsample": "defenses.tokens.decoys:Subsample",
    "top-bottom-coding": "defenses.records.top_bottom_coding:TopBottomCoding",
    "top-down": "defenses.records.top_down:TopDown",
    "truncate": "defenses.tokens.truncate:Truncate",
    "unary-encoding": "defenses.records.local_dp:UnaryEncoding",
    "undeduplicated-size": "defenses.counts.audience_size:UndeduplicatedSize",
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
