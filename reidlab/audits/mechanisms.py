"""The audit of every differentially private mechanism in this package, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import log
from typing import TYPE_CHECKING, Any

import numpy as np

from defenses import find
from defenses.dp.budget import epsilon_of_rho, exact, exact_delta, rho_of_epsilon
from exports.errors import LabError, nearest
from exports.randomness import Stream
from exports.release import Export
from exports.schema import Column, Role, Schema
from reidlab.audits.result import CI_LEVEL, AuditResult, audit_one_run, audit_worlds

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from defenses.synthetic.private_synthesis import Synthesis

CANARIES = 10_000
RUNS = 100_000
CHOICES = 1_500
LOOKS = 800


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
    from defenses.dp.noise import Gaussian, Laplace, add_noise

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
    from defenses.dp.selection import noisy_max

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


def _noisy_size(name: str, seed: int | None, level: float) -> AuditResult:
    """Audit the size of a list of five people, of whom one may be missing, or of what it shares with all."""
    import pyarrow as pa

    from exports.queries import Condition, CountQuery

    mails = [f"p{number}@mail.example" for number in range(5)]
    query = CountQuery((Condition("mail", mails),) if name == "psi-size" else ())

    def size(people: int, run: int) -> int:
        audience = pa.table({"mail": mails[:people]})
        made: Any = find(name)(epsilon=2, budget=2, seed=None if seed is None else CHOICES * seed + run)
        ask = made.transform(Export(audience, Schema.of(token=["mail"]))).ask
        assert ask is not None
        return int(ask(query))

    worlds = [np.array([size(people, run) for run in range(CHOICES)], dtype=np.float64) for people in (5, 4)]
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
    import pyarrow.compute as pc

    from defenses.tokens.decoys import Decoys

    everybody = pa.table({"mail": [f"p{number}@mail.example" for number in range(CANARIES)]})

    def scores(inside: NDArray[np.bool_]) -> NDArray[np.float64]:
        export = Export(everybody.filter(pa.array(inside)), Schema.of(token=["mail"]))
        listed = Decoys(everybody, rate=0.25, keep=0.75, seed=seed).transform(export).rows["mail"]
        return np.asarray(pc.is_in(everybody["mail"], value_set=listed.combine_chunks()), dtype=np.float64)

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


def audit_synthesis(
    defense: Synthesis, *, label: str = "synthesis", level: float = CI_LEVEL, runs: int = LOOKS
) -> AuditResult:
    """Audit a synthesiser by all that it ever learns from the data, over many runs in two worlds.

    Rows are drawn from the measurements alone, so that whoever sees the measurements sees at
    least as much. In one world a person is there more, with a value of their own that the domain
    declares and nobody else has; the auditor looks at how likely the measured counts of their
    cells are in both, and at which tables were measured over which domain.

    Parameters
    ----------
    defense : Synthesis
        With its parameters, its seed among them.
    label : str
        Name for the result.
    level : float, default 1e-6
        Chance that a sound one is caught.
    runs : int, default 800
        Runs per world.
    """
    import pyarrow as pa

    names = ("a", "b")
    schema = Schema({name: Column(Role.QUASI_IDENTIFIER, bounds=(0, 2)) for name in names})
    columns = {name: [0, 1] * 20 for name in names}
    rho = rho_of_epsilon(exact(defense.epsilon), exact_delta(defense.delta))
    without = {
        clique: np.bincount([0, 4 if len(clique) == 2 else 1] * 20, minlength=3 ** len(clique))
        for clique in (("a",), ("b",), ("a", "b"), ("b", "a"))
    }

    def outputs(found: list[dict[str, Any]]) -> list[float]:
        likelihood, cells = 0.0, 0
        for one in found:
            counts, clique = one["counts"], tuple(one["columns"])
            cells += len(counts)
            if len(counts) == 3 ** len(clique):
                excess = counts[-1] - without[clique][-1] - 0.5
                likelihood += excess / max(float(Fraction(one["sigma"])) ** 2, 1e-3)
        return [likelihood, len(found), cells]

    worlds = []
    for more in (1, 0):
        table = pa.table({name: values + [2] * more for name, values in columns.items()})
        data = defense.seen(Export(table, schema))
        world = []
        for run in range(runs):
            stream = _stream(defense.seed, f"{label}/{more}/{run}")
            world.append(outputs(defense.measured(data, rho, data.limit, stream)))
        worlds.append(np.array(world))
    return audit_worlds(
        label,
        *worlds,
        claimed=float(exact(defense.epsilon)),
        delta=float(exact_delta(defense.delta)),
        level=level,
        features={
            "likelihood of the person": lambda seen: np.floor(4 * seen[:, 0]).astype(np.int64),
            "tables and their cells": lambda seen: (1000 * seen[:, 1] + seen[:, 2]).astype(np.int64),
        },
        seed=defense.seed,
        claimed_rho=float(rho),
    )


def _synthesiser(name: str, **parameters: Any) -> Callable[[str, int | None, float], AuditResult]:
    """Return the audit of a shipped synthesiser at a budget at which few runs show much."""

    def run_audit(label: str, seed: int | None, level: float) -> AuditResult:
        made: Any = find(name)(epsilon=10, delta=1e-3, seed=seed, **parameters)
        return audit_synthesis(made, label=label, level=level)

    return run_audit


def _logistic(name: str, seed: int | None, level: float) -> AuditResult:
    """Audit a model in which each canary has an indicator of its own and answers yes or no."""
    from defenses.model.dp_logistic import DpLogistic

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
    "aim": _synthesiser("aim", rounds=1),
    "decoys": _decoys,
    "dp-histogram": _canaries_in_cells(_made("dp-histogram", columns="cell", epsilon=1)),
    "dp-histogram (gaussian)": _canaries_in_cells(
        _made("dp-histogram", columns="cell", epsilon=1, delta=1e-9, mechanism="gaussian")
    ),
    "dp-keys": _canaries_in_cells(_made("dp-keys", column="cell", epsilon=1, delta=1e-9), base=40),
    "dp-logistic": _logistic,
    "dp-margins": _canaries_in_cells(_made("dp-margins", columns="cell,other", epsilon=1, order=1)),
    "gaussian": _noise,
    "independent-margins": _synthesiser("independent-margins"),
    "laplace": _noise,
    "mst": _synthesiser("mst"),
    "noisy-max": _noisy_max,
    "noisy-size": _noisy_size,
    "privbayes": _synthesiser("privbayes"),
    "psi-size": _noisy_size,
    "randomised-response": _canary_answers(_made("randomised-response", column="answer", epsilon=1)),
    "unary-encoding": _canary_answers(_made("unary-encoding", column="answer", epsilon=1)),
}
"""Every mechanism that claims an epsilon has its audit here."""
