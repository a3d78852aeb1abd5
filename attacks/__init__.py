"""What an adversary does with what left, one module per attack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exports import plugins

if TYPE_CHECKING:
    from attacks.attack import Attack
    from attacks.result import AttackResult
    from exports.release import Release, Truth

BUILT_IN: dict[str, str] = {
    "account-match": "attacks.account_match:AccountMatch",
    "audience-size": "attacks.audience_size:AudienceSize",
    "averaging": "attacks.averaging:Averaging",
    "composition": "attacks.composition:Composition",
    "copies": "attacks.copies:Copies",
    "cross-list": "attacks.cross_list:CrossListJoin",
    "dashboard-differencing": "attacks.dashboard_differencing:DashboardDifferencing",
    "differencing": "attacks.differencing:Differencing",
    "downcoding": "attacks.downcoding:Downcoding",
    "event-decoding": "attacks.event_decoding:EventDecoding",
    "float-laplace": "attacks.float_laplace:FloatLaplace",
    "hash-reversal": "attacks.hash_reversal:HashReversal",
    "inference": "attacks.inference:Inference",
    "ip-household": "attacks.ip_household:IpHousehold",
    "linkability": "attacks.linkability:Linkability",
    "linkage": "attacks.linkage:Linkage",
    "margin-reconstruction": "attacks.margin_reconstruction:MarginReconstruction",
    "membership": "attacks.membership:Membership",
    "minimality": "attacks.minimality:Minimality",
    "reconstruction": "attacks.reconstruction:Reconstruction",
    "shadow-models": "attacks.shadow_models:ShadowModels",
    "singling-out": "attacks.singling_out:SinglingOut",
    "sparse-history": "attacks.sparse_history:SparseHistory",
    "uniqueness": "attacks.uniqueness:Uniqueness",
}
"""Registered name -> ``module:class`` of each attack in this package."""


def available() -> dict[str, str]:
    """Return every attack by registered name; third parties use the entry point ``reidlab.attacks``."""
    return plugins.available("reidlab.attacks", BUILT_IN)


def find(name: str) -> type[Attack]:
    """Return the attack class of a registered name; raises LabError naming the nearest."""
    found: type[Attack] = plugins.load(name, available(), "attack")
    return found


def check_attack(
    attack: type[Attack] | Attack,
    release: Release | None = None,
    truth: Truth | None = None,
    *,
    rows: int = 60,
) -> list[AttackResult]:
    """Check that an attack keeps the rules of this package; see ``attacks.conformance``.

    Raises
    ------
    AssertionError
        Says which rule is broken.
    """
    from attacks.conformance import check_attack as check

    return check(attack, release, truth, rows=rows)
