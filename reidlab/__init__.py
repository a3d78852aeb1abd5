"""The bench: replay a case, assess an export, run defences against attacks, report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exports.front_door import front_door

if TYPE_CHECKING:
    from reidlab.assessment.assess import assess as assess
    from reidlab.bench.experiment import Experiment as Experiment
    from reidlab.bench.experiment import Material as Material
    from reidlab.bench.experiment import Part as Part
    from reidlab.case.follow import follow as follow
    from reidlab.gate.policy import Policy as Policy

_FRONT: dict[str, str] = {
    "Experiment": "reidlab.bench.experiment",
    "Material": "reidlab.bench.experiment",
    "Part": "reidlab.bench.experiment",
    "Policy": "reidlab.gate.policy",
    "assess": "reidlab.assessment.assess",
    "follow": "reidlab.case.follow",
}
"""Offered name -> module that holds it; loaded when it is asked for."""

if not TYPE_CHECKING:
    __getattr__, __dir__ = front_door(__name__, _FRONT)
