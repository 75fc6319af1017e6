"""Rollups: sums over the sealed rows of a table, kept beside them, so that a question about millions of events reads thousands of rows.

A rollup has one row for each stretch of time and combination of texts of one block; it is written when the block is sealed, in the same
transaction, and what is voided is taken out. A question adds the rollup within its bounds, the events of the stretches
that its bounds cut, and the events that are not sealed yet. The rows themselves stay the truth: a rollup answers only
where the sum is the same to the last digit, and everything else is read from them.
"""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any, Final, NamedTuple

import duckdb
import msgspec

from meterlark.metering.measurement import Column, Kind, value_column
from meterlark.metering.meter import Aggregation
from meterlark.metering.query import Query
from meterlark.metering.window import DAY_US, Calendar, WindowSize
from meterlark.model.statements import read_statements
from meterlark.model.time import to_microseconds

QUARTER_US: Final = 15 * 60 * 1_000_000
"""Offsets of zones are multiples of it today, so windows of an hour and more are whole quarters of an hour in each of them."""

TEXTS_MAX: Final = 256
"""Distinct texts, about, in the first block of a dimension that splits a rollup: with many it would have as many rows as events."""

ROWS_MAX: Final = 65_536
"""Rows that a rollup may have of the first block: a quarter of its events. With more it would save little, and is not kept."""

_EPOCH_SHIFT_US: Final = 800_000 * DAY_US
"""Added before a division so that its operand is positive (DuckDB rounds towards zero); a multiple of each grain."""

_SIZES_US: Final = {WindowSize.MINUTE: 60_000_000, WindowSize.HOUR: 3_600_000_000, WindowSize.DAY: DAY_US, WindowSize.MONTH: DAY_US}
"""What the length of each window is a multiple of, where the clocks do not change."""

_SQL: Final = read_statements(files(__package__).joinpath("duckdb_rollup.sql").read_text(encoding="utf-8"))
_ADDED_UP: Final = frozenset((Aggregation.SUM, Aggregation.COUNT, Aggregation.AVG))


class Rollup(msgspec.Struct, frozen=True):
    """What a rollup is split by.

    Attributes:
        grain_us: Length of its stretches of time, which begin at multiples of it since 1970, in microseconds.
        by_subject: Whether it is split by subject.
        texts: Columns of the table, by place, of the dimensions that split it.
    """

    grain_us: int
    by_subject: bool
    texts: tuple[int, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """SQL columns that tell its rows apart, in the order in which they lie."""
        texts = (f"t{index}" for index in self.texts)
        return ("subject", "time_us", *texts) if self.by_subject else ("time_us", *texts)


class Rolled(NamedTuple):
    """The part of a question that a rollup answers.

    Attributes:
        place: Of the rollup among those of its table.
        first_us: First instant of it, inclusive; None for no bound.
        end_us: First instant behind it; None for no bound.
    """

    place: int
    first_us: int | None
    end_us: int | None


def find_rolled(query: Query, columns: Sequence[Column], calendar: Calendar | None, rollups: Sequence[Rollup]) -> Rolled | None:
    """Return what a rollup answers of a question, or None when the rows must be read.

    Args:
        query: What is asked.
        columns: Of the table.
        calendar: The windows; None without windows.
        rollups: Of the table.
    """
    if query.meter.aggregation not in _ADDED_UP:
        return None
    if calendar is None and (query.start is None or query.end is None):
        return None  # the answer tells when the first and the last event were
    if query.subjects is not None and len(query.subjects) == 1:
        return None  # blocks are sorted by subject: the few rows of one are found sooner than its few sums
    first, end = query.counted_from, query.end
    needs_subject = query.by_subject or query.subjects is not None
    texts = {columns.index(Column(Kind.GROUP, query.meter.group_by[key])) for key in (*query.group_by, *query.filters)}
    value = value_column(query.meter)
    assert value is None or value.kind is Kind.NUMBER
    for place, rollup in enumerate(rollups):
        if not (needs_subject <= rollup.by_subject and texts <= set(rollup.texts)):
            continue
        if calendar is not None and not _are_whole(calendar, rollup.grain_us):
            continue
        first_us = None if first is None else -(-to_microseconds(first) // rollup.grain_us) * rollup.grain_us
        end_us = None if end is None else to_microseconds(end) // rollup.grain_us * rollup.grain_us
        if first_us is None or end_us is None or first_us < end_us:
            return Rolled(place, first_us, end_us)
    return None


def _are_whole(calendar: Calendar, grain_us: int) -> bool:
    """Tell whether each stretch lies within one window: neither a window nor a change of the clocks cuts one."""
    return (
        _SIZES_US[calendar.size] % grain_us == 0
        and all(piece.offset_us % grain_us == 0 for piece in calendar.pieces)
        and all(piece.start_us % grain_us == 0 for piece in calendar.pieces[1:])
    )


class RollupTables:
    """Fills the rollups of one table, within the transaction that changes the table.

    Args:
        cursor: In the transaction.
        table: Key of the table.
        columns: Of the table.
    """

    def __init__(self, cursor: duckdb.DuckDBPyConnection, table: int, columns: Sequence[Column]) -> None:
        self._cursor = cursor
        self._table = table
        self._columns = columns

    def begin(self) -> tuple[Rollup, ...]:
        """Choose the rollups by what is in the unsorted part, create them with its sums, and return them."""
        kept: list[Rollup] = []
        for rollup in choose_rollups(self._columns, self._distinct()):
            place = len(kept)
            self._run("create", place, columns=_column_types(rollup, self._columns))
            self._add(place, rollup)
            [(count,)] = self._run("count", place)
            if count <= ROWS_MAX:
                kept.append(rollup)
            else:
                self._run("drop", place)
        return tuple(kept)

    def add(self, rollups: tuple[Rollup, ...]) -> tuple[Rollup, ...]:
        """Add the sums of the unsorted part, which is about to be sealed; return the rollups."""
        for place, rollup in enumerate(rollups):
            self._add(place, rollup)
        return rollups

    def take_out(self, rollups: Sequence[Rollup], sequences: Sequence[int]) -> None:
        """Take the numbers of some events out of the sums, before these are removed; those that are not sealed are in no sum yet."""
        for place, rollup in enumerate(rollups):
            sums = _sums(self._columns)
            slots = {
                "keys": ", ".join(rollup.keys),
                "same": " and ".join(f"kept.{key} = meterlark_gone.{key}" for key in rollup.keys),
                "less": ", ".join(f"-{name}" for name in sums),
                "sums": ", ".join(f"sum({name})" for name in sums),
            }
            columns = _column_types(rollup, self._columns)
            self._run("begin_gone", place, columns=columns)
            self._run("gone", place, [sequences], columns=_selected(rollup, self._columns), keys=_places(rollup))
            self._run("begin_left", place, columns=columns)
            for statement in ("left", "forget", "add_left", "end_left", "end_gone"):
                self._run(statement, place, **slots)

    def _add(self, place: int, rollup: Rollup) -> None:
        self._run("add", place, columns=_selected(rollup, self._columns), keys=_places(rollup))

    def _distinct(self) -> dict[int, int]:
        """Return about how many texts each dimension has in the unsorted part."""
        groups = [index for index, column in enumerate(self._columns) if column.kind is Kind.GROUP]
        if not groups:
            return {}
        [found] = self._run("distinct", 0, columns=", ".join(f"approx_count_distinct(t{index})" for index in groups))
        return dict(zip(groups, found, strict=True))

    def _run(self, statement: str, place: int, parameters: Sequence[object] = (), **slots: str) -> list[Any]:
        names = {"rolled": f"rolled{place}_{self._table}", "tail": f"tail_{self._table}", "sealed": f"sealed_{self._table}"}
        return self._cursor.execute(_SQL[statement].format(**names, **slots), parameters).fetchall()


def choose_rollups(columns: Sequence[Column], distinct: Mapping[int, int]) -> tuple[Rollup, ...]:
    """Return the rollups that a table may have, the one with the fewest rows first.

    Args:
        columns: Of the table.
        distinct: How many texts each dimension has in the first block, by place of the column.
    """
    few = tuple(index for index, column in enumerate(columns) if column.kind is Kind.GROUP and distinct[index] <= TEXTS_MAX)
    return Rollup(QUARTER_US, by_subject=False, texts=few), Rollup(DAY_US, by_subject=True, texts=())


def _column_types(rollup: Rollup, columns: Sequence[Column]) -> str:
    """Return the SQL columns of a rollup with their types: keys, events, and of each number its sum and how many events have it."""
    types = [f"{key} {'bigint' if key == 'time_us' else 'varchar'} not null" for key in rollup.keys]
    for index in _numbers(columns):
        types += [f"n{index} hugeint not null", f"p{index} hugeint not null", f"c{index} bigint not null"]
    return ", ".join([*types, "c bigint not null"])


def _sums(columns: Sequence[Column]) -> list[str]:
    """Return the names of what can be added, in the order of the SQL columns."""
    return [*(f"{name}{index}" for index in _numbers(columns) for name in "npc"), "c"]


def _selected(rollup: Rollup, columns: Sequence[Column]) -> str:
    """Return the select list that makes rows of a rollup from rows of the table, to be grouped by the keys."""
    stretch = f"(time_us + {_EPOCH_SHIFT_US}) // {rollup.grain_us} * {rollup.grain_us} - {_EPOCH_SHIFT_US}"
    found = [stretch if key == "time_us" else key for key in rollup.keys]
    for index in _numbers(columns):
        found += [f"coalesce(sum(n{index}), 0)", f"coalesce(sum(p{index}), 0)", f"count(n{index})"]
    return ", ".join([*found, "count(*)"])


def _places(rollup: Rollup) -> str:
    """Return the keys by their place in the select list: by name, a stretch would be taken for the times in it."""
    return ", ".join(str(number) for number, _ in enumerate(rollup.keys, 1))


def _numbers(columns: Sequence[Column]) -> list[int]:
    return [index for index, column in enumerate(columns) if column.kind is Kind.NUMBER]
