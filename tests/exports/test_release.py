import pyarrow as pa
import pytest

from exports.errors import LabError
from exports.release import Export, Guarantee, Release
from exports.schema import Schema

TABLE = pa.table({"age": [1, 2]})
SCHEMA = Schema.of(quasi_identifier=["age"])


def test_an_export_refuses_a_column_without_a_role():
    with pytest.raises(LabError, match="does not declare"):
        Export(TABLE.append_column("zip", pa.array(["a", "b"])), SCHEMA)


@pytest.mark.parametrize(
    ("kind", "payload"),
    [("counts", {"table": TABLE}), ("records", {}), ("model", {"ask": int}), ("tokens", {"score": len})],
)
def test_a_release_carries_what_its_kind_says_and_nothing_else(kind, payload):
    with pytest.raises(ValueError, match=kind):
        Release(kind, SCHEMA, **payload)


def test_a_release_of_rows_is_the_next_export():
    assert Release("records", SCHEMA, table=TABLE).as_export() == Export(TABLE, SCHEMA)
    with pytest.raises(ValueError, match="no rows"):
        _ = Release("counts", SCHEMA, ask=int).rows


def test_no_promise_prints_as_none_and_is_an_empty_object():
    assert repr(Guarantee()) == "none"
    assert Guarantee().to_json() == {}
    assert Guarantee({"k": 5}).to_json()["k"] == 5
