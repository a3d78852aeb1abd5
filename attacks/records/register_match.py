"""Which people of a register each released record can be about, exactly or by agreement weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from attacks.comparison.predicates import Coded
from exports.coding import Ints, as_text
from exports.errors import LabError, MissingExtraError
from exports.keys import joint_codes, shared_codes
from exports.schema import Column

if TYPE_CHECKING:
    import pyarrow as pa


PAIRS = 20_000_000
"""Pairs of a released record and a person that are scored at most."""

RECALL = 0.7
"""Share of true pairs taken to agree in every column; sets the prior of the weights only."""

ITERATIONS = 5
"""Rounds in which weights are learnt: where matches never disagree, a weight grows without limit."""

EDITS = 4
"""Mean length from which a column's values are compared by typing errors, not only for equality."""


@dataclass(frozen=True, slots=True)
class Match:
    """Whom each released record can be about.

    Parameters
    ----------
    person : array of int64, shape (records,)
        The one person claimed, as a code of the register's persons; -1 for no claim.
    candidates : array of int64 or None, shape (records,)
        How many persons are compatible with each record; None where that is not counted.
    """

    person: Ints
    candidates: Ints | None


def exactly(
    released: pa.Table,
    register: pa.Table,
    persons: Ints,
    names: Sequence[str],
    declared: Mapping[str, Column],
) -> Match:
    """Claim the person who alone is compatible with a record in every column.

    A generalised value is compatible with every value that it stands for. Columns in which each
    value has one released form are joined; the others (local recoding) are checked within that.
    """
    coded = Coded.of([released, register], [(name, declared.get(name)) for name in names])
    joined: list[tuple[NDArray[Any], NDArray[Any]]] = []
    checked: list[tuple[NDArray[Any], NDArray[Any], NDArray[np.bool_]]] = []
    for records, people, cover in zip(*coded.tables, coded.covers, strict=True):
        if cover is None:
            joined.append((records, people))
            continue
        forms = cover & np.isin(np.arange(len(cover)), records)[:, None]
        if (forms[:, people].sum(axis=0) <= 1).all():
            form = np.where(forms.any(axis=0), forms.argmax(axis=0) + 1, 0)
            joined.append((records + 1, form[people]))
        else:
            checked.append((records, people, cover))
    size = released.num_rows
    keys = joint_codes([np.concatenate(pair) for pair in joined], size + register.num_rows)
    records, people = keys[:size], keys[size:]
    if checked:
        return _within(records, people, persons, checked)
    pairs = np.unique(np.column_stack([people, persons]), axis=0)
    many = np.bincount(pairs[:, 0], minlength=int(keys.max(initial=0)) + 1)
    only = np.full(len(many), -1)
    only[pairs[:, 0]] = pairs[:, 1]
    return Match(np.where(many[records] == 1, only[records], -1), many[records])


def _within(
    records: Ints,
    people: Ints,
    persons: Ints,
    checked: Sequence[tuple[NDArray[Any], NDArray[Any], NDArray[np.bool_]]],
) -> Match:
    """Check generalised columns whose forms overlap, for each different released record."""
    classes, first, of = np.unique(
        joint_codes([records, *(column for column, _, _ in checked)], len(records)),
        return_index=True,
        return_inverse=True,
    )
    order = np.argsort(people, kind="stable")
    starts = np.searchsorted(people[order], records[first], side="left")
    ends = np.searchsorted(people[order], records[first], side="right")
    person, many = np.full(len(classes), -1), np.zeros(len(classes), dtype=np.int64)
    for at, (record, start, end) in enumerate(zip(first, starts, ends, strict=True)):
        found = order[start:end]
        for column, values, cover in checked:
            found = found[cover[column[record]][values[found]]]
        who = np.unique(persons[found])
        many[at] = len(who)
        if len(who) == 1:
            person[at] = who[0]
    return Match(person[of], many[of])


def probably(
    released: pa.Table,
    register: pa.Table,
    persons: Ints,
    names: Sequence[str],
    *,
    threshold: float,
    seed: int,
) -> Match:
    """Claim the person who matches best, by Fellegi and Sunter's weights (splink).

    Weights are learnt from the two tables alone, by expectation maximisation; a pair is scored
    when it agrees in any two columns that few enough pairs agree in. A claim is mutual: the best
    person for the record and the best record for the person, at least as probable as ``threshold``.

    Raises
    ------
    MissingExtraError
        When splink is not installed.
    LabError
        When any two columns are shared by too many pairs.
    """
    try:
        import splink.comparison_library as compare
        from splink import DuckDBAPI, Linker, SettingsCreator, block_on
        from splink.internals.exceptions import EMTrainingException
    except ImportError:
        raise MissingExtraError("Probabilistic linkage", "linkage") from None
    import pyarrow as pa

    codes = [shared_codes([released[name], register[name]]) for name in names]
    rules = _rules(codes)
    pairs = [rule for rule in rules if len(rule) == 2]
    if not pairs:
        raise LabError(
            f"No two of the {len(names)} column(s) are shared by 1 to {PAIRS:,} pairs of a record and a "
            "person: give columns with more values, or a smaller register."
        )
    texts = [[as_text(rows[name]) for name in names] for rows in (released, register)]
    labels = [f"c{at}" for at in range(len(names))]
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=[
            (
                compare.DamerauLevenshteinAtThresholds(label, [1, 2])
                if _mean_length(text) >= EDITS
                else compare.ExactMatch(label)
            ).configure(term_frequency_adjustments=True)
            for label, text in zip(labels, texts[1], strict=True)
        ],
        blocking_rules_to_generate_predictions=[block_on(*(labels[at] for at in pair)) for pair in pairs],
        probability_two_random_records_match=_prior(codes),
        retain_matching_columns=False,
        max_iterations=ITERATIONS,
    )
    api = DuckDBAPI()
    frames = [
        api.register(
            pa.table([np.arange(len(text[0])), *text], names=["unique_id", *labels]),
            table_name=name,
        )
        for name, text in zip(("a_release", "b_register"), texts, strict=True)
    ]
    linker = Linker(frames, settings, log_level=40)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=seed)
    other = next((rule for rule in rules if not set(rule) & set(rules[0])), None)
    for rule in filter(None, (rules[0], other)):
        # Among few pairs a weight can grow until splink refuses it; what it starts from is kept then.
        with suppress(ValueError, EMTrainingException):
            linker.training.estimate_parameters_using_expectation_maximisation(
                block_on(*(labels[at] for at in rule))
            )
    pairs_scored: pa.Table = linker.inference.predict(threshold).as_pyarrow_table()  # type: ignore[no-untyped-call]  # splink is untyped
    record, row, weight = (
        pairs_scored[name].to_numpy() for name in ("unique_id_l", "unique_id_r", "match_weight")
    )
    return Match(mutual_best(record, persons[row], weight, released.num_rows), None)


def mutual_best(record: Ints, person: Ints, weight: NDArray[np.float64], records: int) -> Ints:
    """Return the person of each record where each is the other's best and nobody is as good; else -1.

    Examples
    --------
    >>> mutual_best(np.array([0, 1, 1]), np.array([7, 7, 8]), np.array([5.0, 9.0, 9.0]), 3)
    array([-1, -1, -1])
    >>> mutual_best(np.array([0, 1, 1]), np.array([7, 7, 8]), np.array([9.0, 5.0, 6.0]), 3)
    array([ 7,  8, -1])
    """
    claimed = np.full(records, -1, dtype=np.int64)
    mutual = _best(record, weight) & _best(person, weight)
    pairs = np.unique(np.column_stack([record[mutual], person[mutual]]), axis=0)
    once = _single(pairs[:, 0]) & _single(pairs[:, 1])
    claimed[pairs[once, 0]] = pairs[once, 1]
    return claimed


def _single(values: Ints) -> NDArray[np.bool_]:
    """Return which values occur once."""
    _, place, many = np.unique(values, return_inverse=True, return_counts=True)
    found: NDArray[np.bool_] = many[place] == 1
    return found


def _best(side: Ints, weight: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which pairs have the greatest weight among those of their record or person."""
    _, place = np.unique(side, return_inverse=True)
    greatest = np.full(int(place.max(initial=-1)) + 1, -np.inf)
    np.maximum.at(greatest, place, weight)
    found: NDArray[np.bool_] = weight == greatest[place]
    return found


def _rules(codes: Sequence[Sequence[Ints]]) -> list[tuple[int, ...]]:
    """Return the columns, and then the pairs of them, that 1 to ``PAIRS`` pairs agree in; fewest first."""
    single: dict[tuple[int, ...], int] = {}
    double: dict[tuple[int, ...], int] = {}
    for at, (ours, theirs) in enumerate(codes):
        single[(at,)] = _agreeing(ours, theirs)
    for one, other in combinations(range(len(codes)), 2):
        size = len(codes[one][0])
        joint = joint_codes(
            [np.concatenate(codes[one]), np.concatenate(codes[other])], size + len(codes[one][1])
        )
        double[(one, other)] = _agreeing(joint[:size], joint[size:])
    return [
        rule
        for counted in (single, double)
        for rule, many in sorted(counted.items(), key=lambda item: item[1])
        if 0 < many <= PAIRS
    ]


def _prior(codes: Sequence[Sequence[Ints]]) -> float:
    """Return the share of pairs taken to be of one person: those that agree in all columns, and some more."""
    size, pairs = len(codes[0][0]), len(codes[0][0]) * len(codes[0][1])
    joint = joint_codes([np.concatenate(both) for both in codes], size + len(codes[0][1]))
    alike = _agreeing(joint[:size], joint[size:])
    return min(max(alike / RECALL, 1.0), pairs / 2) / pairs


def _agreeing(ours: Ints, theirs: Ints) -> int:
    size = max(int(ours.max(initial=0)), int(theirs.max(initial=0))) + 1
    counts = (np.bincount(side, minlength=size).astype(np.float64) for side in (ours, theirs))
    return int(np.prod(list(counts), axis=0).sum())


def _mean_length(text: pa.Array) -> float:
    import pyarrow.compute as pc

    return float(pc.mean(pc.utf8_length(text)).as_py() or 0.0)
