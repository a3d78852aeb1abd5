"""The audit of every differentially private mechanism in this package, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import log
from typing import TYPE_CHECKING, Any

import numpy as np

from defenses import find
from defenses.audit import CI_LEVEL, AuditResult, audit_one_run, audit_worlds
from exports.errors import LabError
from exports.plugins import nearest
from exports.randomness import Stream
from exports.release import Export
from exports.schema import Column, Role, Schema

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

CANARIES = 10_000
RUNS = 100_000
CHOICES = 1_500


def audit(name: str, seed: int | None = 1, level: float = CI_LEVEL) -> AuditResult:
    """Audit one shipped mechanism.

    Parameters
    ----------
    name : str
        One of ``AUDITS``.
    seed : int or None
        Seed of a simulation; None audits the release in earnest, which needs the extra ``dp``.
    level : float, default 1e-6
        Chance that a sound mechanism is caught.

    Raises
    ------
    LabError
        When there is no audit of that name.

    Examples
    --------
    >>> audit("laplace").caught
    False
    """
    if name not in AUDITS:
        raise LabError(
            f"There is no audit of {name!r}; the nearest of {len(AUDITS)} is {nearest(name, AUDITS)!r}."
        )
    return AUDITS[name](name, seed, level)


def _noise(name: str, seed: int | None, level: float) -> AuditResult:
    from defenses.budget import epsilon_of_rho
    from defenses.noise import Gaussian, Laplace, add_noise

    noise = Laplace(Fraction(1)) if name == "laplace" else Gaussian(Fraction(1))
    delta = 0.0 if name == "laplace" else 1e-5
    claimed = 1.0 if name == "laplace" else epsilon_of_rho(0.5, delta)
    runs = RUNS if seed is not None else RUNS // 5
    worlds = [
        add_noise(np.full(runs, count), noise, _stream(seed, f"{name}/{count}")).astype(np.float64)
        for count in (1, 0)
    ]
    return audit_worlds(name, *worlds, claimed=claimed, delta=delta, level=level, seed=seed)


def _noisy_max(name: str, seed: int | None, level: float) -> AuditResult:
    from defenses.selection import noisy_max

    worlds = [
        np.array(
            [
                noisy_max(np.array(scores), Fraction(2), _stream(seed, f"{name}/{scores}/{run}"))
                for run in range(CHOICES)
            ],
            dtype=np.float64,
        )
        for scores in ([1, 0, 0, 0], [0, 1, 1, 1])
    ]
    return audit_worlds(name, *worlds, claimed=2.0, level=level, seed=seed)


def _canaries_in_cells(
    defense: Callable[..., Any], base: int = 0
) -> Callable[[str, int | None, float], AuditResult]:
    """Return an audit in which each canary is one more person in a cell of its own."""

    def run_audit(name: str, seed: int | None, level: float) -> AuditResult:
        count = CANARIES if base == 0 else CANARIES // 2
        keys = np.array([f"k{number:05d}" for number in range(count)])
        column = Column(Role.QUASI_IDENTIFIER, domain=tuple(keys.tolist()))
        schema = Schema({"cell": column, "other": Column(Role.QUASI_IDENTIFIER, domain=("x",))})

        def scores(inside: NDArray[np.bool_]) -> NDArray[np.float64]:
            table = _cells(np.concatenate([np.repeat(keys, base), keys[inside]]))
            shown = defense(seed).transform(Export(table, schema)).rows
            by_key = dict(zip(shown["cell"].to_pylist(), shown["count"].to_pylist(), strict=True))
            return np.array([by_key.get(key, 0) for key in keys.tolist()], dtype=np.float64)

        return audit_one_run(
            name, scores, count, Stream(seed or 0, "audit", name), claimed=1.0, delta=1e-9, level=level
        )

    return run_audit


def _canary_answers(defense: Callable[..., Any]) -> Callable[[str, int | None, float], AuditResult]:
    """Return an audit in which each canary's answer is yes or no."""

    def run_audit(name: str, seed: int | None, level: float) -> AuditResult:
        schema = Schema({"answer": Column(Role.SENSITIVE, domain=("no", "yes"))})

        def scores(inside: NDArray[np.bool_]) -> NDArray[np.float64]:
            import pyarrow as pa

            table = pa.table({"answer": np.where(inside, "yes", "no").tolist()})
            said = defense(seed).transform(Export(table, schema)).rows["answer"].to_pylist()
            shows = {"yes": 1.0, "01": 1.0, "no": -1.0, "10": -1.0}
            return np.array([shows.get(answer, 0.0) for answer in said])

        return audit_one_run(
            name, scores, CANARIES, Stream(seed or 0, "audit", name), claimed=1.0, level=level
        )

    return run_audit


def _decoys(name: str, seed: int | None, level: float) -> AuditResult:
    import pyarrow as pa

    from defenses.decoys import Decoys

    everybody = pa.table({"mail": [f"p{number}@mail.example" for number in range(CANARIES)]})

    def scores(inside: NDArray[np.bool_]) -> NDArray[np.float64]:
        export = Export(everybody.filter(pa.array(inside)), Schema.of(token=["mail"]))
        listed = set(
            Decoys(everybody, rate=0.25, keep=0.75, seed=seed).transform(export).rows["mail"].to_pylist()
        )
        return np.array([mail in listed for mail in everybody["mail"].to_pylist()], dtype=np.float64)

    return audit_one_run(
        name, scores, CANARIES, Stream(seed or 0, "audit", name), claimed=log(3), level=level
    )


def _cells(keys: NDArray[Any]) -> pa.Table:
    import pyarrow as pa

    return pa.table({"cell": keys.tolist(), "other": ["x"] * len(keys)})


def _stream(seed: int | None, name: str) -> Stream | None:
    return None if seed is None else Stream(seed, "audit", name)


def _made(name: str, **parameters: Any) -> Callable[[int | None], Any]:
    """Return a maker of one registered defence by seed."""
    return lambda seed: find(name)(**parameters, seed=seed)


def _synthetic_cells(name: str, **parameters: Any) -> Callable[[str, int | None, float], AuditResult]:
    """Return an audit of a synthesiser in which each canary is one person in a cell of its own."""

    def run_audit(label: str, seed: int | None, level: float) -> AuditResult:
        keys = np.array([f"k{number:04d}" for number in range(CANARIES // 5)])
        cell = Column(Role.QUASI_IDENTIFIER, domain=tuple(keys.tolist()))
        schema = Schema({"cell": cell, "other": Column(Role.QUASI_IDENTIFIER, domain=("x", "y"))})

        def scores(inside: NDArray[np.bool_]) -> NDArray[np.float64]:
            table = _cells(np.concatenate([np.repeat(keys, 5), keys[inside]]))
            rows = find(name)(**parameters, seed=seed).transform(Export(table, schema)).rows
            drawn = rows["cell"].value_counts().to_pylist()
            by_key = {one["values"]: one["counts"] for one in drawn}
            return np.array([by_key.get(key, 0) for key in keys.tolist()], dtype=np.float64)

        return audit_one_run(
            label, scores, len(keys), Stream(seed or 0, "audit", label), claimed=2.0, delta=1e-12, level=level
        )

    return run_audit


def _logistic(name: str, seed: int | None, level: float) -> AuditResult:
    """Audit a model in which each canary has an indicator of its own and answers yes or no."""
    from defenses.logistic import DpLogistic

    keys = [f"k{number:04d}" for number in range(CANARIES // 5)]
    schema = Schema(
        {
            "cell": Column(Role.QUASI_IDENTIFIER, domain=tuple(keys)),
            "answer": Column(Role.SENSITIVE, domain=("no", "yes")),
        }
    )

    def scores(inside: NDArray[np.bool_]) -> NDArray[np.float64]:
        import pyarrow as pa

        table = pa.table({"cell": keys, "answer": np.where(inside, "yes", "no").tolist()})
        model = DpLogistic("answer", 2, 1e-12, neighbours="replace", seed=seed).transform(
            Export(table, schema)
        )
        assert model.score is not None
        return np.asarray(model.score(table), dtype=np.float64)

    return audit_one_run(
        name, scores, len(keys), Stream(seed or 0, "audit", name), claimed=2.0, delta=1e-12, level=level
    )


AUDITS: Mapping[str, Callable[[str, int | None, float], AuditResult]] = {
    "aim": _synthetic_cells("aim", epsilon=2, delta=1e-12, rounds=1),
    "decoys": _decoys,
    "dp-histogram": _canaries_in_cells(_made("dp-histogram", columns="cell", epsilon=1)),
    "dp-histogram (gaussian)": _canaries_in_cells(
        _made("dp-histogram", columns="cell", epsilon=1, delta=1e-9, mechanism="gaussian")
    ),
    "dp-keys": _canaries_in_cells(_made("dp-keys", column="cell", epsilon=1, delta=1e-9), base=40),
    "dp-logistic": _logistic,
    "dp-margins": _canaries_in_cells(_made("dp-margins", columns="cell,other", epsilon=1, order=1)),
    "gaussian": _noise,
    "independent-margins": _synthetic_cells("independent-margins", epsilon=2, delta=1e-12),
    "laplace": _noise,
    "mst": _synthetic_cells("mst", epsilon=2, delta=1e-12),
    "noisy-max": _noisy_max,
    "privbayes": _synthetic_cells("privbayes", epsilon=2, delta=1e-12),
    "randomised-response": _canary_answers(_made("randomised-response", column="answer", epsilon=1)),
    "unary-encoding": _canary_answers(_made("unary-encoding", column="answer", epsilon=1)),
}
"""Every mechanism that claims an epsilon has its audit here."""
