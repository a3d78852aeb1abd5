"""Whether an attack keeps the rules that the bench and the command line rely on."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from attacks.advantage import advantage
from attacks.attack import Attack
from attacks.comparison.gower import numbers
from attacks.dictionary.hashing import Hashing
from attacks.result import AttackResult
from exports.errors import LabError
from exports.queries import exact_counts
from exports.release import Export, Kind, Release, Truth
from exports.schema import Schema

if TYPE_CHECKING:
    import pyarrow as pa

SAME_PEOPLE = "a control that is the data"
NEEDS = {"control", "register", "sensitive", "person", "oracle", "retrain"}


def example_case(kind: Kind, rows: int = 60) -> tuple[Release, Truth]:
    """Return a small release of ``kind`` with its truth, on which ``check_attack`` tries an attack.

    The people are numbered; a column name has a space, a quote and a dot, one a missing value.

    Examples
    --------
    >>> release, truth = example_case("tokens")
    >>> release.rows.num_rows, truth.control.num_rows
    (60, 60)
    """
    inside, outside = _people(0, rows), _people(10_000, rows)
    return _released(kind, inside), Truth(inside, outside, np.arange(rows))


def hard_cases(kind: Kind, rows: int = 60) -> Iterator[tuple[str, Release, Truth]]:
    """Return what releases of ``kind`` are like at their worst, each with its name.

    Examples
    --------
    >>> [name for name, _, _ in hard_cases("records")][:2]
    ['no people', 'one person']
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    yield ("no people", *example_case(kind, 0))
    yield ("one person", *example_case(kind, 1))
    inside, outside = _people(0, rows), _people(10_000, rows)
    owner = np.arange(rows)

    def changed(table: pa.Table, columns: dict[str, Any]) -> pa.Table:
        for name, values in columns.items():
            table = table.set_column(table.column_names.index(name), name, values)
        return table

    facts = [name for name in inside.column_names if name not in ("id", "mail", "em")]
    same = [
        changed(table, {name: pa.array([table[name][1].as_py()] * rows) for name in facts})
        for table in (inside, outside)
    ]
    yield "everybody identical", _released(kind, same[0]), Truth(same[0], same[1], owner)
    none = [
        changed(table, {name: pa.nulls(rows, table[name].type) for name in facts})
        for table in (inside, outside)
    ]
    yield "missing values only", _released(kind, none[0]), Truth(none[0], none[1], owner)
    constant = [
        changed(table, {"age": pa.array([40] * rows), "page": pa.array(["faq"] * rows)})
        for table in (inside, outside)
    ]
    yield "constant columns", _released(kind, constant[0]), Truth(constant[0], constant[1], owner)
    mixed = pa.concat_tables([inside.slice(rows // 2), outside.slice(rows // 2)])
    yield "a control half of which is in the data", _released(kind, inside), Truth(inside, mixed, owner)
    yield SAME_PEOPLE, _released(kind, inside), Truth(inside, inside, owner)
    yield "an empty control", _released(kind, inside), Truth(inside, outside.slice(0, 0), owner)
    foreign = changed(inside, {"page": pa.array(["Einlass"] * rows), "diagnosis": pa.array(["keine"] * rows)})
    yield "values that nobody has", _released(kind, foreign), Truth(inside, outside, owner)
    yield "rows of nobody", _released(kind, inside), Truth(inside, outside, np.full(rows, -1))
    several = [
        changed(table, {"id": pa.array(np.array(table["id"]) // 3 * 3)}) for table in (inside, outside)
    ]
    yield "persons of several rows", _released(kind, several[0]), Truth(several[0], several[1], owner)
    some = pa.array(np.arange(rows) % 3 == 0)
    unknown = [
        pa.table({name: pc.if_else(some, None, table[name]) for name in table.column_names})
        for table in (inside, outside)
    ]
    yield "persons and values missing", _released(kind, unknown[0]), Truth(unknown[0], unknown[1], owner)
    endless = [
        changed(table, {"age": pa.array(np.where(np.arange(rows) % 3, np.array(table["age"]), np.inf))})
        for table in (inside, outside)
    ]
    yield "numbers without end", _released(kind, endless[0]), Truth(endless[0], endless[1], owner)
    texts = changed(
        outside, {"age": outside["age"].cast(pa.string()), "on": outside["on"].cast(pa.float64())}
    )
    yield "a control of other types", _released(kind, inside), Truth(inside, texts, owner)


def _people(start: int, rows: int) -> pa.Table:
    import pyarrow as pa

    number = range(start, start + rows)
    mails = [f"person{n}@mail.example" for n in number]
    return pa.table(
        {
            "id": pa.array(number, pa.int64()),
            "mail": pa.array(mails, pa.string()),
            "em": pa.array(Hashing().digests(mails), pa.string()),
            'zip "code.5"': pa.array(
                [None if n % 20 == 0 else f"{10_000 + n % 7}" for n in number], pa.string()
            ),
            "age": pa.array([20 + n * 7 % 50 for n in number], pa.int64()),
            "page": pa.array([("faq", "intake", "exit")[n % 3] for n in number], pa.string()),
            "on": pa.array([86_400 * (n % 30) for n in number], pa.int64()),
            "diagnosis": pa.array(
                [("none", "anxiety", "depression")[n * n % 3] for n in number], pa.string()
            ),
        }
    )


def _released(kind: Kind, people: pa.Table) -> Release:
    import pyarrow as pa

    roles = dataclasses.replace(
        Schema.of(
            person="id",
            identifier=["mail"],
            token=["em"],
            quasi_identifier=['zip "code.5"', "age", "page"],
            sensitive=["diagnosis"],
            insensitive=["on"],
        ),
        time="on",
    )
    if kind == "counts":
        return exact_counts(Export(people, roles))
    if kind == "model":
        return Release(kind, roles, score=lambda table: numbers(table["age"].cast(pa.float64())) / 100)
    table = people.select(["em"]) if kind == "tokens" else people.drop_columns(["mail"])
    return Release(kind, roles, table=table, owner=np.arange(people.num_rows))


def check_attack(
    attack: type[Attack] | Attack,
    release: Release | None = None,
    truth: Truth | None = None,
    *,
    rows: int = 60,
) -> list[AttackResult]:
    """Check that an attack keeps the rules; return what it found on each kind that it accepts.

    Parameters
    ----------
    attack : class or instance
        A class is set up without arguments; give an instance where the knowledge has no default.
    release, truth : optional
        A case of your own, where the built-in ones (``example_case``, ``hard_cases``) do not fit the attack.
    rows : int, default 60
        People of the built-in cases, where an attack needs more.

    Raises
    ------
    AssertionError
        Says which rule is broken.

    Examples
    --------
    >>> from attacks import HashReversal
    >>> check_attack(HashReversal(space="ids:person:0123456789:2"))
    [hash-reversal: 0.0 % [0.0, 6.0] (0 of 60); ...]
    """
    one: Any = attack() if isinstance(attack, type) else attack
    label = type(one).__name__
    settings = getattr(one, "__dataclass_params__", None)
    _hold(settings is not None and settings.frozen, label, "it is a frozen dataclass")
    _hold(bool(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", one.name)), label, "its name is kebab-case")
    _hold(bool(one.accepts) and one.accepts <= set(get_args(Kind)), label, "it accepts kinds of release")
    _hold(one.needs <= NEEDS, label, f"it needs only {sorted(NEEDS)}")
    _hold(isinstance(one, Attack), label, "it has run and why_not")
    _hold(bool(re.search(r"\w", type(one).__doc__ or "")), label, "its docstring tells the story")
    for kind in sorted(set(get_args(Kind)) - one.accepts):
        other, known = example_case(kind)
        _hold(isinstance(one.why_not(other, known), str), label, f"why_not refuses a release of {kind}")
        _hold(_refuses(one, other, known), label, f"run refuses a release of {kind} with a LabError")
    if release is not None and truth is not None:
        cases = [(release, truth)]
    else:
        cases = [example_case(kind, rows) for kind in sorted(one.accepts)]
    found = [_run(one, label, case, known) for case, known in cases]
    _hold(any(result is not None for result in found), label, "it applies to one of the cases at least")
    if release is None:
        for kind in sorted(one.accepts):
            for name, hard, known in hard_cases(kind, rows):
                _hard(one, label, name, hard, known)
    return [result for result in found if result is not None]


def _run(one: Any, label: str, release: Release, truth: Truth) -> AttackResult | None:
    """Run on one case where the attack applies, and check what comes out."""
    if one.why_not(release, truth) is not None:
        return None
    before = [table.slice(0) for table in (truth.original, truth.control) if table is not None]
    result: AttackResult = one.run(release, truth, seed=1)
    after = [table for table in (truth.original, truth.control) if table is not None]
    _hold(all(a.equals(b) for a, b in zip(before, after, strict=True)), label, "it leaves the truth alone")
    _hold(isinstance(result, AttackResult), label, "run returns an AttackResult")
    _hold(result.name == one.name, label, "the result bears its name")
    _hold(0 <= result.attack.of <= result.made <= result.asked, label, "it counts guesses made, not asked")
    reference = result.control if result.advantage.reference == "control" else result.baseline
    if result.advantage.value is not None and reference is not None:
        plain = advantage(result.attack, reference, result.advantage.reference).value
        gap = (result.attack.share or 0.0) - (reference.share or 0.0)
        wanted = [one for one in (plain, gap if "at" in result.series else None) if one is not None]
        close = any(abs(one - result.advantage.value) < 1e-9 for one in wanted)
        _hold(close, label, "advantage is the unclipped one (of membership: the difference of the rates)")
    elif result.attack.of:
        _hold(bool(result.advantage.reason), label, "no advantage has a reason")
    if result.attack.of and reference is not None and reference.count < reference.of:
        _hold(result.needed is not None, label, "it says how many targets would be needed")
    _hold(_written(result), label, "its result is JSON without NaN")
    again = one.run(release, truth, seed=1)
    same = {**again.to_json(), "timings": {}} == {**result.to_json(), "timings": {}}
    _hold(same, label, "the same seed gives the same result")
    _grouped(one, label, release, truth, result)
    return result


def _grouped(one: Any, label: str, release: Release, truth: Truth, whole: AttackResult) -> None:
    """Check that ``by=`` divides the guesses, where an attack has it, and changes none."""
    if (
        not any(field.name == "by" for field in dataclasses.fields(one))
        or "page" not in truth.original.column_names
    ):
        return
    divided = dataclasses.replace(one, by="page")
    if divided.why_not(release, truth) is not None:
        return
    result: AttackResult = divided.run(release, truth, seed=1)
    _hold(result.attack == whole.attack, label, "by= changes no guess")
    _hold(bool(result.groups) or not whole.made, label, "by= reports groups")
    counted = [group.attack.of for group in result.groups.values()]
    _hold(max(counted, default=0) <= whole.made <= sum(counted), label, "each guess is in a group of by=")


def _hard(one: Any, label: str, name: str, release: Release, truth: Truth) -> None:
    """Check that a hard case is a result, of numbers only, or one sentence."""
    try:
        if one.why_not(release, truth) is None:
            result = one.run(release, truth, seed=1)
            _hold(_written(result), label, f"on {name} its result is JSON without NaN")
            if name == SAME_PEOPLE and result.advantage.reference == "control" and result.made:
                alone = dataclasses.replace(truth, control=None)
                others = one.why_not(release, alone) is None and one.run(release, alone, seed=1).control
                _hold(others, label, "it does not hold itself against people of the data")
    except LabError as error:
        _hold(str(error).endswith("."), label, f"on {name} it refuses in a sentence")
    except (ArithmeticError, LookupError, TypeError, ValueError, RuntimeError) as error:
        _hold(False, label, f"{name} is a result or a LabError, not {error!r}")


def _refuses(one: Any, release: Release, truth: Truth) -> bool:
    try:
        one.run(release, truth, seed=1)
    except LabError:
        return True
    except Exception:
        return False
    return False


def _written(result: AttackResult) -> bool:
    try:
        return bool(json.dumps(result.to_json(), allow_nan=False))
    except (TypeError, ValueError):
        return False


def _hold(holds: Any, label: str, rule: str) -> None:
    if not holds:
        raise AssertionError(f"{label} breaks a rule: {rule}.")
