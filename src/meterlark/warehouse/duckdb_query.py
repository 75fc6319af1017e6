"""A query as DuckDB's SQL, and DuckDB's answer as cells.

Windows become integer arithmetic on stretches of constant offset, so the engine needs no zone data. Identifiers and numbers in the text are
our own; whatever came from outside is a bound parameter.
"""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final, assert_never

from meterlark.metering.filter import Filter, Operator, lower
from meterlark.metering.measurement import Column, Kind, value_column
from meterlark.metering.meter import Aggregation
from meterlark.metering.query import Cell, Query
from meterlark.metering.window import DAY_US, Calendar, Piece, WindowSize
from meterlark.model.number import SCALE, divide_scaled, from_scaled
from meterlark.model.time import to_microseconds

_SHIFT_US: Final = 800_000 * DAY_US
"""Added before a division so that its operand is positive (DuckDB rounds towards zero): 800,000 days before 1970 is earlier than year 1."""

_SIZE_US: Final = {WindowSize.MINUTE: 60_000_000, WindowSize.HOUR: 3_600_000_000}
_SEQUENCE_SPAN: Final = 10**19
"""Orders LATEST by time, then sequence, in one 128-bit integer: a sequence number has at most 19 digits, a time 18."""


class Statement:
    """The parts of a statement that depend on the query; `duckdb.sql` holds its frame."""

    def __init__(self) -> None:
        self.parameters: list[object] = []
        self.conditions: list[str] = []

    def bind(self, value: object) -> str:
        """Bind a value and return its placeholder."""
        self.parameters.append(value)
        return f"${len(self.parameters)}"

    def bound_time(self, column: str, start: dt.datetime | None, end: dt.datetime | None) -> None:
        """Keep only `[start, end)` of a column in microseconds."""
        if start is not None:
            self.conditions.append(f"{column} >= {self.bind(to_microseconds(start))}")
        if end is not None:
            self.conditions.append(f"{column} < {self.bind(to_microseconds(end))}")

    @property
    def condition(self) -> str:
        """All conditions joined."""
        return " and ".join(self.conditions) or "true"


def column_names(columns: Sequence[Column], column: Column) -> tuple[str, ...]:
    """Return the SQL columns that hold a column of a table: whole and part for a number, one for a text."""
    index = columns.index(column)
    return (f"n{index}", f"p{index}") if column.kind is Kind.NUMBER else (f"t{index}",)


class QueryText:
    """One query put into words for a table.

    Args:
        query: What is asked.
        columns: The table's columns.
        calendar: The windows; None without windows.

    Attributes:
        keys: Select list of bucket, subject and groups.
        values: Select list of the aggregates.
        read: Columns that the inner rows need.
        grouping: The group by clause, or nothing.
        statement: Conditions and parameters.
    """

    def __init__(self, query: Query, columns: Sequence[Column], calendar: Calendar | None) -> None:
        self._query = query
        self.statement = Statement()
        self.statement.bound_time("time_us", query.counted_from, query.end)
        self._groups = [column_names(columns, Column(Kind.GROUP, query.meter.group_by[key]))[0] for key in query.group_by]
        value = value_column(query.meter)
        self._value = () if value is None else column_names(columns, value)
        if self._value:
            self.statement.conditions.append(f"{self._value[0]} is not null")
        if query.subjects is not None:
            texts = ", ".join(self.statement.bind(subject) for subject in query.subjects)
            self.statement.conditions.append(f"subject in ({texts})")
        for key, condition in query.filters.items():
            name = column_names(columns, Column(Kind.GROUP, query.meter.group_by[key]))[0]
            self.statement.conditions.append(_condition(condition, name, self.statement))
        bucket = "null" if calendar is None else bucket_expression(calendar)
        keys = [f"{bucket} as bucket", "subject" if query.by_subject else "null as subject", *self._groups]
        self.keys = ", ".join(keys)
        grouped = [] if calendar is None else ["bucket"]
        grouped += ["subject"] if query.by_subject else []
        grouped += self._groups
        self.grouping = f"group by {', '.join(grouped)}" if grouped else ""
        spans = calendar is None and (query.start is None or query.end is None)
        self.values = ", ".join([self._aggregates(), "count(*)", *(["min(time_us)", "max(time_us)"] if spans else [])])
        self._spans = spans
        self.read = ", ".join(dict.fromkeys(["time_us", *self._inner()]))

    def cell(self, row: tuple[Any, ...]) -> Cell | None:
        """Read one row of the answer; None for the row of an ungrouped aggregate over nothing."""
        groups = len(self._groups)
        bucket, subject = row[0], row[1]
        aggregates = row[2 + groups :]
        count = aggregates[-3] if self._spans else aggregates[-1]
        if count == 0:
            return None
        first_us, last_us = aggregates[-2:] if self._spans else (0, 0)
        return Cell(bucket, subject, tuple(row[2 : 2 + groups]), self._finish(aggregates, count), first_us, last_us)

    def _inner(self) -> list[str]:
        needed = [*self._groups, *self._value]
        if self._query.by_subject:
            needed.append("subject")
        if self._query.meter.aggregation is Aggregation.LATEST:
            needed.append("sequence")
        return needed

    def _aggregates(self) -> str:
        aggregation = self._query.meter.aggregation
        match aggregation:
            case Aggregation.COUNT:
                return "0"
            case Aggregation.UNIQUE_COUNT:
                return f"count(distinct {self._value[0]})"
            case Aggregation.SUM | Aggregation.AVG:
                whole, part = self._value
                return f"sum({whole}), sum({part})"
            case Aggregation.MIN | Aggregation.MAX:
                whole, part = self._value
                return f"{aggregation.lower()}({whole}::hugeint * {SCALE} + {part})"
            case Aggregation.LATEST:
                whole, part = self._value
                return f"arg_max({whole}::hugeint * {SCALE} + {part}, time_us::hugeint * {_SEQUENCE_SPAN} + sequence)"
            case _:
                assert_never(aggregation)

    def _finish(self, aggregates: tuple[Any, ...], count: int) -> Decimal:
        aggregation = self._query.meter.aggregation
        match aggregation:
            case Aggregation.COUNT:
                return Decimal(count)
            case Aggregation.UNIQUE_COUNT:
                return Decimal(aggregates[0])
            case Aggregation.SUM:
                return from_scaled(aggregates[0] * SCALE + aggregates[1])
            case Aggregation.AVG:
                return from_scaled(divide_scaled(aggregates[0] * SCALE + aggregates[1], count))
            case Aggregation.MIN | Aggregation.MAX | Aggregation.LATEST:
                return from_scaled(aggregates[0])
            case _:
                assert_never(aggregation)


def bucket_expression(calendar: Calendar) -> str:
    """Return SQL that gives the bucket of `time_us`, as `Calendar.bucket_of` does."""
    pieces = calendar.pieces
    if len(pieces) == 1:
        return _piece_expression(calendar.size, pieces[0])
    branches = " ".join(f"when time_us < {piece.end_us} then {_piece_expression(calendar.size, piece)}" for piece in pieces[:-1])
    return f"case {branches} else {_piece_expression(calendar.size, pieces[-1])} end"


def _piece_expression(size: WindowSize, piece: Piece) -> str:
    shifted = f"(time_us + {piece.offset_us + _SHIFT_US})"
    match size:
        case WindowSize.MINUTE | WindowSize.HOUR:
            return f"greatest({piece.start_us}, time_us - {shifted} % {_SIZE_US[size]})"
        case WindowSize.DAY:
            return f"{shifted} // {DAY_US} - {_SHIFT_US // DAY_US}"
        case WindowSize.MONTH:
            local = f"make_timestamp(time_us + {piece.offset_us})"
            return f"(year({local}) * 12 + month({local}) - 1)"
        case _:
            assert_never(size)


def _condition(condition: Filter, name: str, statement: Statement) -> str:
    operator = condition.operator
    match operator:
        case Operator.AND | Operator.OR:
            joint = " and " if operator is Operator.AND else " or "
            return "(" + joint.join(_condition(part, name, statement) for part in condition.parts) + ")"
        case Operator.EQ | Operator.IN:
            return f"{name} in ({', '.join(statement.bind(text) for text in condition.texts)})"
        case Operator.NE | Operator.NIN:
            return f"{name} not in ({', '.join(statement.bind(text) for text in condition.texts)})"
        case Operator.LIKE:
            return f"{name} like {statement.bind(condition.texts[0])} escape '\\'"
        case Operator.NLIKE:
            return f"{name} not like {statement.bind(condition.texts[0])} escape '\\'"
        case Operator.ILIKE:
            return f"lower({name}) like {statement.bind(lower(condition.texts[0]))} escape '\\'"
        case Operator.NILIKE:
            return f"lower({name}) not like {statement.bind(lower(condition.texts[0]))} escape '\\'"
        case Operator.GT | Operator.GTE | Operator.LT | Operator.LTE:
            return f"{name} {_COMPARISON[operator]} {statement.bind(condition.texts[0])}"
        case _:
            assert_never(operator)


_COMPARISON: Final = {Operator.GT: ">", Operator.GTE: ">=", Operator.LT: "<", Operator.LTE: "<="}
