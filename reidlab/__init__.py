"""The bench: replay a case, assess an export, run defences against attacks, report.

- ``assessment``: What an export gives away, measured in one pass or in full, and the report on it.
- ``audits``: What a differentially private mechanism leaks at least, found from its outputs.
- ``bench``: Defences against attacks: experiments, cells, the runner, the frontier and its page.
- ``case``: A case replayed, its people simulated, and one of them followed.
- ``cli``: The command line: results on stdout, progress and messages on stderr, exit codes 0, 1 and 2.
- ``commands``: The commands of ``reidlab``, one module each; what is heavy is imported only when one
  runs.
- ``gate``: Whether an export may leave.
- ``installation``: Where the five packages, the optional extras and the memory of this machine come
  from.
- ``lessons``: What a lesson uses: checks of a student's answers, its data, and the rubric of the last
  exercise.
- ``output``: The one envelope in which every command prints its JSON.
- ``plots``: The house figures: one palette that colour-blind readers can tell apart, alt text for each.
- ``progress``: Progress bars on stderr.
- ``pytest_plugin``: A pytest fixture that lets a pipeline's own tests hold an export against a policy.
- ``releases``: Attacks and defences on files.
- ``reproductions``: Published results beside ours: the paper's figure, our figure with its interval, a
  verdict.
"""

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
