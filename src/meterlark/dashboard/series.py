"""Rows of an answer turned into the series of a chart: the largest groups, and the others together where adding is right."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from operator import itemgetter
from typing import Final, NamedTuple

from meterlark.dashboard.words import change
from meterlark.metering.meter import Aggregation
from meterlark.metering.query import Row
from meterlark.metering.window import Window

SERIES_MAX: Final = 7
"""Groups with a colour of their own; more cannot be told apart."""

ADDITIVE: Final = frozenset((Aggregation.SUM, Aggregation.COUNT))
"""Aggregations whose parts add up to the whole."""

Group = tuple[str, ...]


class Series(NamedTuple):
    """One line or one part of each bar.

    Attributes:
        name: For people; empty when there are no groups.
        values: One for each window; None where there is nothing, if nothing is not zero.
        total: Of all windows; only of what can be added.
        is_rest: Whether it is the others together.
    """

    name: str
    values: tuple[Decimal | None, ...]
    total: Decimal
    is_rest: bool = False


class Chart(NamedTuple):
    """The series of a chart.

    Attributes:
        series: Largest first, the rest last.
        groups: How many groups there are in all.
        is_additive: Whether the parts may be stacked.
    """

    series: tuple[Series, ...]
    groups: int
    is_additive: bool


def chart_of(rows: Sequence[Row], windows: Sequence[Window], *, aggregation: Aggregation) -> Chart:
    """Return the chart of an answer that has windows.

    Args:
        rows: Of the answer.
        windows: Every window that the chart shows; rows outside are left out.
        aggregation: Of the meter.
    """
    is_additive = aggregation in ADDITIVE
    places = {window.start: place for place, window in enumerate(windows)}
    found: dict[Group, dict[int, Decimal]] = defaultdict(dict)
    for row in rows:
        place = places.get(row.window.start)
        if place is not None:
            cells = found[group_of(row)]
            cells[place] = cells.get(place, Decimal(0)) + row.value if is_additive else row.value
    ranked = sorted(found, key=lambda group: (-_weight(found[group], is_additive=is_additive), group))
    nothing = Decimal(0) if is_additive else None
    count = len(windows)
    series = [_series(name_of(group), found[group], count, nothing) for group in ranked[:SERIES_MAX]]
    rest = ranked[SERIES_MAX:]
    if rest and is_additive:
        sums: dict[int, Decimal] = defaultdict(Decimal)
        for group in rest:
            for place, value in found[group].items():
                sums[place] += value
        series.append(_series(f"{len(rest)} others", sums, count, nothing)._replace(is_rest=True))
    return Chart(tuple(series), len(ranked), is_additive)


def group_of(row: Row) -> Group:
    """Return what a row is about."""
    customer = () if row.customer_id is None else (row.customer_id,)
    return (*customer, *(() if row.subject is None else (row.subject,)), *row.groups.values())


def name_of(group: Group) -> str:
    """Return a group for people; a text that an event does not have is called so."""
    return " · ".join(text or "(none)" for text in group)


def totals(rows: Sequence[Row], key: str) -> dict[str, Decimal]:
    """Return the sums by one dimension, or by `subject`, of an answer that can be added; largest first."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        sums[(row.subject or "") if key == "subject" else row.groups[key]] += row.value
    by_name = sorted(sums.items())
    return dict(sorted(by_name, key=itemgetter(1), reverse=True))


def by_window(rows: Sequence[Row], windows: Sequence[Window]) -> list[Decimal]:
    """Return the sum of each window of an answer that can be added."""
    sums: Mapping[datetime, Decimal] = _by_start(rows)
    return [sums.get(window.start, Decimal(0)) for window in windows]


def added(chart: Chart, count: int) -> list[Decimal]:
    """Return the sum of each of so many windows over all series of a chart of what can be added."""
    return [sum((series.values[place] or Decimal(0) for series in chart.series), Decimal(0)) for place in range(count)]


def change_of(values: Sequence[Decimal], before: Sequence[Decimal], windows: Sequence[Window], *, now: datetime) -> str:
    """Return how usage has changed against the stretch before, as far as windows are finished: half a day is not compared with a day."""
    finished = sum(window.end <= now for window in windows)
    return change(sum(values[:finished], Decimal(0)), sum(before[:finished], Decimal(0)))


def _by_start(rows: Sequence[Row]) -> Mapping[datetime, Decimal]:
    sums: dict[datetime, Decimal] = defaultdict(Decimal)
    for row in rows:
        sums[row.window.start] += row.value
    return sums


def _weight(cells: Mapping[int, Decimal], *, is_additive: bool) -> Decimal:
    return sum(cells.values(), Decimal(0)) if is_additive else max(cells.values())


def _series(name: str, cells: Mapping[int, Decimal], count: int, nothing: Decimal | None) -> Series:
    return Series(name, tuple(cells.get(place, nothing) for place in range(count)), sum(cells.values(), Decimal(0)))
