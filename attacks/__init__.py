"""What an adversary does with what left, one module per attack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exports import plugins

if TYPE_CHECKING:
    from attacks.attack import Attack
    from attacks.result import AttackResult
    from exports.release import Release, Truth

BUILT_IN: dict[str, str] = {
    "account-match": "attacks.tokens.account_match:AccountMatch",
    "audience-size": "attacks.counts.audience_size:AudienceSize",
    "averaging": "attacks.counts.averaging:Averaging",
    "composition": "attacks.records.composition:Composition",
    "copies": "attacks.records.copies:Copies",
    "cross-list": "attacks.tokens.cross_list:CrossListJoin",
    "dashboard-differencing": "attacks.counts.dashboard_differencing:DashboardDifferencing",
    "differencing": "attacks.counts.differencing:Differencing",
    "downcoding": "attacks.records.downcoding:Downcoding",
    "event-decoding": "attacks.events.event_decoding:EventDecoding",
    "float-laplace": "attacks.counts.float_laplace:FloatLaplace",
    "hash-reversal": "attacks.tokens.hash_reversal:HashReversal",
    "inference": "attacks.records.inference:Inference",
    "ip-household": "attacks.events.ip_household:IpHousehold",
    "linkability": "attacks.records.linkability:Linkability",
    "linkage": "attacks.records.linkage:Linkage",
    "margin-reconstruction": "attacks.counts.margin_reconstruction:MarginReconstruction",
    "membership": "attacks.membership.membership:Membership",
    "minimality": "attacks.records.minimality:Minimality",
    "reconstruction": "attacks.counts.reconstruction:Reconstruction",
    "shadow-models": "attacks.membership.shadow_models:ShadowModels",
    "singling-out": "attacks.records.singling_out:SinglingOut",
    "sparse-history": "attacks.events.sparse_history:SparseHistory",
    "uniqueness": "attacks.records.uniqueness:Uniqueness",
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
