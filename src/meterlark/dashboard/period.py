"""The stretch of time that a page is about: a preset such as "last 30 days" or two dates, cut into windows in the reporting zone.

Days begin and end on the zone's clock. A preset contains the day (hour, minute) that is still running; its end is the end of that.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta

from meterlark.metering.window import Calendar, Window, WindowSize, calendar_of, load_zone
from meterlark.model.errors import InvalidInputError
from meterlark.model.time import to_microseconds

WINDOWS_MAX: Final = 1_500
"""Windows of one chart: a day of minutes. More cannot be told apart on a screen."""

DAYS_OF_HOURS: Final = 3
DAYS_OF_DAYS: Final = 120
"""Up to so many days a chart is cut into hours, into days; above into months: about 120 bars at most."""

PRESETS: Final = {
    "1h": "Last hour",
    "24h": "Last 24 hours",
    "today": "Today",
    "yesterday": "Yesterday",
    "7d": "Last 7 days",
    "30d": "Last 30 days",
    "90d": "Last 90 days",
    "month": "This month",
    "last_month": "Last month",
    "12m": "Last 12 months",
}
DEFAULT_PRESET: Final = "30d"

Preset = Literal["1h", "24h", "today", "yesterday", "7d", "30d", "90d", "month", "last_month", "12m"]
Date = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]


class ViewQuery(msgspec.Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """What every view of usage may be asked.

    Attributes:
        period: A preset; with dates it does not count.
        from_: First day.
        to: Last day, inclusive.
        zone: IANA name of the reporting time zone; the server's without it.
    """

    period: Preset | None = None
    from_: Date | None = None
    to: Date | None = None
    zone: str | None = None


class Period(msgspec.Struct, frozen=True):
    """A stretch of time with its windows.

    Attributes:
        label: For people.
        preset: Its name; None for dates.
        first_day: On the zone's clock.
        last_day: The same, inclusive.
        start: First instant, aware UTC.
        end: First instant after it.
        before: First instant of the stretch before it, which ends where this one starts.
        size: Of its windows.
        zone: Whose clock is meant.
    """

    label: str
    preset: str | None
    first_day: date
    last_day: date
    start: datetime
    end: datetime
    before: datetime
    size: WindowSize
    zone: ZoneInfo

    @property
    def is_comparable(self) -> bool:
        """Whether no window holds both a part of it and a part of the stretch before it."""
        return self.windows()[0].start == self.start

    def windows(self, size: WindowSize | None = None) -> list[Window]:
        """Return its windows in order; the ones at its ends may reach beyond it.

        Raises:
            InvalidInputError: They are more than a chart can show.
        """
        return _listed(self, size or self.size, self.start, self.end)

    def windows_before(self, size: WindowSize | None = None) -> list[Window]:
        """Return the windows of the stretch before it."""
        return _listed(self, size or self.size, self.before, self.start)


def read_period(asked: ViewQuery, *, zone_name: str, now: datetime) -> Period:
    """Return the period that a page is asked for.

    Args:
        asked: What the address says.
        zone_name: The reporting zone when it says none.
        now: This moment.

    Raises:
        InvalidInputError: No such zone or date, or the last day is before the first.
    """
    zone = load_zone(asked.zone or zone_name)
    if asked.from_ is not None or asked.to is not None:
        return _of_dates(asked, zone, now)
    preset = asked.period or DEFAULT_PRESET
    label = PRESETS[preset]
    clock = now.astimezone(zone)
    today = clock.date()
    match preset:
        case "1h":
            end = now.replace(second=0, microsecond=0) + timedelta(minutes=1)
            return _of_span(label, preset, zone, end=end, length=timedelta(hours=1), size=WindowSize.MINUTE)
        case "24h":
            end = (clock.replace(minute=0, second=0, microsecond=0)).astimezone(UTC) + timedelta(hours=1)
            return _of_span(label, preset, zone, end=end, length=timedelta(hours=24), size=WindowSize.HOUR)
        case "today":
            return _of_days(label, preset, today, today, zone)
        case "yesterday":
            return _of_days(label, preset, today - timedelta(days=1), today - timedelta(days=1), zone)
        case "month":
            first = today.replace(day=1)
            return _of_days(label, preset, first, _months_later(first, 1) - timedelta(days=1), zone, before=_months_later(first, -1))
        case "last_month":
            first = _months_later(today.replace(day=1), -1)
            last = today.replace(day=1) - timedelta(days=1)
            return _of_days(label, preset, first, last, zone, before=_months_later(first, -1))
        case "12m":
            first = _months_later(today.replace(day=1), -11)
            last = _months_later(first, 12) - timedelta(days=1)
            return _of_days(label, preset, first, last, zone, before=_months_later(first, -12))
        case _:
            days = int(preset.removesuffix("d"))
            return _of_days(label, preset, today - timedelta(days=days - 1), today, zone)


def _of_dates(asked: ViewQuery, zone: ZoneInfo, now: datetime) -> Period:
    last = read_date(asked.to, "to") or now.astimezone(zone).date()
    first = read_date(asked.from_, "from") or last
    if first > last:
        raise InvalidInputError(f"from is {first} and to is {last}; from must not be after to", field="from")
    return _of_days(f"{first} to {last}", None, first, last, zone)


def read_date(text: str | None, field: str) -> date | None:
    """Return a day that may be missing.

    Raises:
        InvalidInputError: There is no such day, or it is too far away.
    """
    if text is None:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInputError(f"{field} is {text!r}; there is no such day", field=field) from error
    if not 1971 <= found.year <= 9000:
        raise InvalidInputError(f"{field} is {text!r}; allowed are the years 1971 to 9000", field=field)
    return found


def _of_days(label: str, preset: str | None, first: date, last: date, zone: ZoneInfo, *, before: date | None = None) -> Period:
    days = (last - first).days + 1
    size = WindowSize.HOUR if days <= DAYS_OF_HOURS else WindowSize.DAY if days <= DAYS_OF_DAYS else WindowSize.MONTH
    start, end = midnight(first, zone), midnight(last + timedelta(days=1), zone)
    return Period(label, preset, first, last, start, end, midnight(before or first - timedelta(days=days), zone), size, zone)


def _of_span(label: str, preset: str, zone: ZoneInfo, *, end: datetime, length: timedelta, size: WindowSize) -> Period:
    start = end - length
    first, last = start.astimezone(zone).date(), (end - timedelta(microseconds=1)).astimezone(zone).date()
    return Period(label, preset, first, last, start, end, start - length, size, zone)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the first instant of a day; where midnight is skipped that is when the clock goes on, where it comes twice the first one."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _months_later(first: date, months: int) -> date:
    count = first.year * 12 + first.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def _listed(period: Period, size: WindowSize, start: datetime, end: datetime) -> list[Window]:
    calendar = calendar_of(size, period.zone, start, end)
    return list(_walk(calendar, start, end))


def _walk(calendar: Calendar, start: datetime, end: datetime) -> Iterator[Window]:
    at = start
    for _ in range(WINDOWS_MAX):
        if at >= end:
            return
        window = calendar.window_of(calendar.bucket_of(to_microseconds(at)))
        yield window
        at = window.end
    if at < end:
        raise InvalidInputError(f"the chart has more than {WINDOWS_MAX} windows; take longer windows or a shorter period", field="window")
