"""Chart options in the form of ECharts, made here so that tests can read them; the browser adds only the colours of its theme.

Rules: bars start at zero, missing is a gap unless zero is true, the window that is still running is hatched, the stretch before is a dashed
line, and nothing moves.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from meterlark.dashboard.series import Chart
from meterlark.dashboard.words import figure
from meterlark.metering.window import Window, WindowSize
from meterlark.server.reply import json_bytes

REST_COLOUR: Final = 7
"""Place of the others' colour in the theme's list, after those of the series."""


def options(
    chart: Chart, windows: Sequence[Window], *, size: WindowSize, zone: ZoneInfo, now: datetime, before: Sequence[Decimal] | None = None
) -> str:
    """Return the options as JSON text.

    Args:
        chart: What is shown.
        windows: Of its values.
        size: Of the windows.
        zone: Whose clock the labels show.
        now: This moment: the window that holds it is not full yet.
        before: Values of the stretch before, for a dashed line.
    """
    kind = "bar" if chart.is_additive else "line"
    series: list[dict[str, Any]] = []
    for place, one in enumerate(chart.series):
        data = [_point(value, is_running=window.start <= now < window.end) for value, window in zip(one.values, windows, strict=True)]
        entry: dict[str, Any] = {"type": kind, "name": one.name or "usage", "data": data, "colour": REST_COLOUR if one.is_rest else place}
        if kind == "bar":
            entry["stack"] = "all"
        series.append(entry)
    if before is not None:
        series.append({"type": "line", "name": "period before", "data": list(before)[: len(windows)], "dashed": True})
    labels = [label(window, size, zone) for window in windows]
    return json_bytes({"labels": labels, "series": series}).decode()


def label(window: Window, size: WindowSize, zone: ZoneInfo) -> str:
    """Return the text of a window on the zone's clock."""
    at = window.start.astimezone(zone)
    match size:
        case WindowSize.MONTH:
            return f"{at:%b %Y}"
        case WindowSize.DAY:
            return f"{at:%a} {at.day} {at:%b}"
        case WindowSize.HOUR:
            return f"{at.day} {at:%b} {at:%H:%M}"
        case WindowSize.MINUTE:
            return f"{at:%H:%M}"


def summary(chart: Chart, windows: Sequence[Window], *, size: WindowSize, zone: ZoneInfo) -> str:
    """Return one sentence that says what the chart shows, for those who do not see it."""
    if not chart.series or not windows:
        return "No usage in this period."
    span = f"{label(windows[0], size, zone)} to {label(windows[-1], size, zone)}"
    largest = chart.series[0]
    if not chart.is_additive:
        return f"{chart.groups} lines, {span}."
    if not largest.name:
        return f"Usage by {size.value.lower()}, {span}, {figure(largest.total)} in all."
    return f"Usage by {size.value.lower()}, {span}; {chart.groups} groups, the largest is {largest.name} with {figure(largest.total)}."


def _point(value: Decimal | None, *, is_running: bool) -> object:
    return {"value": value, "running": True} if is_running and value is not None else value
