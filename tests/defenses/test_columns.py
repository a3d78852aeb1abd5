"""An option that takes several names reads them alike from a sequence and from one text."""

import inspect

import pytest

import defenses
from defenses.columns import listed
from defenses.conformance import example_export
from exports.errors import LabError
from exports.release import Export
from exports.schema import Role, Schema

GIVEN = {
    "aim": {"epsilon": 1, "delta": 1e-9, "rounds": 1},
    "dp-histogram": {"epsilon": 1},
    "dp-margins": {"epsilon": 1},
    "independent-margins": {"epsilon": 1, "delta": 1e-9},
    "mst": {"epsilon": 1, "delta": 1e-9},
    "noisy-size": {"epsilon": 1, "budget": 9_999},
    "privbayes": {"epsilon": 1, "delta": 1e-9},
    "salt": {"salt": "platform"},
    "truncate": {"k": 5, "population": 1000},
}
EXTRAS = {"aim": "synth", "mst": "synth"}
ELSEWHERE = {"bloom", "hmac", "salt-buckets", "unary-encoding", "randomised-response", "dp-logistic"}
"""They need a key, take one column, or a target of two values."""
NUMERIC = {"noise", "rank-swapping", "microaggregation", "top-bottom-coding"}
SLOW = {"aim", "privbayes"}


def options(name: str) -> list[str]:
    found = inspect.signature(defenses.find(name)).parameters.values()
    return [one.name for one in found if "Sequence[str] | str" in str(one.annotation)]


def cases() -> list:
    found = []
    for name in defenses.BUILT_IN:
        marks = [pytest.mark.extra(EXTRAS[name])] if name in EXTRAS else []
        marks += [pytest.mark.slow] if name in SLOW else []
        if name not in ELSEWHERE:
            found += [pytest.param(name, option, marks=marks) for option in options(name)]
    return found


def release(name: str, option: str, names: object) -> tuple:
    found = defenses.find(name)
    given = {**GIVEN.get(name, {}), option: names}
    if "seed" in inspect.signature(found).parameters:
        given["seed"] = 1
    if option == "subtotals":
        given["columns"] = ("zip", "diagnosis")
    if option == "given":
        given["columns"] = "income"
    if name == "top-bottom-coding":
        given["share"] = 0.1
    export = example_export()
    if name in {"minimum-size", "rounded-size", "undeduplicated-size"}:
        export = Export(export.table, Schema.of(quasi_identifier=export.table.column_names))
    out = found(**given).fit_transform(export)
    return out.table, out.guarantee


@pytest.mark.parametrize(("name", "option"), cases())
def test_a_text_with_blanks_names_the_same_columns_as_a_sequence(name, option):
    if name in NUMERIC or option == "given":
        names = ["age", "income"]
    elif option == "importance":
        names = ["age", "zip"]
    elif name == "small-cells":
        names = ["zip", "diagnosis"]
    else:
        names = ["age", "diagnosis"]
    assert release(name, option, ", ".join(names)) == release(name, option, tuple(names))


def test_every_such_option_is_tried():
    assert len(cases()) >= 20


@pytest.mark.parametrize("text", ["", " ", ",", " , ,"])
def test_a_text_without_a_name_is_refused(text):
    with pytest.raises(LabError, match="names nothing"):
        listed(text)
    with pytest.raises(LabError, match="names nothing"):
        defenses.find("minimise")(drop=text).transform(example_export())


def test_a_name_with_a_comma_stands_in_quotes():
    table = example_export().table.rename_columns(["mail", "zip, code", "age", "income", "diagnosis"])
    export = Export(table, Schema.of(identifier=["mail"], insensitive=table.column_names[1:]))
    assert export.schema.role("age") is Role.INSENSITIVE
    left = defenses.find("minimise")('"zip, code", age').transform(export).rows
    assert left.column_names == ["mail", "income", "diagnosis"]
