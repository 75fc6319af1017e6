"""The warehouse on DuckDB, in the process.

DuckDB's weak spots (unique indexes, upserts) are not used: tables are appended to, rows of voided events are deleted, and what must change
together does so in one transaction. An exact number is two 64-bit integers, whole units and 10**-18 units, so a sum is two 128-bit sums
that cannot overflow.
"""

import datetime as dt
import logging
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from importlib.resources import files
from itertools import islice, repeat
from pathlib import Path
from threading import Condition, RLock
from types import NoneType
from typing import Any, Final, cast

import duckdb
import msgspec

from meterlark.metering.measurement import Column, Kind, value_column
from meterlark.metering.query import Query, Row, finish_columns
from meterlark.metering.window import calendar_of
from meterlark.model.errors import CorruptDataError, UnavailableError
from meterlark.model.event import TIME_END, TIME_FIRST
from meterlark.model.number import SCALE, to_scaled
from meterlark.model.statements import read_statements
from meterlark.model.time import from_microseconds
from meterlark.warehouse.contract import Batch, ListingFilter, ListingRow, MeteredRow, Table, TableSpec
from meterlark.warehouse.duckdb_query import Arm, QueryText, Statement, column_names, text_condition, time_condition
from meterlark.warehouse.duckdb_rollup import Rollup, RollupTables, find_rolled

SEAL_ROWS: Final = 262_144
"""Rows of the unsorted part before they are sorted into a block. One customer's question reads the unsorted part and a row group or two of
each block, every other one the unsorted part too. Of 131, 262 and 524 thousand rows this is the best over 10 M events, and over 1 M the
second (docs/internals/growth.md)."""

ROW_GROUP_ROWS: Final = 16_384
"""Rows of a row group, the least that can be skipped; DuckDB's default of 122,880 reads seven times more for one customer."""

SLICE_ROWS: Final = 1_000
"""Rows handed over at once, in 2 ms: the interpreter is blocked meanwhile, and with it every request."""

SEGMENT_ROWS: Final = 131_072
"""Rows of a stretch of time within a block of the listing, sorted by subject in itself. A page of a listing is a stretch of time, often of
one subject; measured on 10 M rows, whole blocks by subject take 7 to 28 ms for a page of all, blocks by time 90 ms for one of a subject,
and this at most 5 ms (bench/listing_speed.py)."""

FILE_VERSION: Final = 4
"""Of the tables in the file; another one's file is rebuilt, never read."""

NARROW: Final = dt.timedelta(days=400)
"""A question about a year and a bit has few changes of the clocks, whether or not there are events in all of it."""

MEMORY_LIMIT_DEFAULT: Final = "2GB"
RETRY_AFTER_SECONDS: Final = 5
OPENING_SECONDS_MAX: Final = 30.0
"""How long opening anew waits for questions that run, and a question for the opening; as long as a question waits for anything."""

TEMPORARY_FOLDER: Final = "warehouse.tmp"
"""Beside the file; holds what a question does not keep in memory, and is empty between questions."""

LISTING_COLUMNS: Final = (
    "sequence bigint not null, time_us bigint not null, subject varchar not null, type varchar, id varchar, received_us bigint,"
    " source varchar"
)

VOIDED_COLUMNS: Final = "sequence bigint not null, void bigint not null"

_log = logging.getLogger("meterlark.warehouse")
_SQL: Final = read_statements(files(__package__).joinpath("duckdb.sql").read_text(encoding="utf-8"))


class _State(msgspec.Struct):
    """What is remembered of a table; the same stands in `meterlark_table`.

    `fractional` has the places of the numbers that had a fraction in any event, and only grows; it is told before such events can be seen.
    """

    spec: TableSpec
    position: int
    tail_rows: int
    first_us: int | None
    last_us: int | None
    sealed_upto: int = 0
    rollups: tuple[Rollup, ...] | None = None
    fractional: frozenset[int] = frozenset()
    has_voided: bool = False


class DuckDBWarehouse:
    """Implements `warehouse.contract.Warehouse`; open one with `DuckDBWarehouse.open`."""

    def __init__(self, path: Path, *, memory_limit: str, seal_rows: int) -> None:
        self._path = path
        self._memory_limit = memory_limit
        self._seal_rows = seal_rows
        self._segment_rows = min(SEGMENT_ROWS, max(1, seal_rows // 4))
        self._lock = RLock()
        # Opening anew closes every cursor, so it waits for the questions that run, and new ones wait for it.
        self._asking = Condition()
        self._running_questions = 0
        self._is_opening = False
        self._idle: deque[duckdb.DuckDBPyConnection] = deque()
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
            if spec.event_type is None:
                cursor.execute(_SQL["create_part"].format(table=f"voided_{key}", columns=VOIDED_COLUMNS))
            cursor.execute(_SQL["add_table"], [key, msgspec.json.encode(spec).decode()])
            cursor.execute("commit")
            self._tables[key] = _State(spec, 0, 0, None, None)
            return Table(key, spec, 0)

    def drop_table(self, key: int) -> None:
        """Remove a table."""
        with self._writing() as cursor:
            state = self._tables[key]
            rolled = (f"rolled{place}" for place, _ in enumerate(state.rollups or ()))
            for part in ("tail", "sealed", *(["voided"] if state.spec.event_type is None else rolled)):
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
                moved[batch.table] = self._append_one(cursor, batch, state, after, upto)
            for key, state in moved.items():
                self._tables[key].fractional = state.fractional
            cursor.execute("commit")
            self._tables.update(moved)

    def recover(self) -> None:
        """Open the file anew; a failed checkpoint leaves DuckDB unusable until then."""
        with self._lock, self._no_questions():
            try:
                self._close()
            except duckdb.Error as error:  # it is given up either way, and what failed before has been reported
                _log.warning("the failed warehouse %s could not be closed in order: %s", self._path.name, error)
            self._connect()

    def query(self, query: Query, *, table: int) -> list[Row]:
        """Answer from one table and its rollups, within one snapshot."""
        state = self._state(table)
        value = value_column(query.meter)
        place = None if value is None or value.kind is not Kind.NUMBER else state.spec.columns.index(value)
        is_whole = place is not None and place not in state.fractional
        bounds = None if query.window_size is None else _known_bounds(query)
        needs_snapshot = (query.window_size is not None and bounds is None) or (query.upto is not None and bool(state.rollups))
        with self._reading(in_transaction=needs_snapshot) as cursor:
            calendar = sealed_upto = None
            if needs_snapshot:
                first_us, last_us, sealed_upto = _snapshot(cursor, table)
                bounds = _bounds(query, first_us, last_us) if bounds is None else bounds
            if query.window_size is not None:
                if bounds is None:
                    return finish_columns(query, (), None)
                start, end = bounds
                calendar = calendar_of(query.window_size, query.zone, start, end)
            rolled = find_rolled(query, state.spec.columns, calendar, state.rollups or ())
            if query.upto is not None and sealed_upto is not None and sealed_upto > query.upto:
                rolled = None  # the sums hold events that are not asked for
            text = QueryText(query, state.spec.columns, calendar, rolled, is_whole=is_whole)
            sql = _SQL["query"].format(keys=text.keys, values=text.values, grouping=text.grouping, rows=_rows(table, text.arms))
            found = cursor.execute(sql, text.parameters).fetchall()
        if is_whole and place in self._state(table).fractional:
            return self.query(query, table=table)  # the first fraction came meanwhile; there is no second first one
        return finish_columns(query, text.columns(found), calendar)

    def subjects(self, *, table: int, start: dt.datetime | None, end: dt.datetime | None) -> list[str]:
        """Return the distinct subjects of `[start, end)`."""
        statement = Statement()
        statement.bound_time("time_us", start, end)
        return self._texts(_SQL["subjects"].format(rows=_rows(table, _events("subject", statement))), statement)

    def values(
        self, column: Column, *, table: int, start: dt.datetime | None, end: dt.datetime | None, subjects: Sequence[str] | None = None
    ) -> list[str]:
        """Return the distinct texts of a group column in `[start, end)`."""
        statement = Statement()
        statement.bound_time("time_us", start, end)
        statement.one_of("subject", subjects)
        [name] = column_names(self._state(table).spec.columns, column)
        return self._texts(_SQL["values"].format(column=name, rows=_rows(table, _events(name, statement))), statement)

    def listing(self, condition: ListingFilter, *, table: int) -> list[int]:
        """Return sequence numbers, newest event time first."""
        statement = Statement()
        statement.bound_time("time_us", condition.start, condition.end)
        statement.bound_time("received_us", condition.received_from, condition.received_to)
        statement.one_of("subject", condition.subjects)
        if condition.id_part is not None:
            statement.conditions.append(f"contains(id, {statement.bind(condition.id_part)})")
        if condition.after is not None:
            # The first comparison, which says less, lets whole row groups be skipped.
            time, sequence = (statement.bind(part) for part in condition.after)
            statement.conditions.append(f"time_us <= {time} and (time_us < {time} or sequence < {sequence})")
        if condition.behind is not None:
            statement.conditions.append(f"sequence > {statement.bind(condition.behind)}")
        statement.conditions += [text_condition(one, name, statement) for name, one in condition.texts.items()]
        statement.conditions += [time_condition(one, name, statement) for name, one in condition.times.items()]
        parts = {"tail": f"tail_{table}", "sealed": f"sealed_{table}"}
        sql = _SQL["listing"].format(**parts, condition=statement.condition, limit=int(condition.limit))
        with self._reading() as cursor:
            return [sequence for (sequence,) in cursor.execute(sql, statement.parameters).fetchall()]

    def voided(self, sequences: Sequence[int], *, table: int) -> dict[int, int]:
        """Return which of some events of the listing table are voided."""
        assert self._state(table).spec.event_type is None
        # Asked for every page of a listing, and most ledgers have no void at all.
        if not sequences or not self._tables[table].has_voided:
            return {}
        with self._reading() as cursor:
            return dict(cursor.execute(_SQL["voided"].format(voided=f"voided_{table}"), [list(sequences)]).fetchall())

    def close(self) -> None:
        """Close the file; batches already appended stay."""
        with self._lock, self._no_questions():
            self._close()

    def _close(self) -> None:
        """Close the connection, and with it every cursor."""
        self._idle.clear()
        self._connection.close()

    def _connect(self) -> None:
        try:
            self._connection = duckdb.connect(":memory:", config={"memory_limit": self._memory_limit, "autoload_known_extensions": False})
            location = str(self._path).replace("'", "''")
            self._connection.execute(f"attach '{location}' as w (row_group_size {ROW_GROUP_ROWS})")
            self._connection.execute("set preserve_insertion_order = false")
            # Else it would be `.tmp` in whatever folder the server was started from.
            self._connection.execute(f"set temp_directory = '{location.removesuffix(self._path.name)}{TEMPORARY_FOLDER}'")
            self._check_version()
            self._connection.execute(_SQL["create_state"])
            self._connection.execute(_SQL["create_keys"])
            rows = self._connection.execute(_SQL["tables"]).fetchall()
            specs = {key: msgspec.json.decode(spec, type=TableSpec) for key, spec, *_ in rows}
            voided = {key: spec.event_type is None and self._has_voided(key) for key, spec in specs.items()}
        except duckdb.Error as error:
            raise CorruptDataError(
                f"the warehouse {self._path.name} cannot be read ({error}); the ledger holds all of it: run 'meterlark rebuild'"
            ) from error
        self._tables = {
            key: _State(
                specs[key], position, tail_rows, first_us, last_us, sealed_upto, _read_rollups(rollups), frozenset(fractional), voided[key]
            )
            for key, _, position, tail_rows, first_us, last_us, sealed_upto, rollups, fractional in rows
        }

    def _has_voided(self, key: int) -> bool:
        return bool(self._connection.execute(_SQL["has_voided"].format(voided=f"voided_{key}")).fetchall())

    def _check_version(self) -> None:
        """Refuse a file of another version; a new one gets ours."""
        has_state = bool(self._connection.execute(_SQL["has_state"]).fetchall())
        if not has_state:
            self._connection.execute(_SQL["create_version"].format(version=FILE_VERSION))
            return
        has_version = bool(self._connection.execute(_SQL["has_version"]).fetchall())
        [(version,)] = self._connection.execute(_SQL["version"]).fetchall() if has_version else [(1,)]
        if version != FILE_VERSION:
            raise CorruptDataError(
                f"the warehouse {self._path.name} has version {version}, this Meterlark reads {FILE_VERSION};"
                " the ledger holds all of it: run 'meterlark rebuild'"
            )

    def _append_one(self, cursor: duckdb.DuckDBPyConnection, batch: Batch, state: _State, after: int, upto: int) -> _State:
        first_us, last_us, tail_rows = state.first_us, state.last_us, state.tail_rows + len(batch.rows)
        fractional = state.fractional
        if batch.rows:
            assert after < batch.rows[0].sequence <= batch.rows[-1].sequence <= upto
            with cursor.appender(f"w.main.tail_{batch.table}") as appender:
                columns, found = _sql_columns(state.spec, batch.rows)
                fractional |= found
                rows = zip(*columns, strict=True)
                for _ in range(0, len(batch.rows), SLICE_ROWS):
                    appender.append_rows(islice(rows, SLICE_ROWS))
            times = [row.time_us for row in batch.rows]
            first_us = min(times) if first_us is None else min(first_us, *times)
            last_us = max(times) if last_us is None else max(last_us, *times)
        if batch.voided:
            _void(cursor, batch, state)
        sealed_upto, rollups = state.sealed_upto, state.rollups
        if tail_rows >= self._seal_rows:
            parts = {"tail": f"tail_{batch.table}", "sealed": f"sealed_{batch.table}"}
            if state.spec.event_type is not None:
                rolling = RollupTables(cursor, batch.table, state.spec.columns)
                rollups = rolling.begin() if rollups is None else rolling.add(rollups)
            statement = "seal_listing" if state.spec.event_type is None else "seal"
            cursor.execute(_SQL[statement].format(**parts, segment=self._segment_rows))
            cursor.execute(_SQL["empty_tail"].format(**parts))
            tail_rows, sealed_upto = 0, upto
        kept = None if rollups is None else msgspec.json.encode(rollups).decode()
        moved = [batch.table, after, upto, tail_rows, first_us, last_us, sealed_upto, kept, sorted(fractional)]
        cursor.execute(_SQL["move_position"], moved)
        has_voided = state.has_voided or bool(batch.voided)
        return _State(state.spec, upto, tail_rows, first_us, last_us, sealed_upto, rollups, fractional, has_voided)

    def _texts(self, sql: str, statement: Statement) -> list[str]:
        with self._reading() as cursor:
            return sorted(text for (text,) in cursor.execute(sql, statement.parameters).fetchall())

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
    def _reading(self, *, in_transaction: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
        """Give a cursor, in a transaction if the body has several statements that must see the same.

        It is used again afterwards, because a new one costs a tenth of a short question; not after an error or a transaction.
        """
        with self._asking:
            if self._is_opening and not self._asking.wait_for(lambda: not self._is_opening, OPENING_SECONDS_MAX):
                raise UnavailableError("the warehouse is being opened anew; ask again", retry_after_seconds=RETRY_AFTER_SECONDS)
            self._running_questions += 1
        try:
            cursor = self._cursor()
            is_used_again = False
            try:
                if in_transaction:
                    cursor.execute("begin")
                yield cursor
                is_used_again = not in_transaction
            finally:
                if is_used_again:
                    self._idle.append(cursor)
                else:
                    cursor.close()
        except duckdb.Error as error:
            raise UnavailableError(f"the warehouse cannot answer: {error}", retry_after_seconds=RETRY_AFTER_SECONDS) from error
        finally:
            with self._asking:
                self._running_questions -= 1
                if self._is_opening:
                    self._asking.notify_all()

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        try:
            return self._idle.pop()
        except IndexError:
            return self._connection.cursor()

    @contextmanager
    def _no_questions(self) -> Iterator[None]:
        """Run the body while no question runs.

        Two engines on one file would overwrite each other, and an engine lives as long as a question that it answers.
        """
        with self._asking:
            self._is_opening = True
            self._asking.notify_all()
            try:
                if not self._asking.wait_for(lambda: self._running_questions == 0, OPENING_SECONDS_MAX):
                    raise UnavailableError("a question still runs on the warehouse", retry_after_seconds=RETRY_AFTER_SECONDS)
                yield
            finally:
                self._is_opening = False
                self._asking.notify_all()

    def _state(self, table: int) -> _State:
        state = self._tables.get(table)
        if state is None:
            raise _gone(table)
        return state


def _void(cursor: duckdb.DuckDBPyConnection, batch: Batch, state: _State) -> None:
    if state.spec.event_type is None:
        cursor.executemany(_SQL["remember_voided"].format(voided=f"voided_{batch.table}"), batch.voided)
        return
    sequences = [one.sequence for one in batch.voided]
    RollupTables(cursor, batch.table, state.spec.columns).take_out(state.rollups or (), sequences)
    for part in ("tail", "sealed"):
        cursor.execute(_SQL["remove_rows"].format(part=f"{part}_{batch.table}"), [sequences])


def _read_rollups(text: str | None) -> tuple[Rollup, ...] | None:
    return None if text is None else msgspec.json.decode(text, type=tuple[Rollup, ...])


def _snapshot(cursor: duckdb.DuckDBPyConnection, table: int) -> tuple[int | None, int | None, int]:
    """Return when the table's first and last event were, and up to where in the ledger it is sealed, as the transaction sees it."""
    found = cursor.execute(_SQL["snapshot"], [table]).fetchall()
    if not found:
        raise _gone(table)
    [(first_us, last_us, sealed_upto)] = found
    return first_us, last_us, sealed_upto


def _bounds(query: Query, first_us: int | None, last_us: int | None) -> tuple[dt.datetime, dt.datetime] | None:
    """Return the part of what was asked for that holds events; None when there is none."""
    if first_us is None or last_us is None:
        return None
    first, last = from_microseconds(first_us), from_microseconds(last_us)
    start, end = max(first, query.counted_from or first), min(last, query.end or last)
    return (start, end) if start <= end else None


def _gone(table: int) -> UnavailableError:
    return UnavailableError(f"table {table} of the warehouse is gone; ask again")


def _known_bounds(query: Query) -> tuple[dt.datetime, dt.datetime] | None:
    """Return the bounds of a question that is narrow enough as it was asked; looking up where events are costs half a millisecond."""
    if query.counted_from is None or query.end is None:
        return None
    # No event is earlier or later, and a calendar needs room at both ends.
    start, end = max(query.counted_from, TIME_FIRST), min(query.end, TIME_END)
    return (start, end) if start <= end and end - start <= NARROW else None


def _events(columns: str, statement: Statement) -> list[Arm]:
    return [Arm(part, columns, statement.condition) for part in ("sealed", "tail")]


def _rows(table: int, arms: Sequence[Arm]) -> str:
    selects = (_SQL["arm"].format(part=f"{arm.part}_{table}", columns=arm.columns, condition=arm.condition) for arm in arms)
    return f"({' union all '.join(selects)})"


def _column_types(spec: TableSpec) -> str:
    if spec.event_type is None:
        return LISTING_COLUMNS
    types = ["sequence bigint not null", "time_us bigint not null", "subject varchar not null"]
    for index, column in enumerate(spec.columns):
        types += [f"n{index} bigint", f"p{index} bigint"] if column.kind is Kind.NUMBER else [f"t{index} varchar"]
    return ", ".join(types)


def _sql_columns(spec: TableSpec, rows: Sequence[MeteredRow] | Sequence[ListingRow]) -> tuple[list[Iterable[Any]], set[int]]:
    """Turn rows into the table's SQL columns, and tell by place which numbers have a fraction.

    By whole columns: a test of a column's types is cheaper than one per cell.
    """
    if spec.event_type is None:
        return list(zip(*map(msgspec.structs.astuple, rows), strict=True)), set()
    metered = cast("Sequence[MeteredRow]", rows)
    columns: list[Iterable[Any]] = [[row.sequence for row in rows], [row.time_us for row in rows], [row.subject for row in rows]]
    fractional: set[int] = set()
    for place, (column, cells) in enumerate(zip(spec.columns, zip(*(row.cells for row in metered), strict=True), strict=True)):
        if column.kind is not Kind.NUMBER:
            assert {str, NoneType}.issuperset(map(type, cells))
            columns.append(cells)
        elif {int}.issuperset(map(type, cells)):
            columns += (cells, repeat(0, len(cells)))
        else:
            wholes, parts = zip(*map(_split_number, cells), strict=True)
            columns += (wholes, parts)
            if any(parts):
                fractional.add(place)
    return columns, fractional


def _split_number(value: int | Decimal | None) -> tuple[int | None, int | None]:
    """Return whole units and 10**-18 units."""
    if type(value) is int:
        return value, 0
    if value is None:
        return None, None
    assert type(value) is Decimal
    return divmod(to_scaled(value), SCALE)
