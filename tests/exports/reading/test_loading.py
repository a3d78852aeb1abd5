"""A table in memory is the file, in its order, with numbers only where all cells are numbers."""

import pyarrow as pa
import pytest

from exports.reading.loading import load


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["1", "-20", ""], pa.int64()),
        (["1.5", "2", "-0.25", "0.001"], pa.float64()),
        (["1.5", "2", "-0.25", "1e-3"], pa.string()),
        (["1.0", "", "3.0"], pa.int64()),
        (["296.20", "300.40"], pa.string()),
        (["1", "1.0"], pa.string()),
        (["-0", "1"], pa.string()),
        (["True", "False"], pa.bool_()),
        (["1950-12-01", "1990-02-28"], pa.date32()),
        (["1950-12-01", "1990-02-30"], pa.string()),
        (["02139", "10001"], pa.string()),
        (["1", "x"], pa.string()),
        (["", ""], pa.string()),
        (["nan", "1"], pa.string()),
        (["9" * 30, "1"], pa.string()),
    ],
)
def test_a_column_of_text_becomes_numbers_only_when_all_of_it_is(tmp_path, cells, kind):
    file = tmp_path / "t.csv"
    file.write_text("x,y\n" + "\n".join(f"{cell},a" for cell in cells) + "\n")
    assert load(file).column("x").type == kind
    assert load(file, text=["x"]).column("x").type == pa.string()


def test_rows_keep_their_order_also_in_a_large_file(tmp_path):
    file = tmp_path / "t.csv"
    file.write_text("x\n" + "\n".join(map(str, range(400_000))) + "\n")
    assert load(file)["x"].to_pylist() == list(range(400_000))


def test_a_frame_in_memory_is_taken_as_it_is():
    table = pa.table({"zip": ["02139"]})
    assert load(table) == table
