import pytest

from exports.errors import LabError
from exports.schema import Role, Schema

TEXT = """
person = "user_id"
[columns.age]
role = "quasi_identifier"
hierarchy = "hierarchies/age.csv"
[columns."salary-class"]
role = "sensitive"
nulls = "wildcard"
order = [1, 2, 3]
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "schema.toml"
    path.write_text(TEXT)
    return path


def test_a_schema_keeps_the_order_and_finds_hierarchies_beside_itself(file):
    schema = Schema.load(file)
    assert list(schema.columns) == ["age", "salary-class"]
    assert schema.columns["age"].hierarchy == file.parent / "hierarchies/age.csv"
    assert schema.columns["salary-class"].order == ("1", "2", "3")
    assert schema.sensitive == ("salary-class",)
    assert schema.person == "user_id"


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('"sensitive"', '"secret"', "salary-class"),
        ("person =", "persno =", "persno"),
        ("nulls =", "null =", "null"),
        ("[columns.age]", "[columns.age", "TOML"),
    ],
)
def test_a_wrong_entry_is_one_sentence_that_names_the_place(file, old, new, named):
    file.write_text(TEXT.replace(old, new))
    with pytest.raises(LabError, match=named) as caught:
        Schema.load(file)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_one_sentence(tmp_path):
    with pytest.raises(LabError, match="check the path"):
        Schema.load(tmp_path / "none.toml")


def test_table_and_schema_must_declare_the_same_columns():
    schema = Schema.of(person="id", quasi_identifier=["age"])
    schema.require(["id", "age"])
    with pytest.raises(LabError, match="does not declare 1 column"):
        schema.require(["id", "age", "zip"])
    with pytest.raises(LabError, match="does not have"):
        schema.require(["id"])


def test_roles_select_columns_in_schema_order():
    schema = Schema.of(sensitive=["s"], quasi_identifier=["b", "a"], token=["t"])
    assert schema.names(Role.QUASI_IDENTIFIER, Role.TOKEN) == ("b", "a", "t")
    with pytest.raises(ValueError, match="wrong"):
        Schema.of(wrong=["x"])
