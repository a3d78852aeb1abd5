"""Keys order and group rows as the rows themselves do, however many columns there are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports import keys

TABLES = st.integers(0, 3).flatmap(
    lambda columns: st.lists(st.tuples(*[st.integers(0, 4)] * columns), max_size=12)
)


@pytest.mark.parametrize("largest", [4, 2**62])
@given(table=TABLES, told=st.booleans())
def test_packed_keys_order_rows_as_their_tuples_do_even_where_they_do_not_fit(largest, table, told):
    width = len(table[0]) if table else 0
    columns = [np.array([row[place] for row in table], np.int64) for place in range(width)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "LARGEST_KEY", largest)
        found = keys.packed(columns, len(table), [5] * width if told else None)
    ordered = sorted(set(table))
    assert keys.ranks(found).tolist() == [ordered.index(row) for row in table]
    order, starts = keys.grouped(found)
    assert [table[place] for place in order] == sorted(table)
    assert [table[place] for place in order[starts]] == ordered


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=12))
def test_a_person_counts_once_in_each_class(rows):
    of, person = np.array(rows, np.int64).reshape(-1, 2).T
    classes, persons, pair = keys.once_per_class(of, person)
    assert list(zip(classes.tolist(), persons.tolist(), strict=True)) == sorted(set(rows))
    assert [(classes[place], persons[place]) for place in pair] == rows
