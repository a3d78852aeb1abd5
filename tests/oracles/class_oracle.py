"""Class measures in plain Python from their definitions, to hold the fast ones against."""

from __future__ import annotations

from collections import Counter, defaultdict
from math import exp, inf, log

Rows = list[dict[str, object]]


def classes(rows: Rows, known: list[str]) -> list[Rows]:
    found = defaultdict(list)
    for row in rows:
        found[tuple((row[name] is None, row[name]) for name in known)].append(row)
    return list(found.values())


def k(rows: Rows, known: list[str]) -> int:
    return min(map(len, classes(rows, known)), default=0)


def uniques(rows: Rows, known: list[str]) -> int:
    return sum(len(group) == 1 for group in classes(rows, known))


def shares(rows: Rows, column: str) -> dict[object, float]:
    counts = Counter(row[column] for row in rows)
    return {value: count / len(rows) for value, count in counts.items()}


def distinct_l(rows: Rows, known: list[str], column: str) -> int:
    return min(len(shares(group, column)) for group in classes(rows, known))


def entropy_l(rows: Rows, known: list[str], column: str) -> float:
    return min(
        exp(-sum(p * log(p) for p in shares(group, column).values())) for group in classes(rows, known)
    )


def recursive_c(rows: Rows, known: list[str], column: str, l: int) -> float:  # noqa: E741
    worst = 0.0
    for group in classes(rows, known):
        counts = sorted(Counter(row[column] for row in group).values(), reverse=True)
        tail = sum(counts[l - 1 :])
        worst = max(worst, counts[0] / tail if tail else inf)
    return worst


def t_equal(rows: Rows, known: list[str], column: str) -> float:
    everybody = shares(rows, column)
    return max(
        sum(abs(shares(group, column).get(value, 0) - p) for value, p in everybody.items()) / 2
        for group in classes(rows, known)
    )


def t_ordered(rows: Rows, known: list[str], column: str, order: list[object]) -> float:
    everybody = shares(rows, column)
    worst = 0.0
    for group in classes(rows, known):
        here, moved, total = shares(group, column), 0.0, 0.0
        for value in order:
            moved += here.get(value, 0) - everybody.get(value, 0)
            total += abs(moved)
        worst = max(worst, total / (len(order) - 1) if len(order) > 1 else 0.0)
    return worst


def basic_beta(rows: Rows, known: list[str], column: str) -> float:
    everybody = shares(rows, column)
    return max(
        max(0.0, (q - everybody[value]) / everybody[value])
        for group in classes(rows, known)
        for value, q in shares(group, column).items()
    )


def enhanced_holds(rows: Rows, known: list[str], column: str, beta: float) -> bool:
    everybody = shares(rows, column)
    return all(
        (q - everybody[value]) / everybody[value] <= min(beta, -log(everybody[value])) + 1e-12
        for group in classes(rows, known)
        for value, q in shares(group, column).items()
        if q > everybody[value]
    )


def delta(rows: Rows, known: list[str], column: str) -> float:
    everybody = shares(rows, column)
    return max(
        abs(log(q / everybody[value], 2))
        for group in classes(rows, known)
        for value, q in shares(group, column).items()
    )


def agree(one: dict[str, object], other: dict[str, object], known: list[str], wild: set[str]) -> bool:
    return all(
        one[name] == other[name] or (name in wild and None in (one[name], other[name])) for name in known
    )


def compatible(rows: Rows, known: list[str], wild: set[str]) -> list[int]:
    return [sum(agree(one, other, known, wild) for other in rows) for one in rows]


def earth_movers(p: dict[object, float], q: dict[object, float], distance: object) -> float:
    """Solve the transport problem itself, for any distance."""
    import numpy as np
    from scipy.optimize import linprog

    values = sorted(set(p) | set(q), key=str)
    m = len(values)
    cost = np.array([[distance(a, b) for b in values] for a in values])  # type: ignore[operator]
    rows_ = np.kron(np.eye(m), np.ones(m))
    columns = np.kron(np.ones(m), np.eye(m))
    have = [p.get(value, 0.0) for value in values] + [q.get(value, 0.0) for value in values]
    solved = linprog(cost.ravel(), A_eq=np.vstack([rows_, columns]), b_eq=have)
    return float(solved.fun)
