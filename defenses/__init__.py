"""What can be done before it leaves, one module per defence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exports import plugins

if TYPE_CHECKING:
    from defenses.defense import Defense
    from exports.release import Export, Release

BUILT_IN: dict[str, str] = {
    "alias": "defenses.alias:Alias",
    "bloom": "defenses.bloom:Bloom",
    "consent": "defenses.consent:Consent",
    "decoys": "defenses.decoys:Decoys",
    "do-not-send": "defenses.minimisation:DoNotSend",
    "dp-histogram": "defenses.histogram:DpHistogram",
    "dp-keys": "defenses.unknown_keys:DpKeys",
    "dp-margins": "defenses.margins:DpMargins",
    "global-recoding": "defenses.recoding:GlobalRecoding",
    "hash": "defenses.hashing:Hash",
    "hmac": "defenses.hashing:Hmac",
    "minimise": "defenses.minimisation:Minimise",
    "minimum-size": "defenses.audience_size:MinimumSize",
    "neutral-events": "defenses.minimisation:NeutralEvents",
    "noisy-size": "defenses.audience_size:NoisySize",
    "optimal-k-anonymity": "defenses.optimal:OptimalKAnonymity",
    "psi-size": "defenses.intersection:PsiSize",
    "randomised-response": "defenses.local:RandomisedResponse",
    "rounded-size": "defenses.audience_size:RoundedSize",
    "salt": "defenses.hashing:Salt",
    "salt-buckets": "defenses.salt_buckets:SaltBuckets",
    "subsample": "defenses.decoys:Subsample",
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
