"""A query as DuckDB's SQL, and DuckDB's answer as columns of cells.

Windows become integer arithmetic on stretches of constant offset, so the engine needs no zone data. Identifiers and numbers in the text are
our own; whatever came from outside is a bound parameter.
"""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from itertools import repeat
from typing import Any, Final, NamedTuple, assert_never

from meterlark.metering.filter import Filter, Operator, lower
from meterlark.metering.measurement import Column, Kind, value_column
from meterlark.metering.meter import Aggregation
from meterlark.metering.query import Query
from meterlark.metering.time_filter import COMPARISONS, TimeFilter
from meterlark.metering.window import DAY_US, Calendar, Piece, WindowSize
from meterlark.model.number import SCALE, divide_scaled, from_scaled
from meterlark.model.time import to_microseconds
from meterlark.warehouse.duckdb_rollup import Rolled

_SHIFT_US: Final = 800_000 * DAY_US
"""Added where some times may be before 1970, so that what is divided is positive (DuckDB rounds towards zero): 800,000 days before 1970 is
earlier than year 1."""

_SIZE_US: Final = {WindowSize.MINUTE: 60_000_000, WindowSize.HOUR: 3_600_000_000}
_SEQUENCE_SPAN: Final = 10**19
"""Orders LATEST by time, then sequence, in one 128-bit integer: a sequence number has at most 19 digits, a time 18."""


class Arm(NamedTuple):
    """Rows of one part of a table that a question reads.

    Attributes:
        part: Name of the part: tail, sealed, or that of a rollup.
        columns: Select list.
        condition: Which rows.
    """

    part: str
    columns: str
    condition: str


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

    def one_of(self, column: str, texts: Sequence[str] | None) -> None:
        """Keep only rows whose column has one of the texts; None keeps all, no text keeps none."""
        if texts is None:
            return
        bound = ", ".join(self.bind(text) for text in texts)
        self.conditions.append(f"{column} in ({bound})" if bound else "false")

    @property
    def condition(self) -> str:
        """All conditions joined."""
        return _joined(self.conditions)


def _joined(conditions: Sequence[str]) -> str:
    return " and ".join(conditions) or "true"


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
        rolled: What a rollup answers of it; None when all is read from the events.
        is_whole: Whether all values are whole numbers, so that their parts need not be read.

    Attributes:
        keys: Select list of bucket, subject and groups, as far as they are asked for, with a comma after each.
        values: Select list of the aggregates.
        arms: Where the rows come from; each has the same columns.
        grouping: The group by clause and what follows it, or nothing.
        parameters: What the placeholders stand for.
    """

    def __init__(
        self, query: Query, columns: Sequence[Column], calendar: Calendar | None, rolled: Rolled | None, *, is_whole: bool
    ) -> None:
        self._query = query
        self._statement = Statement()
        self._rolled = rolled
        self._groups = [column_names(columns, Column(Kind.GROUP, query.meter.group_by[key]))[0] for key in query.group_by]
        value = value_column(query.meter)
        names = () if value is None else column_names(columns, value)
        self._value = names[:1] if is_whole else names
        self._count = "c" if value is None else f"c{columns.index(value)}"
        self._statement.one_of("subject", query.subjects)
        for key, condition in query.filters.items():
            name = column_names(columns, Column(Kind.GROUP, query.meter.group_by[key]))[0]
            self._statement.conditions.append(text_condition(condition, name, self._statement))
        grouped = [] if calendar is None else ["tick"]
        grouped += ["subject"] if query.by_subject else []
        grouped += self._groups
        tick, bucket = ("", "") if calendar is None else window_expressions(calendar)
        self._is_windowed = calendar is not None
        # What all rows have alike is not fetched.
        keys = [*([f"{bucket} as bucket"] if bucket else []), *(["subject"] if query.by_subject else []), *self._groups]
        self.keys = "".join(f"{key}, " for key in keys)
        # In the order of the answer, which costs the engine less than the interpreter.
        self.grouping = f"group by {', '.join(grouped)} order by {', '.join(grouped)}" if grouped else ""
        self._spans = calendar is None and (query.start is None or query.end is None)
        self.values = ", ".join([*self._aggregates(), *(["min(time_us)", "max(time_us)"] if self._spans else [])])
        self.arms = self._arms(list(dict.fromkeys(["time_us", *self._inner(), *([f"{tick} as tick"] if tick else [])])))

    @property
    def parameters(self) -> list[object]:
        """Values in the order of their placeholders."""
        return self._statement.parameters

    def columns(self, found: Sequence[tuple[Any, ...]]) -> Sequence[Sequence[Any]]:
        """Read the rows of the answer, which are in order, into what `finish_columns` takes."""
        if not found:
            return ()
        fields = list(zip(*found, strict=True))
        nothing = (None,) * len(found)
        buckets = fields.pop(0) if self._is_windowed else nothing
        subjects = fields.pop(0) if self._query.by_subject else nothing
        groups = list(zip(*fields[: len(self._groups)], strict=True)) if self._groups else [()] * len(found)
        aggregates = fields[len(self._groups) :]
        values = self._values(aggregates)
        if not values:
            return ()
        firsts, lasts = aggregates[-2:] if self._spans else (nothing, nothing)
        return buckets, subjects, groups, values, firsts, lasts

    def _arms(self, read: list[str]) -> list[Arm]:
        """Return where the rows come from: each event is in one arm, itself or in a sum."""
        query, rolled, alike = self._query, self._rolled, self._statement.conditions
        first_us, end_us = (None if at is None else to_microseconds(at) for at in (query.counted_from, query.end))
        upto = [] if query.upto is None else [f"sequence <= {self._statement.bind(query.upto)}"]
        own = [*alike, *upto, *([f"{self._value[0]} is not null"] if self._value else [])]
        if rolled is None:
            columns, condition = ", ".join(read), _joined([*self._within(first_us, end_us), *own])
            return [Arm("sealed", columns, condition), Arm("tail", columns, condition)]
        counts = query.meter.aggregation is not Aggregation.SUM
        columns = ", ".join([*read, *(["1 as c"] if counts else [])])
        spans = [("tail", first_us, end_us)]
        if first_us != rolled.first_us:
            spans.append(("sealed", first_us, rolled.first_us))
        if end_us != rolled.end_us:
            spans.append(("sealed", rolled.end_us, end_us))
        sums = _joined([*self._within(rolled.first_us, rolled.end_us), *alike, f"{self._count} > 0"])
        return [
            Arm(f"rolled{rolled.place}", ", ".join([*read, *([f"{self._count} as c"] if counts else [])]), sums),
            *(Arm(part, columns, _joined([*self._within(first, end), *own])) for part, first, end in spans),
        ]

    def _within(self, first_us: int | None, end_us: int | None) -> list[str]:
        """Keep only `[first_us, end_us)`."""
        bounds = ((">=", first_us), ("<", end_us))
        return [f"time_us {comparison} {self._statement.bind(bound)}" for comparison, bound in bounds if bound is not None]

    def _inner(self) -> list[str]:
        needed = [*self._groups, *self._value]
        if self._query.by_subject:
            needed.append("subject")
        if self._query.meter.aggregation is Aggregation.LATEST:
            needed.append("sequence")
        return needed

    def _aggregates(self) -> list[str]:
        """Return what to select for the value.

        The interpreter takes a 128-bit integer four times slower than a short text and a null, so a sum comes as text and a part of zero,
        as of every whole number, as null.
        """
        aggregation = self._query.meter.aggregation
        count = "count(*)" if self._rolled is None else "coalesce(sum(c), 0)::bigint"
        place = f"time_us::hugeint * {_SEQUENCE_SPAN} + sequence"
        match aggregation:
            case Aggregation.COUNT:
                return [count]
            case Aggregation.UNIQUE_COUNT:
                return [f"count(distinct {self._value[0]})"]
            case Aggregation.SUM | Aggregation.AVG:
                whole, *part = self._value
                counts = [count] if aggregation is Aggregation.AVG else []
                return [f"sum({whole})::varchar", *(f"nullif(sum({one}), 0)" for one in part), *counts]
            case Aggregation.MIN | Aggregation.MAX if len(self._value) == 1:
                return [f"{aggregation.lower()}({self._value[0]})"]
            case Aggregation.MIN | Aggregation.MAX:
                whole, *part = self._value
                scaled = f"{aggregation.lower()}({whole}::hugeint * {SCALE} + {part[0]})"
                return [f"({scaled} // {SCALE})::bigint", f"nullif({scaled} % {SCALE}, 0)::bigint"]
            case Aggregation.LATEST:
                whole, *part = self._value
                return [f"arg_max({whole}, {place})", *(f"nullif(arg_max({one}, {place}), 0)" for one in part)]
            case _:
                assert_never(aggregation)

    def _values(self, aggregates: Sequence[Sequence[Any]]) -> list[Decimal]:
        """Return the value of each row; none if nothing was found, of which an ungrouped question has a row and a group never has one."""
        first, *others = aggregates
        parts = others[0] if len(self._value) > 1 else repeat(None)
        match self._query.meter.aggregation:
            case Aggregation.COUNT | Aggregation.UNIQUE_COUNT:
                return list(map(Decimal, first)) if first[0] else []
            case _ if first[0] is None:
                return []
            case Aggregation.AVG:
                return list(map(_average, first, parts, others[len(self._value) - 1]))
            case _ if len(self._value) == 1:
                return list(map(Decimal, first))
            case _:
                return list(map(_number, first, parts))


def _number(whole: str | int, part: int | None) -> Decimal:
    return Decimal(whole) if part is None else from_scaled(int(whole) * SCALE + part)


def _average(whole: str, part: int | None, count: int) -> Decimal:
    return from_scaled(divide_scaled(int(whole) * SCALE + (part or 0), count))


def window_expressions(calendar: Calendar) -> tuple[str, str]:
    """Return SQL that tells the windows of `time_us` apart, called tick, and SQL that turns a tick into `Calendar.bucket_of`.

    Ticks ascend as buckets do. Where the clocks do not change, one division a row is enough for windows of the clock.
    """
    size_us = _SIZE_US.get(calendar.size)
    pieces = calendar.pieces
    shift_us = 0 if calendar.start_us >= DAY_US else _SHIFT_US  # no zone is a whole day behind
    if len(pieces) > 1:
        branches = " ".join(
            f"when time_us < {piece.end_us} then {_piece_expression(calendar.size, piece, shift_us)}" for piece in pieces[:-1]
        )
        return f"case {branches} else {_piece_expression(calendar.size, pieces[-1], shift_us)} end", "tick"
    [piece] = pieces
    if size_us is None:
        return _piece_expression(calendar.size, piece, shift_us), "tick"
    added_us = piece.offset_us + shift_us
    return f"{_plus('time_us', added_us)} // {size_us}", f"greatest({piece.start_us}, {_plus(f'tick * {size_us}', -added_us)})"


def _piece_expression(size: WindowSize, piece: Piece, shift_us: int) -> str:
    shifted = _plus("time_us", piece.offset_us + shift_us)
    match size:
        case WindowSize.MINUTE | WindowSize.HOUR:
            return f"greatest({piece.start_us}, time_us - {shifted} % {_SIZE_US[size]})"
        case WindowSize.DAY:
            return _plus(f"{shifted} // {DAY_US}", -shift_us // DAY_US)
        case WindowSize.MONTH:
            local = f"make_timestamp({_plus('time_us', piece.offset_us)})"
            return f"(year({local}) * 12 + month({local}) - 1)"
        case _:
            assert_never(size)


def _plus(term: str, added: int) -> str:
    """Return a sum; the engine would add a zero to every row."""
    return f"({term} + {added})" if added else term


def text_condition(condition: Filter, name: str, statement: Statement) -> str:
    """Return SQL that tells whether a column's text passes a filter."""
    operator = condition.operator
    match operator:
        case Operator.AND | Operator.OR:
            joint = " and " if operator is Operator.AND else " or "
            return "(" + joint.join(text_condition(part, name, statement) for part in condition.parts) + ")"
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


def time_condition(condition: TimeFilter, name: str, statement: Statement) -> str:
    """Return SQL that tells whether a column in microseconds passes a filter."""
    if condition.operator in COMPARISONS:
        return f"{name} {COMPARISONS[condition.operator]} {statement.bind(condition.at_us)}"
    joint = " and " if condition.operator == "$and" else " or "
    return "(" + joint.join(time_condition(part, name, statement) for part in condition.parts) + ")"
