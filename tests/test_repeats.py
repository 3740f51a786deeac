"""Numbers that come more than once are found, whatever their type and however they arrive."""

import duckdb
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from warehouse import repeats
from warehouse.repeats import repeated

TYPES = {pa.int64(): st.integers(-3, 3), pa.uint64(): st.sampled_from([0, 1, 2**63, 2**64 - 1])}


def found(numbers, kind):
    with duckdb.connect() as con:
        con.register("numbers", pa.table({"n": pa.array(numbers, kind)}))
        return repeated(con, "select n from numbers").tolist()


@pytest.mark.parametrize("kind", TYPES, ids=str)
@given(data=st.data())
def test_what_is_there_more_than_once_is_named_once_in_order(kind, data):
    numbers = data.draw(st.lists(TYPES[kind]))

    assert found(numbers, kind) == sorted({n for n in numbers if numbers.count(n) > 1})


@given(st.lists(st.integers(0, 5), max_size=12), st.integers(1, 4))
@example([7, 1, 7], 1)
def test_one_that_comes_again_in_another_batch_is_found(numbers, batch_n):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(repeats, "_BATCH_N", batch_n)
        assert found(numbers, pa.int64()) == sorted(
            {n for n in numbers if numbers.count(n) > 1}
        )


def test_no_rows_repeat_nothing():
    assert found([], pa.int64()) == []
