"""Large answers in two steps: first every group over the whole period, then only the largest over time.

Thousands of subjects times a month of days are hundreds of thousands of rows, of which a chart shows seven lines; the others together are
the whole less the seven, which is exact for what can be added.
"""

import asyncio
from collections.abc import Sequence
from decimal import Decimal

import msgspec

from meterlark.dashboard.question import Question
from meterlark.dashboard.series import ADDITIVE, SERIES_MAX, Chart, Group, Series, by_window, chart_of, group_of
from meterlark.metering.query import Row
from meterlark.metering.window import Window
from meterlark.server.operation import Call


async def ranked_rows(call: Call, question: Question) -> list[Row]:
    """Return the answer without windows, largest first."""
    rows = await msgspec.structs.replace(question, size=None).answer(call)
    return sorted(rows, key=lambda row: (-row.value, group_of(row)))


async def drawn(call: Call, question: Question, ranked: Sequence[Row], windows: Sequence[Window]) -> Chart:
    """Return the chart of a question with windows.

    Args:
        call: Who asks.
        question: With windows.
        ranked: Its answer without them.
        windows: Every window that the chart shows.
    """
    meter = (await call.services.meters.get(question.meter)).meter
    is_narrow = len(ranked) > SERIES_MAX and len(question.group_by) == 1 and meter.aggregation in ADDITIVE and not question.customers
    if not is_narrow:
        return chart_of(await question.answer(call), windows, aggregation=meter.aggregation)
    largest = [group_of(row)[-1] for row in ranked[:SERIES_MAX]]
    whole, few = await asyncio.gather(msgspec.structs.replace(question, group_by=()).answer(call), _only(question, largest).answer(call))
    chart = chart_of(few, windows, aggregation=meter.aggregation)
    return Chart((*chart.series, _rest(by_window(whole, windows), chart, len(ranked))), len(ranked), is_additive=True)


def names(ranked: Sequence[Row]) -> list[Group]:
    """Return the groups of an answer in its order."""
    return [group_of(row) for row in ranked]


def _only(question: Question, texts: Sequence[str]) -> Question:
    [key] = question.group_by
    if key == "subject":
        return msgspec.structs.replace(question, subjects=tuple(texts))
    return msgspec.structs.replace(question, filters={**question.filters, key: tuple(texts)})


def _rest(whole: Sequence[Decimal], chart: Chart, groups: int) -> Series:
    parts = [sum((series.values[place] or Decimal(0) for series in chart.series), Decimal(0)) for place in range(len(whole))]
    values = tuple(all_ - part for all_, part in zip(whole, parts, strict=True))
    return Series(f"{groups - len(chart.series)} others", values, sum(values, Decimal(0)), is_rest=True)
