"""Windows: how MINUTE, HOUR, DAY and MONTH cut the time line in an IANA zone, so that each instant is in exactly one window.

* DAY and MONTH run from the first instant of a local date to the first instant of the next; around a change of the clocks a day has 23
  or 25 hours (or 23.5, or none at all where a zone jumped over the date line).
* MINUTE and HOUR tumble on the local clock and are cut where the clocks change, so the hour that the clock shows twice is two windows.

Engines do not know zones. They get `Piece`s, stretches of constant UTC offset, and do integer arithmetic: the answer is the same on every
engine and machine that has the same zone data.
"""

import datetime as dt
import re
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from meterlark.model.errors import InvalidInputError
from meterlark.model.time import SECOND_US, from_microseconds, to_microseconds

PIECES_MAX: Final = 512
"""Stretches between changes of the clocks that one windowed query may span: 256 years of summer time."""

_CHANGES_FIRST_YEAR: Final = 1800
"""Before it no zone of the database changed its clocks; the first change is of 1844."""

_CHANGES_RULE_YEAR: Final = 2200
"""After it the clocks of a zone follow its last rule, the same each year; the last listed change is of 2087."""

_MINUTE_US: Final = 60 * SECOND_US
_HOUR_US: Final = 60 * _MINUTE_US
DAY_US: Final = 24 * _HOUR_US
_MONTH_DAYS_MAX: Final = 31
_CALENDARS_MAX: Final = 64
_WINDOWS_MAX: Final = 1_024
"""Calendars that are remembered and windows of each, at most some 20 MB: questions ask for the same days again and again."""

_NOT_ZONES: Final = frozenset({"localtime", "posixrules", "Factory"})
"""Files of the zone database that say what this machine uses, or nothing."""


_MONTH: Final = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})")


class WindowSize(StrEnum):
    """Length of a window, as on the wire."""

    MINUTE = "MINUTE"
    HOUR = "HOUR"
    DAY = "DAY"
    MONTH = "MONTH"


class Window(NamedTuple):
    """`[start, end)` in aware UTC."""

    start: dt.datetime
    end: dt.datetime


class Piece(NamedTuple):
    """A stretch `[start_us, end_us)` of the time line with one offset from UTC, all in microseconds."""

    start_us: int
    end_us: int
    offset_us: int


def load_zone(name: str, *, field: str = "windowTimeZone") -> ZoneInfo:
    """Return the zone of an IANA name; `field` is named in the error.

    Raises:
        InvalidInputError: Not a name of the zone database.
    """
    if name not in _zone_names():
        raise InvalidInputError(
            f"{field} is {name[:80]!r}; allowed are IANA names such as UTC, Europe/Berlin or America/New_York", field=field
        )
    return ZoneInfo(name)


class Calendar:
    """The windows of one size in one zone over a bounded range.

    A window is known by its bucket, an integer that an engine can compute: the UTC start in microseconds for MINUTE and HOUR, the count of
    local days since 1970 for DAY, the count of local months since year 0 for MONTH.

    Args:
        size: Length of the windows.
        zone: Whose clock is cut.
        start: First instant that will be asked for; like `end` within the times that an event may have.
        end: Last instant that will be asked for, inclusive.

    Raises:
        InvalidInputError: The range, with a month at both ends, spans more than `PIECES_MAX` stretches of constant offset.
    """

    def __init__(self, size: WindowSize, zone: ZoneInfo, *, start: dt.datetime, end: dt.datetime) -> None:
        assert start <= end
        self.size = size
        self._windows: dict[int, Window] = {}
        # The windows at both ends reach beyond the range: by a month and a day at most, plus the offset.
        margin = dt.timedelta(days=_MONTH_DAYS_MAX + 3)
        self._all = _pieces(zone, start - margin, end + margin)
        if size in {WindowSize.DAY, WindowSize.MONTH}:
            self._all = _without_returning_dates(self._all)
        self.start_us, last = to_microseconds(start), to_microseconds(end)
        self.pieces = [piece for piece in self._all if piece.end_us > self.start_us and piece.start_us <= last]

    def bucket_of(self, time_us: int) -> int:
        """Return the bucket of an instant within the range."""
        piece = next(piece for piece in self._all if piece.start_us <= time_us < piece.end_us)
        local = time_us + piece.offset_us
        match self.size:
            case WindowSize.MINUTE:
                return max(piece.start_us, local // _MINUTE_US * _MINUTE_US - piece.offset_us)
            case WindowSize.HOUR:
                return max(piece.start_us, local // _HOUR_US * _HOUR_US - piece.offset_us)
            case WindowSize.DAY:
                return local // DAY_US
            case WindowSize.MONTH:
                date = from_microseconds(local)
                return date.year * 12 + date.month - 1

    def window_of(self, bucket: int) -> Window:
        """Return the window of a bucket that holds an instant within the range."""
        window = self._windows.get(bucket)
        if window is None:
            window = self._find_window(bucket)
            if len(self._windows) < _WINDOWS_MAX:
                self._windows[bucket] = window
        return window

    def _find_window(self, bucket: int) -> Window:
        match self.size:
            case WindowSize.MINUTE:
                return self._clock_window(bucket, _MINUTE_US)
            case WindowSize.HOUR:
                return self._clock_window(bucket, _HOUR_US)
            case WindowSize.DAY:
                return Window(self._first_instant(bucket * DAY_US), self._first_instant((bucket + 1) * DAY_US))
            case WindowSize.MONTH:
                return Window(self._first_instant(_month_us(bucket)), self._first_instant(_month_us(bucket + 1)))

    def _clock_window(self, start_us: int, size_us: int) -> Window:
        for piece_start_us, piece_end_us, offset_us in self._all:  # a generator costs half as much again for each hour of a month
            if piece_start_us <= start_us < piece_end_us:
                end_us = ((start_us + offset_us) // size_us + 1) * size_us - offset_us
                return Window(from_microseconds(start_us), from_microseconds(min(piece_end_us, end_us)))
        raise AssertionError("no window of the calendar begins there")

    def _first_instant(self, local_us: int) -> dt.datetime:
        """Return the first instant at which the local clock shows this or a later reading."""
        piece = next(piece for piece in self._all if piece.end_us + piece.offset_us > local_us)
        return from_microseconds(max(piece.start_us, local_us - piece.offset_us))


@lru_cache(maxsize=_CALENDARS_MAX)
def calendar_of(size: WindowSize, zone: ZoneInfo, start: dt.datetime, end: dt.datetime) -> Calendar:
    """Return a calendar, the same one for the same range: what it has worked out is known the next time.

    Raises:
        InvalidInputError: As for `Calendar`.
    """
    return Calendar(size, zone, start=start, end=end)


def month_window(text: str, zone: ZoneInfo, *, field: str) -> Window:
    """Return a calendar month in a zone: from the first instant of its first local date to that of the next month's.

    Args:
        text: Such as `2026-11`.
        zone: Whose clock it is.
        field: What to name in the error.

    Raises:
        InvalidInputError: Not a month, or one at the ends of the calendar.
    """
    match = _MONTH.fullmatch(text)
    year, month = (int(match["year"]), int(match["month"])) if match is not None else (0, 0)
    if not dt.MINYEAR < year < dt.MAXYEAR or not 1 <= month <= 12:
        raise InvalidInputError(f"{field} is {text[:80]!r}; allowed are months such as 2026-11", field=field)
    within = dt.datetime(year, month, 15, tzinfo=zone)
    return Calendar(WindowSize.MONTH, zone, start=within, end=within).window_of(year * 12 + month - 1)


def _month_us(months: int) -> int:
    return to_microseconds(dt.datetime(months // 12, months % 12 + 1, 1, tzinfo=dt.UTC))


def _pieces(zone: ZoneInfo, start: dt.datetime, end: dt.datetime) -> list[Piece]:
    """Cover `[start, end)` with stretches of constant offset; neighbours differ."""
    bounds: list[dt.datetime] = [start]
    for year in range(start.year, end.year + 1):
        bounds.extend(at for at in _changes(zone, year) if start < at < end)
        if len(bounds) > PIECES_MAX:
            raise InvalidInputError(
                f"the windows span more than {PIECES_MAX} changes of the clocks of {zone.key} from {start:%Y-%m} to {end:%Y-%m}; narrow it",
                field="from",
            )
    ends = [*bounds[1:], end]
    return [
        Piece(to_microseconds(one), to_microseconds(other), zone_offset_us(zone, one))
        for one, other in zip(bounds, ends, strict=True)
        if one < other
    ]


def zone_offset_us(zone: ZoneInfo, at: dt.datetime) -> int:
    """Return local time minus UTC at an instant, in microseconds."""
    offset = at.astimezone(zone).utcoffset()
    assert offset is not None
    return offset // dt.timedelta(microseconds=1)


@lru_cache(maxsize=8192)
def _changes(zone: ZoneInfo, year: int) -> tuple[dt.datetime, ...]:
    """Return the instants in a UTC year at which the zone's offset changes, to the second.

    The zone data has no public list of them, so each day's offset is compared with the next and the change searched by halving. Two changes
    that cancel out within one day would be missed; the zone database has none since 1970.
    """
    if year < _CHANGES_FIRST_YEAR or (year > _CHANGES_RULE_YEAR and not _changes(zone, _CHANGES_RULE_YEAR)):
        return ()
    changes: list[dt.datetime] = []
    day = dt.timedelta(days=1)
    low = dt.datetime(year, 1, 1, tzinfo=dt.UTC)
    stop = dt.datetime(year + 1, 1, 1, tzinfo=dt.UTC) if year < dt.MAXYEAR else dt.datetime(year, 12, 30, tzinfo=dt.UTC)
    offset = zone_offset_us(zone, low)
    while low < stop:
        high = min(low + day, stop)
        later = zone_offset_us(zone, high)
        if later != offset:
            changes.append(_search(zone, low, high, offset))
        low, offset = high, later
    return tuple(changes)


def _search(zone: ZoneInfo, low: dt.datetime, high: dt.datetime, offset_us: int) -> dt.datetime:
    """Return the first whole second in `(low, high]` whose offset differs from `offset_us`; 17 halvings of a day."""
    first, last = 0, int((high - low).total_seconds())
    while last - first > 1:
        middle = (first + last) // 2
        if zone_offset_us(zone, low + dt.timedelta(seconds=middle)) == offset_us:
            first = middle
        else:
            last = middle
    return low + dt.timedelta(seconds=last)


def _without_returning_dates(pieces: list[Piece]) -> list[Piece]:
    """Make local dates never go back.

    Where clocks are set back over midnight (St John's, Newfoundland, did so at 00:01 until 2011) the old date returns for up to an hour
    after the new one has begun. The new day has begun all the same: that stretch keeps the old offset, and with it the new date.
    """
    smooth: list[Piece] = []
    for piece in pieces:
        start_us = piece.start_us
        if smooth:
            before = smooth[-1]
            last_local = before.end_us + before.offset_us - 1
            day_start = last_local // DAY_US * DAY_US
            if start_us + piece.offset_us < day_start:
                until = min(piece.end_us, day_start - piece.offset_us)
                smooth[-1] = before._replace(end_us=until)
                start_us = until
        if start_us < piece.end_us:
            smooth.append(piece._replace(start_us=start_us))
    return smooth


@lru_cache(maxsize=1)
def _zone_names() -> frozenset[str]:
    return frozenset(available_timezones() - _NOT_ZONES)
