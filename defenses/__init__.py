"""What can be done before it leaves: defences by the kind of thing that leaves, and what they are made of.

- ``records`` -- people's rows, generalised, perturbed or left out
- ``synthetic`` -- rows of nobody, drawn from what was learnt
- ``tokens`` -- upload lists of hashed identifiers
- ``counts`` -- tables of counts and sizes of audiences
- ``events`` -- logs of what people did
- ``model`` -- trained models

The engines beside them:

- ``conditions`` -- what every class of records must satisfy
- ``lattice`` -- levels of generalisation and the search among them
- ``dp`` -- noise, budget, ledger and curator of private releases

And below them all: ``defense`` (the shape of a defence), ``columns``, ``released``, ``contributions``,
``secret_key``, ``upload_list``; above them ``pipeline`` (several in order) and ``conformance`` (the rules).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from exports import plugins
from exports.front_door import front_door

if TYPE_CHECKING:
    from defenses.conformance import check_defense as check_defense
    from defenses.counts.audience_size import MinimumSize as MinimumSize
    from defenses.counts.audience_size import NoisySize as NoisySize
    from defenses.counts.audience_size import RoundedSize as RoundedSize
    from defenses.counts.audience_size import UndeduplicatedSize as UndeduplicatedSize
    from defenses.counts.cell_key import CellKey as CellKey
    from defenses.counts.dp_histogram import DpHistogram as DpHistogram
    from defenses.counts.dp_keys import DpKeys as DpKeys
    from defenses.counts.dp_margins import DpMargins as DpMargins
    from defenses.counts.noisy_max import NoisyMax as NoisyMax
    from defenses.counts.psi_size import PsiSize as PsiSize
    from defenses.counts.small_cells import SmallCells as SmallCells
    from defenses.defense import Defense as Defense
    from defenses.dp.accountant import Step as Step
    from defenses.dp.accountant import added_epsilon as added_epsilon
    from defenses.dp.accountant import composed_epsilon as composed_epsilon
    from defenses.dp.ledger import Ledger as Ledger
    from defenses.events.neutral_events import NeutralEvents as NeutralEvents
    from defenses.model.dp_logistic import DpLogistic as DpLogistic
    from defenses.pipeline import Pipeline as Pipeline
    from defenses.records.global_recoding import GlobalRecoding as GlobalRecoding
    from defenses.records.local_dp import RandomisedResponse as RandomisedResponse
    from defenses.records.local_dp import UnaryEncoding as UnaryEncoding
    from defenses.records.local_dp import estimated_counts as estimated_counts
    from defenses.records.local_dp import standard_errors as standard_errors
    from defenses.records.local_suppression import LocalSuppression as LocalSuppression
    from defenses.records.microaggregation import Microaggregation as Microaggregation
    from defenses.records.mondrian import Mondrian as Mondrian
    from defenses.records.optimal_k_anonymity import OptimalKAnonymity as OptimalKAnonymity
    from defenses.records.perturbation import Noise as Noise
    from defenses.records.perturbation import Pram as Pram
    from defenses.records.perturbation import RankSwapping as RankSwapping
    from defenses.records.perturbation import Shuffling as Shuffling
    from defenses.records.top_bottom_coding import TopBottomCoding as TopBottomCoding
    from defenses.records.top_down import TopDown as TopDown
    from defenses.released import changed_release as changed_release
    from defenses.synthetic.aim import Aim as Aim
    from defenses.synthetic.gaussian_copula import GaussianCopula as GaussianCopula
    from defenses.synthetic.independent_margins import IndependentMargins as IndependentMargins
    from defenses.synthetic.mst import Mst as Mst
    from defenses.synthetic.privbayes import PrivBayes as PrivBayes
    from defenses.synthetic.sequential_trees import SequentialTrees as SequentialTrees
    from defenses.tokens.alias import Alias as Alias
    from defenses.tokens.bloom import Bloom as Bloom
    from defenses.tokens.consent import Consent as Consent
    from defenses.tokens.decoys import Decoys as Decoys
    from defenses.tokens.decoys import Subsample as Subsample
    from defenses.tokens.hashing import Hash as Hash
    from defenses.tokens.hashing import Hmac as Hmac
    from defenses.tokens.hashing import Salt as Salt
    from defenses.tokens.minimisation import DoNotSend as DoNotSend
    from defenses.tokens.minimisation import Minimise as Minimise
    from defenses.tokens.retention import DeleteAfterwards as DeleteAfterwards
    from defenses.tokens.retention import RetainLess as RetainLess
    from defenses.tokens.salt_buckets import SaltBuckets as SaltBuckets
    from defenses.tokens.truncate import Truncate as Truncate

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


_FRONT: dict[str, str] = {
    **{path.partition(":")[2]: path.partition(":")[0] for path in BUILT_IN.values()},
    "Defense": "defenses.defense",
    "Ledger": "defenses.dp.ledger",
    "Pipeline": "defenses.pipeline",
    "Step": "defenses.dp.accountant",
    "added_epsilon": "defenses.dp.accountant",
    "changed_release": "defenses.released",
    "check_defense": "defenses.conformance",
    "composed_epsilon": "defenses.dp.accountant",
    "estimated_counts": "defenses.records.local_dp",
    "standard_errors": "defenses.records.local_dp",
}
"""Offered name -> module that holds it; loaded when it is asked for."""

if not TYPE_CHECKING:
    __getattr__, __dir__ = front_door(__name__, _FRONT)


def available() -> dict[str, str]:
    """Return every defence by registered name; third parties use the entry point ``reidlab.defenses``."""
    return plugins.available("reidlab.defenses", BUILT_IN)


def find(name: str) -> type[Defense]:
    """Return the defence class of a registered name; raises LabError naming the nearest."""
    found: type[Defense] = plugins.load(name, available(), "defence")
    return found
