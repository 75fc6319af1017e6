"""Reading a column of many events gives what reading each event gives."""

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from meterlark.metering.measurement import Column, Kind, Unmeasured, read_column, read_number, read_text
from meterlark.metering.path import compile_path
from meterlark.model.number import WideNumber

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**19), 10**19),
    st.just(Decimal("1.50")),
    st.just(WideNumber("1e400")),
    st.sampled_from(["", "12", "1e3", " 1", "NaN", "Infinity", "gpt-4o"]),
)
payloads = st.dictionaries(
    st.sampled_from(["a", "b"]), st.one_of(scalars, st.lists(scalars, max_size=2), st.dictionaries(st.just("c"), scalars)), max_size=2
)
columns = st.builds(Column, st.sampled_from(Kind), st.sampled_from(["$.a", "$.b", "$.a.c", "$.a[0]", "$"]))


def read_cell(column: Column, payload: dict[str, Any]) -> int | Decimal | str | None:
    """Read one cell by the functions that measurement itself uses."""
    path = compile_path(column.path, field="path")
    if column.kind is Kind.NUMBER:
        number = read_number(payload, path)
        return None if isinstance(number, Unmeasured) else number
    text = read_text(payload, path)
    return "" if text is None and column.kind is Kind.GROUP else text


@given(columns, st.lists(payloads, max_size=5))
def test_a_column_is_its_cells(column: Column, events: list[dict[str, Any]]) -> None:
    """Whole columns and single cells never disagree, in value or in type."""
    expected = [read_cell(column, payload) for payload in events]

    found = read_column(column, events)

    assert [(type(cell), cell) for cell in found] == [(type(cell), cell) for cell in expected]
