"""The Adult table with ARX's hierarchies, and the models of ARX's own tests on it."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa

from defenses.conditions.beta_likeness import Likeness
from defenses.conditions.condition import Condition
from defenses.conditions.k_anonymity import DeltaPresence, KAnonymity, KMap
from defenses.conditions.l_diversity import EntropyDiversity, RecursiveDiversity
from defenses.conditions.release_conditions import Conditions
from defenses.conditions.requirements import estimated_k
from defenses.conditions.t_closeness import Closeness
from defenses.conditions.whole_table import PopulationUniques
from defenses.lattice.lattice import Lattice, lattice_from
from defenses.lattice.losses import LOSSES
from defenses.lattice.search import Optimum, optimum
from defenses.lattice.suppression import RowJudge
from exports.hierarchies.hierarchy import Hierarchy
from exports.reading.loading import load

USA = 317_238_626
LOSS_OF_METRIC = {
    "Metric.createLossMetric()": "loss_geometric",
    "Metric.createPrecomputedLossMetric(0.1d)": "loss_geometric",
    "Metric.createPrecomputedEntropyMetric(0.1d, true)": "entropy",
    "Metric.createPrecomputedEntropyMetric(0.1d, false)": "entropy_of_rest",
    "Metric.createPrecomputedEntropyMetric(0.1d)": "entropy_of_rest",
    "Metric.createAECSMetric()": "average_class_size",
    "Metric.createDiscernabilityMetric(true)": "discernibility",
}


@dataclass(frozen=True)
class Adult:
    """The table, its hierarchies, its codes, and which rows are in ARX's subset."""

    table: pa.Table
    hierarchies: dict[str, Hierarchy]
    codes: dict[str, np.ndarray]
    subset: np.ndarray

    def lattice(self, *without: str) -> Lattice:
        names = [name for name in self.table.column_names if name not in without]
        return lattice_from(
            {name: self.codes[name] for name in names}, {name: self.hierarchies[name] for name in names}
        )


@cache
def adult(shared: Path) -> Adult:
    folder = shared / "data/microdata"
    table = load(folder / "adult_arx.csv")
    hierarchies = {
        name: Hierarchy.from_csv(folder / f"adult_hierarchies/adult_hierarchy_{name}.csv", name)
        for name in table.column_names
    }
    codes = {name: one.encode(table[name], name) for name, one in hierarchies.items()}
    wanted = Counter(_rows(load(folder / "adult_subset_arx.csv"), hierarchies))
    subset = np.zeros(table.num_rows, bool)
    for row, key in enumerate(_rows(table, hierarchies)):
        if wanted[key]:
            wanted[key] -= 1
            subset[row] = True
    return Adult(table, hierarchies, codes, subset)


def _rows(table: pa.Table, hierarchies: dict[str, Hierarchy]) -> list[tuple[int, ...]]:
    return list(zip(*(one.encode(table[name]).tolist() for name, one in hierarchies.items()), strict=True))


def oracle(shared: Path) -> list[dict[str, str]]:
    with (shared / "data/oracles/arx_optima_adult.csv").open() as file:
        return list(csv.DictReader(file))


def solve(data: Adult, row: dict[str, str]) -> tuple[Optimum | None, Lattice]:
    """Return our optimum of one of ARX's problems."""
    models, sensitive = row["privacy_models"], row["sensitive"]
    names = [name for name in data.table.column_names if name != sensitive]
    inside = np.ones(data.table.num_rows, bool)
    conditions: list[Condition] = [
        DeltaPresence(float(low), float(high))
        for low, high in re.findall(r"new DPresence\(([\d.]+), ([\d.]+)", models)
    ]
    conditions += [KAnonymity(int(k)) for k in re.findall(r"new KAnonymity\((\d+)\)", models)]
    conditions += [KMap(int(k)) for k in re.findall(r"new KMap\((\d+), DataSubset", models)]
    conditions += [
        KAnonymity(estimated_k(int(k), data.table.num_rows, USA, float(level)))
        for k, level in re.findall(r"new KMap\((\d+), ([\d.]+)d?, ARXPop", models)
    ]
    population = "DataSubset.create" in models
    if population:
        inside = data.subset
    for size in re.findall(r"getSubset\((\d+)\)", models):
        inside = _java_subset(int(size), data.table.num_rows)
    conditions += _on_values(data, row)
    samples = [
        PopulationUniques(float(limit), USA, estimator.lower())
        for limit, estimator in re.findall(r"getPopulationUniqueness\(([\d.]+)d, \w+\.(\w+)\)", models)
    ]
    rows = np.ones(len(inside), bool) if population else inside
    codes = {name: data.codes[name][rows] for name in names}
    weights = [inside[rows].astype(float), np.ones(rows.sum())] if population else []
    histograms, references, values = {}, {}, []
    if any(condition.sensitive for condition in conditions):
        size = len(data.hierarchies[sensitive].labels[0])
        counted = np.where(inside, data.codes[sensitive], -1)[rows].astype(np.intp)
        start = max(len(weights), 1)
        histograms = {sensitive: slice(start, start + size)}
        references = {sensitive: np.bincount(counted[counted >= 0], minlength=size) / inside.sum()}
        values = [(counted, size)]
    lattice = lattice_from(codes, {name: data.hierarchies[name] for name in names}, weights, values)
    limit = float(row["suppression_limit"])
    loss = LOSS_OF_METRIC[row["metric"]]
    policy = Conditions(
        conditions, limit, samples, 1 if population else None, histograms, references, loss.startswith("loss")
    )
    return optimum(lattice, RowJudge(lattice, policy), LOSSES[loss]), lattice


def _on_values(data: Adult, row: dict[str, str]) -> list[Condition]:
    models, name = row["privacy_models"], row["sensitive"]
    conditions: list[Condition] = [
        RecursiveDiversity(name, float(c), float(size))
        for c, size in re.findall(r'RecursiveCLDiversity\("\w+", ([\d.]+), (\d+)\)', models)
    ]
    conditions += [
        EntropyDiversity(name, float(size), estimator.endswith("GRASSBERGER"))
        for size, estimator in re.findall(r'EntropyLDiversity\("\w+", (\d+)(, EntropyEstimator.\w+)?', models)
    ]
    conditions += [
        Likeness(name, float(beta), kind == "Enhanced")
        for kind, beta in re.findall(r'(Basic|Enhanced)BLikeness\("\w+", ([\d.]+)\)', models)
    ]
    distances = re.findall(r'(Equal|Ordered|Hierarchical)DistanceTCloseness\("\w+", ([\d.]+)', models)
    if row["test_class"].startswith("TestAnonymizationTCloseness") and not distances:
        distances = [("Hierarchical", "0.2")]
    for kind, t in distances:
        tree = data.hierarchies[name]
        ranks = np.argsort(np.argsort(np.array(tree.labels[0])))
        levels = {"Equal": (), "Ordered": (ranks,), "Hierarchical": tree.codes[:-1]}[kind]
        conditions.append(Closeness(name, float(t), kind.lower(), levels))
    return conditions


def _java_subset(size: int, rows: int) -> np.ndarray:
    """Return the rows that ARX's tests draw: ``java.util.Random(0xDEADBEEF).nextInt(size)``, size times."""
    state = ((0xDEADBEEF - (1 << 32)) ^ 0x5DEECE66D) & ((1 << 48) - 1)
    inside = np.zeros(rows, bool)
    for _ in range(size):
        while True:
            state = (state * 0x5DEECE66D + 0xB) & ((1 << 48) - 1)
            bits = state >> 17
            if bits - bits % size + size - 1 < 1 << 31:
                break
        inside[bits % size] = True
    return inside
