"""Every released label contains the value of its own row, and no order is taken from the alphabet."""

from __future__ import annotations

import csv
import datetime
import re

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from defenses.records.global_recoding import GlobalRecoding
from defenses.records.mondrian import Mondrian
from defenses.records.optimal_k_anonymity import OptimalKAnonymity
from defenses.records.top_down import TopDown
from exports.errors import LabError
from exports.release import Export
from exports.schema import Column, Role, Schema

few = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
DAY = st.dates(datetime.date(1940, 1, 1), datetime.date(2005, 12, 31))
ANSWERS = ("never", "rarely", "sometimes", "often", "always")
COLUMNS = {
    "german": st.builds(lambda day: f"{day:%d.%m.%Y}", DAY),
    "american": st.builds(lambda day: f"{day:%m/%d/%Y}", DAY),
    "iso": st.builds(str, DAY),
    "date": DAY,
    "worded": st.builds(lambda day: f"{day:%B} {day.day}, {day.year}", DAY),
    "moment": st.builds(lambda day: f"{day}T10:30:00", DAY),
    "digits": st.builds(str, st.integers(0, 1200)),
    "numbers": st.floats(-50, 50).map(lambda value: round(value, 1)),
    "fixed": st.builds(lambda value: f"{value:.2f}", st.floats(0, 99)),
    "mixed": st.sampled_from(["9", "10", "100", "NA", "11", "7"]),
    "codes": st.sampled_from(["F32.1", "F32.0", "F33.1", "F40", "G35"]),
    "postal": st.sampled_from(["1010", "1020", "10115", "10117", "8010"]),
    "answers": st.sampled_from(ANSWERS),
    "words": st.sampled_from(["male", "Male", "M", "cis female", "F", "a, b", "{x}"]),
    "truth": st.booleans(),
}
DECLARED = {"answers": {"order": ANSWERS}, "postal": {"prefix": True}}
PRINTING = [
    Mondrian(k=3),
    TopDown(k=2),
    OptimalKAnonymity(k=2),
    *(GlobalRecoding(f"x:{n}", k=1) for n in (1, 2)),
]


def place(text: str) -> object:
    """The place of a value on the line of its kind."""
    if text in ANSWERS:
        return ANSWERS.index(text)
    for form in ("%d.%m.%Y", "%m/%d/%Y", "%Y-%m-%d", "%B %d, %Y", "%Y-%m-%dT%H:%M:%S"):
        try:
            return datetime.datetime.strptime(text, form)
        except ValueError:
            continue
    return float(text)


def holds(label: str | None, value: str | None) -> bool:
    """Whether a label stands for a value, as a reader of the release takes it."""
    if label in (value, "*"):
        return True
    if label is None or value is None:
        return False
    if label[0] == "{":
        return value in [part.strip() for part in next(csv.reader([label[1:-1]], skipinitialspace=True))]
    low, dots, high = label.partition("..")
    if dots:
        return place(low) <= place(value) <= place(high)
    if re.fullmatch(r"\d{4}(-\d{2})?|\d{3}0s", label):
        return str(place(value)).startswith(label.removesuffix("0s"))
    return in_interval(label, value) or bool(re.fullmatch(re.escape(label).replace(r"\*", "."), value))


def in_interval(label: str, value: str) -> bool:
    match = re.fullmatch(r"\[(\S+), (\S+)([)\]])", label)
    if match is None:
        return False
    low, high = float(match[1]), float(match[2])
    return low <= float(value) <= high and (match[3] == "]" or float(value) < high)


def text(value: object) -> str | None:
    if isinstance(value, float):
        return repr(value + 0.0).removesuffix(".0")
    return None if value is None else str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize("defense", PRINTING, ids=lambda one: f"{one.name}-{getattr(one, 'levels', '')}")
@pytest.mark.parametrize("kind", COLUMNS)
@few
@given(data=st.data())
def test_every_label_contains_the_value_of_its_own_row(defense, kind: str, data) -> None:
    values = data.draw(st.lists(st.one_of(COLUMNS[kind], st.none()), min_size=6, max_size=30))
    export = Export(
        pa.table({"x": values}), Schema({"x": Column(Role.QUASI_IDENTIFIER, **DECLARED.get(kind, {}))})
    )
    try:
        release = defense.fit_transform(export)
    except LabError:
        return
    labels = release.rows["x"].to_pylist()
    assert release.owner is not None
    for label, owner in zip(labels, np.asarray(release.owner), strict=True):
        assert holds(text(label), text(values[owner])), (label, values[owner])
    if kind == "words" or (kind == "mixed" and "NA" in values):
        assert not any(".." in (text(label) or "") for label in labels)


def released(cells: list, k: int = 3, **declared) -> list:
    schema = Schema({"x": Column(Role.QUASI_IDENTIFIER, **declared)})
    return Mondrian(k=k).fit_transform(Export(pa.table({"x": cells}), schema)).rows["x"].to_pylist()


def test_dates_whose_day_and_month_are_doubtful_have_no_order_until_the_format_is_declared() -> None:
    cells = ["03/04/2020", "05/06/2021", "01/02/1999", "07/08/1988", "02/01/2005", "11/12/2001"]
    assert all(label.startswith("{") for label in released(cells))
    assert released(cells, format="%m/%d/%Y")[2] == "07/08/1988..11/12/2001"
    with pytest.raises(LabError, match="does not fit 6 of its 6 different values"):
        released(cells, format="%d.%m.%Y")


def test_a_declared_order_names_the_ends_of_a_range() -> None:
    cells = ["often", "never", "always", "rarely", "never", "sometimes", "always", "often"]
    labels = released(cells, order=ANSWERS)
    assert set(labels) == {"never..sometimes", "often..always"}
    with pytest.raises(LabError, match="lacks 1 of 5 values"):
        released(cells, order=ANSWERS[:-1])


def test_ordered_categories_bring_their_order_along() -> None:
    cells = ["often", "never", "always", "rarely", "never", "sometimes", "always", "often"]
    codes = pa.array([ANSWERS.index(cell) for cell in cells], pa.int8())
    kind = pa.DictionaryArray.from_arrays(codes, pa.array(ANSWERS), ordered=True)
    export = Export(pa.table({"x": kind}), Schema.of(quasi_identifier=["x"]))
    assert set(Mondrian(k=3).fit_transform(export).rows["x"].to_pylist()) == {
        "never..sometimes",
        "often..always",
    }


def test_what_is_declared_missing_is_no_end_of_a_range() -> None:
    cells = ["9", "10", "100", "NA", "11", "12", "13", "999"]
    labels = released(cells, missing=("NA", "999"))
    assert not any("NA" in label or "999" in label for label in labels if label)
