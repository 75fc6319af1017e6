"""An answer that was kept and brought up to date is the answer, whatever was added or removed since."""

import datetime as dt

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from warehouse_cases import BASE, METERS, SPEC, metered_rows, queries

from meterlark.metering.query import Query
from meterlark.service.kept import KeptAnswers
from meterlark.warehouse.contract import Batch, MeteredRow, Table, VoidedRow
from meterlark.warehouse.memory import MemoryWarehouse

BOUNDED = [meter for meter in METERS if meter.slug in {"sum", "count", "max", "unique_count"}]


@st.composite
def bounded_queries(draw: st.DrawFn) -> Query:
    """Questions that have both bounds, most of which can be kept."""
    query = draw(queries(draw(st.sampled_from(BOUNDED))))
    return msgspec.structs.replace(query, start=query.start or BASE, end=query.end or BASE + dt.timedelta(days=70))


@given(metered_rows(), st.lists(bounded_queries(), min_size=1, max_size=3), st.data())
def test_a_kept_answer_is_that_of_the_warehouse(rows: list[MeteredRow], asked: list[Query], data: st.DataObject) -> None:
    """After every batch, asked twice; some batches remove rows of earlier ones."""
    warehouse, removals, position = MemoryWarehouse(), 0, 0
    table = warehouse.create_table(SPEC)
    kept = KeptAnswers(warehouse, lambda: removals, rows_max=data.draw(st.sampled_from([0, 5, 1_000])))
    while rows:
        count = data.draw(st.integers(1, len(rows)))
        batch, rows = rows[:count], rows[count:]
        upto = batch[-1].sequence + 1 if not rows else batch[-1].sequence
        known = [row.sequence for row in batch] + list(range(1, position + 1))
        voided = [VoidedRow(one, upto) for one in data.draw(st.lists(st.sampled_from(known), max_size=2, unique=True))]
        warehouse.append([Batch(table.key, batch, voided)], after=position, upto=upto)
        position, removals = upto, removals + 2 * bool(voided)
        for query in [*asked, *asked]:
            found = kept.query(query, table=Table(table.key, SPEC, position), removals=removals)
            assert found == warehouse.query(query, table=table.key)
