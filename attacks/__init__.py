"""What an adversary does with what left, one module per attack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exports import plugins

if TYPE_CHECKING:
    from attacks.attack import Attack

BUILT_IN: dict[str, str] = {
    "averaging": "attacks.averaging:Averaging",
    "float-laplace": "attacks.float_laplace:FloatLaplace",
    "sparse-history": "attacks.sparse_history:SparseHistory",
    "audience-size": "attacks.audience_size:AudienceSize",
    "account-match": "attacks.account_match:AccountMatch",
    "cross-list": "attacks.cross_list:CrossListJoin",
    "differencing": "attacks.differencing:Differencing",
    "hash-reversal": "attacks.hash_reversal:HashReversal",
    "inference": "attacks.inference:Inference",
    "linkage": "attacks.linkage:Linkage",
    "linkability": "attacks.linkability:Linkability",
    "reconstruction": "attacks.reconstruction:Reconstruction",
    "membership": "attacks.membership:Membership",
    "shadow-models": "attacks.shadow_models:ShadowModels",
    "singling-out": "attacks.singling_out:SinglingOut",
}
"""Registered name -> ``module:class`` of each attack in this package."""


def available() -> dict[str, str]:
    """Return every attack by registered name; third parties use the entry point ``reidlab.attacks``."""
    return plugins.available("reidlab.attacks", BUILT_IN)


def find(name: str) -> type[Attack]:
    """Return the attack class of a registered name; raises LabError naming the nearest."""
    found: type[Attack] = plugins.load(name, available(), "attack")
    return found
