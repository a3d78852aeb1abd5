"""What an adversary does with what left, one module per attack.

Families, by what is attacked:

- ``records``: rows about people, also invented ones;
- ``tokens``: lists of hashed addresses, phones and the like;
- ``counts``: tables, dashboards and answers to questions;
- ``events``: who did what, and when;
- ``membership``: whether somebody was in the data, whatever was made of it.

What attacks are made of: ``comparison`` (record against person), ``dictionary`` (what is tried against
tokens), ``targets`` and ``upload_list`` (what is read first), ``persons``
(whose a row is), ``scoring`` on ``advantage`` (how a guess
becomes a ``result``). ``attack`` is the shape of an attack, ``conformance`` its rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from exports import plugins
from exports.front_door import front_door

if TYPE_CHECKING:
    from attacks.attack import Attack as Attack
    from attacks.attack import inapplicable as inapplicable
    from attacks.attack import require as require
    from attacks.conformance import check_attack as check_attack
    from attacks.counts.audience_size import AudienceSize as AudienceSize
    from attacks.counts.averaging import Averaging as Averaging
    from attacks.counts.dashboard_differencing import DashboardDifferencing as DashboardDifferencing
    from attacks.counts.differencing import Differencing as Differencing
    from attacks.counts.float_laplace import FloatLaplace as FloatLaplace
    from attacks.counts.margin_reconstruction import MarginReconstruction as MarginReconstruction
    from attacks.counts.reconstruction import Reconstruction as Reconstruction
    from attacks.events.event_decoding import EventDecoding as EventDecoding
    from attacks.events.ip_household import IpHousehold as IpHousehold
    from attacks.events.sparse_history import SparseHistory as SparseHistory
    from attacks.membership.membership import Membership as Membership
    from attacks.membership.shadow_models import ShadowModels as ShadowModels
    from attacks.records.composition import Composition as Composition
    from attacks.records.copies import Copies as Copies
    from attacks.records.downcoding import Downcoding as Downcoding
    from attacks.records.inference import Inference as Inference
    from attacks.records.linkability import Linkability as Linkability
    from attacks.records.linkage import Linkage as Linkage
    from attacks.records.minimality import Minimality as Minimality
    from attacks.records.singling_out import SinglingOut as SinglingOut
    from attacks.records.uniqueness import Uniqueness as Uniqueness
    from attacks.result import AttackResult as AttackResult
    from attacks.scoring import Guesses as Guesses
    from attacks.scoring import scored as scored
    from attacks.targets import strange_rows as strange_rows
    from attacks.tokens.account_match import AccountMatch as AccountMatch
    from attacks.tokens.cross_list import CrossListJoin as CrossListJoin
    from attacks.tokens.hash_reversal import HashReversal as HashReversal

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


_FRONT: dict[str, str] = {
    **{path.partition(":")[2]: path.partition(":")[0] for path in BUILT_IN.values()},
    "Attack": "attacks.attack",
    "AttackResult": "attacks.result",
    "Guesses": "attacks.scoring",
    "check_attack": "attacks.conformance",
    "inapplicable": "attacks.attack",
    "require": "attacks.attack",
    "scored": "attacks.scoring",
    "strange_rows": "attacks.targets",
}
"""Offered name -> module that holds it; loaded when it is asked for."""

if not TYPE_CHECKING:
    __getattr__, __dir__ = front_door(__name__, _FRONT)


def available() -> dict[str, str]:
    """Return every attack by registered name; third parties use the entry point ``reidlab.attacks``."""
    return plugins.available("reidlab.attacks", BUILT_IN)


def find(name: str) -> type[Attack]:
    """Return the attack class of a registered name; raises LabError naming the nearest."""
    found: type[Attack] = plugins.load(name, available(), "attack")
    return found
