"""The warehouse on DuckDB, in the process.

DuckDB's weak spots (unique indexes, upserts) are not used: tables are appended to, and what must change together does so in one
transaction. An exact number is two 64-bit integers, whole units and 10**-18 units, so a sum is two 128-bit sums that cannot overflow.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from threading import RLock
from typing import Any, Final

import duckdb
import msgspec

from meterlark.metering.measurement import Column, Kind
from meterlark.metering.query import Query, Row, finish_rows
from meterlark.metering.window import Calendar
from meterlark.model.errors import CorruptDataError, UnavailableError
from meterlark.model.number import SCALE, to_scaled
from meterlark.model.statements import read_statements
from meterlark.model.time import from_microseconds
from meterlark.warehouse.contract import Batch, ListingFilter, ListingRow, MeteredRow, Table, TableSpec
from meterlark.warehouse.duckdb_query import QueryText, Statement, column_names

SEAL_ROWS: Final = 524_288
"""Rows of the unsorted part before they are sorted into a block. One customer's question reads the unsorted part (about 2 ms) and a few row
groups of each block; measured on 10 M rows, 3.5 ms in all against 39 ms unsorted."""

ROW_GROUP_ROWS: Final = 16_384
"""Rows of a row group, the least that can be skipped; DuckDB's default of 122,880 reads seven times more for one customer."""

MEMORY_LIMIT_DEFAULT: Final = "2GB"
RETRY_AFTER_SECONDS: Final = 5
TEMPORARY_FOLDER: Final = "warehouse.tmp"
"""Beside the file; holds what a question does not keep in memory, and is empty between questions."""

LISTING_COLUMNS: Final = (
    "sequence bigint not null, time_us bigint not null, subject varchar not null, type varchar, id varchar, received_us bigint"
)

_SQL: Final = read_statements(files(__package__).joinpath("duckdb.sql").read_text(encoding="utf-8"))


class _State(msgspec.Struct):
    """What the appender must remember of a table between batches; the same stands in `meterlark_table`."""

    spec: TableSpec
    position: int
    tail_rows: int
    first_us: int | None
    last_us: int | None


class DuckDBWarehouse:
    """Implements `warehouse.contract.Warehouse`; open one with `DuckDBWarehouse.open`."""

    def __init__(self, path: Path, *, memory_limit: str, seal_rows: int) -> None:
        self._path = path
        self._memory_limit = memory_limit
        self._seal_rows = seal_rows
        self._lock = RLock()
        self._tables: dict[int, _State] = {}
        self._connect()

    @classmethod
    def open(cls, path: Path, *, memory_limit: str = MEMORY_LIMIT_DEFAULT, seal_rows: int = SEAL_ROWS) -> "DuckDBWarehouse":
        """Open or create the warehouse file.

        Args:
            path: The file; its write-ahead log and temporary files lie beside it.
            memory_limit: As DuckDB reads it; beyond it, queries spill to disk.
            seal_rows: Rows of the unsorted part before they are sorted into a block.

        Raises:
            CorruptDataError: The file cannot be read; it may be deleted and rebuilt from the ledger.
        """
        return cls(path, memory_limit=memory_limit, seal_rows=seal_rows)

    def tables(self) -> list[Table]:
        """Return every table, by key."""
        with self._lock:
            return [Table(key, state.spec, state.position) for key, state in sorted(self._tables.items())]

    def create_table(self, spec: TableSpec) -> Table:
        """Create an empty table at position 0."""
        with self._writing() as cursor:
            [(key,)] = cursor.execute(_SQL["next_key"]).fetchall()
            for part in ("tail", "sealed"):
                cursor.execute(_SQL["create_part"].format(table=f"{part}_{key}", columns=_column_types(spec)))
            cursor.execute(_SQL["add_table"], [key, msgspec.json.encode(spec).decode()])
            cursor.execute("commit")
            self._tables[key] = _State(spec, 0, 0, None, None)
            return Table(key, spec, 0)

    def drop_table(self, key: int) -> None:
        """Remove a table."""
        with self._writing() as cursor:
            for part in ("tail", "sealed"):
                cursor.execute(_SQL["drop_part"].format(table=f"{part}_{key}"))
            cursor.execute(_SQL["drop_table"], [key])
            cursor.execute("commit")
            del self._tables[key]

    def append(self, batches: Sequence[Batch], *, after: int, upto: int) -> None:
        """Add one stretch of the ledger to several tables and move their positions, in one transaction."""
        assert after < upto
        with self._writing() as cursor:
            moved: dict[int, _State] = {}
            for batch in batches:
                state = self._tables[batch.table]
                if state.position != after:
                    raise CorruptDataError(f"table {batch.table} of the warehouse stands at {state.position}, not at {after}")
                if batch.rows:
                    moved[batch.table] = self._append_one(cursor, batch, state, after, upto)
                else:
                    moved[batch.table] = msgspec.structs.replace(state, position=upto)
            # In one statement: a server with hundreds of event types has as many tables, and most batches touch few of them.
            cursor.execute(_SQL["move_positions"], [after, upto, [batch.table for batch in batches if not batch.rows]])
            cursor.execute("commit")
            self._tables.update(moved)

    def recover(self) -> None:
        """Open the file anew; a failed checkpoint leaves DuckDB unusable until then."""
        with self._lock:
            self._connection.close()
            self._connect()

    def query(self, query: Query, *, table: int) -> list[Row]:
        """Answer from one table, within one snapshot."""
        with self._reading() as cursor:
            columns = self._columns(table)
            span = cursor.execute(_SQL["span"], [table]).fetchone()
            if span is None:
                raise _dropped(table)
            first_us, last_us = span
            if first_us is None:
                return finish_rows(query, [], None)
            calendar = None
            if query.window_size is not None:
                start = max(from_microseconds(first_us), query.counted_from or from_microseconds(first_us))
                end = min(from_microseconds(last_us), query.end or from_microseconds(last_us))
                if start > end:
                    return finish_rows(query, [], None)
                calendar = Calendar(query.window_size, query.zone, start=start, end=end)
            text = QueryText(query, columns, calendar)
            sql = _SQL["query"].format(
                keys=text.keys, values=text.values, grouping=text.grouping, rows=_rows(table, text.read, text.statement.condition)
            )
            found = cursor.execute(sql, text.statement.parameters).fetchall()
        cells = (text.cell(row) for row in found)
        return finish_rows(query, [cell for cell in cells if cell is not None], calendar)

    def subjects(self, *, table: int, start: dt.datetime | None, end: dt.datetime | None) -> list[str]:
        """Return the distinct subjects of `[start, end)`."""
        statement = Statement()
        statement.bound_time("time_us", start, end)
        return self._texts(_SQL["subjects"].format(rows=_rows(table, "subject", statement.condition)), statement)

    def values(self, column: Column, *, table: int, start: dt.datetime | None, end: dt.datetime | None) -> list[str]:
        """Return the distinct texts of a group column in `[start, end)`."""
        statement = Statement()
        statement.bound_time("time_us", start, end)
        [name] = column_names(self._columns(table), column)
        return self._texts(_SQL["values"].format(column=name, rows=_rows(table, name, statement.condition)), statement)

    def listing(self, condition: ListingFilter, *, table: int) -> list[int]:
        """Return sequence numbers, newest event time first."""
        statement = Statement()
        statement.bound_time("time_us", condition.start, condition.end)
        statement.bound_time("received_us", condition.received_from, condition.received_to)
        if condition.subject is not None:
            statement.conditions.append(f"subject = {statement.bind(condition.subject)}")
        if condition.id_part is not None:
            statement.conditions.append(f"contains(id, {statement.bind(condition.id_part)})")
        sql = _SQL["listing"].format(rows=_rows(table, "sequence, time_us", statement.condition), limit=int(condition.limit))
        with self._reading() as cursor:
            return [sequence for (sequence,) in cursor.execute(sql, statement.parameters).fetchall()]

    def close(self) -> None:
        """Close the file; batches already appended stay."""
        with self._lock:
            self._connection.close()

    def _connect(self) -> None:
        try:
            self._connection = duckdb.connect(":memory:", config={"memory_limit": self._memory_limit, "autoload_known_extensions": False})
            location = str(self._path).replace("'", "''")
            self._connection.execute(f"attach '{location}' as w (row_group_size {ROW_GROUP_ROWS})")
            self._connection.execute("set preserve_insertion_order = false")
            # Else it would be `.tmp` in whatever folder the server was started from.
            self._connection.execute(f"set temp_directory = '{location.removesuffix(self._path.name)}{TEMPORARY_FOLDER}'")
            self._connection.execute(_SQL["create_state"])
            self._connection.execute(_SQL["create_keys"])
            rows = self._connection.execute(_SQL["tables"]).fetchall()
        except duckdb.Error as error:
            raise CorruptDataError(
                f"the warehouse {self._path.name} cannot be read ({error}); the ledger holds all of it: run 'meterlark rebuild'"
            ) from error
        self._tables = {key: _State(msgspec.json.decode(spec, type=TableSpec), *rest) for key, spec, *rest in rows}

    def _append_one(self, cursor: duckdb.DuckDBPyConnection, batch: Batch, state: _State, after: int, upto: int) -> _State:
        first_us, last_us, tail_rows = state.first_us, state.last_us, state.tail_rows + len(batch.rows)
        assert after < batch.rows[0].sequence <= batch.rows[-1].sequence <= upto
        with cursor.appender(f"w.main.tail_{batch.table}") as appender:
            appender.append_rows(list(_sql_rows(state.spec, batch.rows)))
        times = [row.time_us for row in batch.rows]
        first_us = min(times) if first_us is None else min(first_us, *times)
        last_us = max(times) if last_us is None else max(last_us, *times)
        if tail_rows >= self._seal_rows:
            parts = {"tail": f"tail_{batch.table}", "sealed": f"sealed_{batch.table}"}
            cursor.execute(_SQL["seal"].format(**parts))
            cursor.execute(_SQL["empty_tail"].format(**parts))
            tail_rows = 0
        cursor.execute(_SQL["move_position"], [batch.table, after, upto, tail_rows, first_us, last_us])
        return _State(state.spec, upto, tail_rows, first_us, last_us)

    def _texts(self, sql: str, statement: Statement) -> list[str]:
        with self._reading() as cursor:
            return sorted(text for (text,) in cursor.execute(sql, statement.parameters).fetchall())

    def _columns(self, table: int) -> tuple[Column, ...]:
        state = self._tables.get(table)
        if state is None:
            raise _dropped(table)
        return state.spec.columns

    @contextmanager
    def _writing(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Give a cursor inside a transaction that the body commits; anything else rolls it back."""
        with self._lock:
            try:
                with self._connection.cursor() as cursor:
                    cursor.execute("begin")
                    yield cursor
            except duckdb.Error as error:
                raise UnavailableError(f"the warehouse cannot write: {error}", retry_after_seconds=RETRY_AFTER_SECONDS) from error

    @contextmanager
    def _reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Give a cursor on one snapshot."""
        try:
            with self._connection.cursor() as cursor:
                cursor.execute("begin")
                yield cursor
                cursor.execute("commit")
        except duckdb.Error as error:
            raise UnavailableError(f"the warehouse cannot answer: {error}", retry_after_seconds=RETRY_AFTER_SECONDS) from error


def _dropped(table: int) -> UnavailableError:
    return UnavailableError(f"the warehouse has no table {table} any more; ask again")


def _rows(table: int, columns: str, condition: str) -> str:
    return _SQL["rows"].format(columns=columns, condition=condition, tail=f"tail_{table}", sealed=f"sealed_{table}")


def _column_types(spec: TableSpec) -> str:
    if spec.event_type is None:
        return LISTING_COLUMNS
    types = ["sequence bigint not null", "time_us bigint not null", "subject varchar not null"]
    for index, column in enumerate(spec.columns):
        types += [f"n{index} bigint", f"p{index} bigint"] if column.kind is Kind.NUMBER else [f"t{index} varchar"]
    return ", ".join(types)


def _sql_rows(spec: TableSpec, rows: Sequence[MeteredRow] | Sequence[ListingRow]) -> Iterator[tuple[Any, ...]]:
    numbers = [column.kind is Kind.NUMBER for column in spec.columns]
    for row in rows:
        if isinstance(row, ListingRow):
            yield (row.sequence, row.time_us, row.subject, row.type, row.id, row.received_us)
            continue
        cells: list[int | str | None] = [row.sequence, row.time_us, row.subject]
        for cell, is_number in zip(row.cells, numbers, strict=True):
            if not is_number:
                assert cell is None or type(cell) is str
                cells.append(cell)
            elif type(cell) is int:
                cells += (cell, 0)
            elif cell is None:
                cells += (None, None)
            else:
                assert type(cell) is Decimal
                cells += divmod(to_scaled(cell), SCALE)
        yield tuple(cells)
