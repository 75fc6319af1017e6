"""Answers kept and brought up to date: what has come since is asked alone and added, so a question costs what is new and not what is there.

Pages ask the same few questions again and again, over millions of events of which hardly any are new. Only what can be added is kept: sums
and counts between two bounds. An answer belongs to one table, so events that are priced anew or a changed meter begin with nothing; and it
is forgotten when any event was voided, because what was counted then counts no more.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from threading import Lock
from typing import Final

import msgspec

from meterlark.metering.meter import Aggregation
from meterlark.metering.query import Query, Row
from meterlark.model.number import from_scaled, to_scaled
from meterlark.warehouse.contract import Table, Warehouse

ROWS_MAX: Final = 200_000
"""Rows of all kept answers together, the least used of which are forgotten: some 40 MB."""

ANSWER_ROWS_MAX: Final = 20_000
"""Rows of one answer that is kept; a longer one would push out many others."""

ANSWERS_MAX: Final = 1_000
"""Kept answers: each has a question of one or two kilobytes."""

SPAN_MAX: Final = timedelta(days=400)
"""Between the bounds of a question: a year and a bit, within which windows do not depend on which events there are."""

ADDITIVE: Final = frozenset((Aggregation.SUM, Aggregation.COUNT))


class Kept(msgspec.Struct, frozen=True):
    """An answer.

    Attributes:
        position: Of the table: sequence number of the last event that is counted, inclusive.
        removals: How often rows had been removed.
        rows: In the order of the answer; not to be changed.
    """

    position: int
    removals: int
    rows: Sequence[Row]


class KeptAnswers:
    """Answers questions from what is kept and what is new.

    Args:
        warehouse: Answers.
        removals: Tells how often rows were removed; odd while some are.
        rows_max: Rows of all kept answers together.
    """

    def __init__(self, warehouse: Warehouse, removals: Callable[[], int], *, rows_max: int = ROWS_MAX) -> None:
        self._warehouse = warehouse
        self._removals = removals
        self._rows_max = rows_max
        self._lock = Lock()
        self._answers: OrderedDict[tuple[int, bytes], Kept] = OrderedDict()
        self._rows = 0

    def query(self, query: Query, *, table: Table, removals: int) -> list[Row]:
        """Answer a query, with every event that the table has read.

        Args:
            query: What is asked.
            table: As it stands or stood a moment ago.
            removals: How often rows had been removed before the table was chosen.

        Raises:
            As `Warehouse.query`.
        """
        if removals % 2 or not can_be_kept(query):
            return self._warehouse.query(query, table=table.key)
        key = (table.key, msgspec.json.encode(query))
        kept = self._find(key)
        if kept is None or kept.removals != removals:
            kept = Kept(0, removals, ())
        if kept.position < table.position:
            # Both bounds, so that a batch that comes meanwhile is in this answer as a whole or not at all.
            since = msgspec.structs.replace(query, after=kept.position or None, upto=table.position)
            news = self._warehouse.query(since, table=table.key)
            kept = Kept(table.position, removals, added(kept.rows, news))
        if self._removals() != removals:
            return self._warehouse.query(query, table=table.key)
        self._keep(key, kept)
        return list(kept.rows)

    def _find(self, key: tuple[int, bytes]) -> Kept | None:
        with self._lock:
            return self._answers.get(key)

    def _keep(self, key: tuple[int, bytes], kept: Kept) -> None:
        with self._lock:
            before = self._answers.pop(key, None)
            self._rows -= 0 if before is None else len(before.rows)
            if len(kept.rows) > ANSWER_ROWS_MAX:
                return
            self._answers[key] = kept
            self._rows += len(kept.rows)
            while self._rows > self._rows_max or len(self._answers) > ANSWERS_MAX:
                _, oldest = self._answers.popitem(last=False)
                self._rows -= len(oldest.rows)


def can_be_kept(query: Query) -> bool:
    """Tell whether an answer may be added to later ones of the same question."""
    if query.start is None or query.end is None or query.upto is not None or query.after is not None:
        return False
    return query.meter.aggregation in ADDITIVE and query.end - query.start <= SPAN_MAX


def added(rows: Sequence[Row], news: Sequence[Row]) -> list[Row]:
    """Return the rows of both answers, the values of the same combination added; in the order of an answer."""
    if not rows or not news:
        return list(rows or news)
    found = dict(zip(map(_place, rows), rows, strict=True))
    for row in news:
        place = _place(row)
        known = found.get(place)
        value = row.value if known is None else from_scaled(to_scaled(known.value) + to_scaled(row.value))
        found[place] = msgspec.structs.replace(row, value=value)
    return _in_order(found.items())


def _in_order(found: Iterable[tuple[tuple[object, ...], Row]]) -> list[Row]:
    return [row for _, row in sorted(found, key=_first)]


def _first(item: tuple[tuple[object, ...], Row]) -> tuple[object, ...]:
    return item[0]


def _place(row: Row) -> tuple[object, ...]:
    """Return what a row is ordered by; the subject of all rows of an answer is None, or of none."""
    return (row.window.start, row.subject or "", *row.groups.values())
