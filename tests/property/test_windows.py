"""Windows tile time in every zone, and agree with the standard library's own clock."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from examples import examples
from hypothesis import example, given
from hypothesis import strategies as st

from meterlark.metering.window import Calendar, Window, WindowSize, load_zone
from meterlark.model.time import MICROSECOND, from_microseconds, to_microseconds

ZONES = [
    "UTC", "Europe/Berlin", "Europe/London", "Europe/Dublin", "Africa/Casablanca", "Africa/Cairo", "America/New_York",
    "America/Los_Angeles",
    "America/St_Johns", "America/Sao_Paulo", "America/Asuncion", "America/Havana", "America/Santiago", "Asia/Kolkata", "Asia/Kathmandu",
    "Asia/Tehran", "Asia/Beirut", "Asia/Gaza", "Asia/Pyongyang", "Australia/Lord_Howe", "Australia/Sydney", "Pacific/Apia",
    "Pacific/Chatham",
    "Pacific/Kiritimati", "Pacific/Kwajalein", "Antarctica/Troll", "America/Scoresbysund", "Asia/Manila", "Africa/Monrovia",
]  # fmt: skip
"""Summer time on both sides, of 30 minutes, of two hours and negative, at midnight, twice a year more for Ramadan; odd offsets; zones that
jumped over the date line; one whose offset had seconds."""

HOUR = dt.timedelta(hours=1)
LENGTH_MAX = {
    WindowSize.MINUTE: dt.timedelta(minutes=1),
    WindowSize.HOUR: HOUR,
    WindowSize.DAY: 26 * HOUR,
    WindowSize.MONTH: 32 * 24 * HOUR,
}


def changes(zone: ZoneInfo, first: int, last: int) -> list[dt.datetime]:
    """Return the instants, to the second, at which the offset changed; found by looking at each hour and then at each second."""
    found: list[dt.datetime] = []
    at = dt.datetime(first, 1, 1, tzinfo=dt.UTC)
    while at.year <= last:
        following = at + 6 * HOUR
        if at.astimezone(zone).utcoffset() != following.astimezone(zone).utcoffset():
            low, high = at, following
            while high - low > dt.timedelta(seconds=1):
                middle = low + (high - low) // 2
                middle = middle.replace(microsecond=0)
                low, high = (middle, high) if middle.astimezone(zone).utcoffset() == at.astimezone(zone).utcoffset() else (low, middle)
            found.append(high)
        at = following
    return found


CHANGES = {name: [*changes(ZoneInfo(name), 2006, 2012), *changes(ZoneInfo(name), 2023, 2026)] for name in ZONES}
CHANGES["Asia/Manila"].append(dt.datetime(1844, 12, 31, 15, 56, 8, tzinfo=dt.UTC))
CHANGES["Africa/Monrovia"].append(dt.datetime(1972, 1, 7, 0, 44, 30, tzinfo=dt.UTC))
CHANGES["Pacific/Kwajalein"].append(dt.datetime(1993, 8, 21, 12, tzinfo=dt.UTC))
CHANGES["Pacific/Kiritimati"].append(dt.datetime(1994, 12, 31, 10, 40, tzinfo=dt.UTC))


@st.composite
def moments(draw: st.DrawFn) -> tuple[str, dt.datetime]:
    """A zone and an instant, most often within two days of a change of its clocks, to the microsecond."""
    name = draw(st.sampled_from(ZONES))
    anchors = [*CHANGES[name], dt.datetime(2024, 2, 29, 12, tzinfo=dt.UTC), dt.datetime(1969, 12, 31, 23, tzinfo=dt.UTC)]
    near = st.one_of(
        st.integers(-3, 3),
        st.integers(-2 * 86_400_000_000, 2 * 86_400_000_000),
        st.integers(-8, 8).map(lambda quarters: quarters * 900_000_000),
        st.integers(-48, 48).map(lambda hours: hours * 3_600_000_000 - 1),
    )
    return name, draw(st.sampled_from(anchors)) + draw(near) * MICROSECOND


def window_of(size: WindowSize, zone: ZoneInfo, at: dt.datetime) -> Window:
    """Return the window of one instant, from a calendar of its own."""
    calendar = Calendar(size, zone, start=at, end=at)
    return calendar.window_of(calendar.bucket_of(to_microseconds(at)))


def latest_date(zone: ZoneInfo, at: dt.datetime, unit: WindowSize) -> dt.date:
    """Return the local date (or the first of the month) that has begun at an instant: dates never go back, though clocks may."""
    date = max((at - dt.timedelta(minutes=minutes)).astimezone(zone).date() for minutes in range(181))  # clocks go back by 3 hours at most
    return date if unit is WindowSize.DAY else date.replace(day=1)


@pytest.mark.parametrize("size", list(WindowSize))
@given(moment=moments())
@examples(150)
@example(moment=("America/St_Johns", dt.datetime(2006, 10, 29, 2, 31, tzinfo=dt.UTC)))
@example(moment=("Pacific/Apia", dt.datetime(2011, 12, 30, 10, tzinfo=dt.UTC)))
def test_windows_tile_time(size: WindowSize, moment: tuple[str, dt.datetime]) -> None:
    """An instant is in one window; that of its end adjoins, and so does that of the instant before its start; none is too long."""
    zone, at = load_zone(moment[0]), moment[1]

    window = window_of(size, zone, at)

    assert window.start <= at < window.end
    assert window.end - window.start <= LENGTH_MAX[size]
    assert window_of(size, zone, window.start) == window
    assert window_of(size, zone, window.end - MICROSECOND) == window
    assert window_of(size, zone, window.end).start == window.end
    assert window_of(size, zone, window.start - MICROSECOND).end == window.start


@pytest.mark.parametrize("size", [WindowSize.DAY, WindowSize.MONTH])
@given(moment=moments())
@examples(150)
def test_days_and_months_begin_with_the_local_date(size: WindowSize, moment: tuple[str, dt.datetime]) -> None:
    """Against `zoneinfo`: at local midnight, or where the clocks left it out at the first instant of the date; and nowhere else."""
    zone, at = load_zone(moment[0]), moment[1]

    window = window_of(size, zone, at)

    first, before = window.start.astimezone(zone), (window.start - MICROSECOND).astimezone(zone)
    if size is WindowSize.MONTH:
        assert (first.year, first.month) != (before.year, before.month)
    assert first.date() > before.date()
    if first.time() != dt.time(0):  # midnight itself was left out, so the clocks must have been put forward over it
        assert first.utcoffset() != before.utcoffset()
        assert first.replace(tzinfo=None) - before.replace(tzinfo=None) > MICROSECOND
    for inside in (window.start, at, window.end - MICROSECOND):
        assert latest_date(zone, inside, size) == latest_date(zone, window.start, size)


@pytest.mark.parametrize("size", [WindowSize.MINUTE, WindowSize.HOUR])
@given(moment=moments())
@examples(150)
def test_minutes_and_hours_begin_on_the_local_clock(size: WindowSize, moment: tuple[str, dt.datetime]) -> None:
    """Against `zoneinfo`: at a full local minute or hour, or at a change of the clocks; with one offset throughout."""
    zone, at = load_zone(moment[0]), moment[1]

    window = window_of(size, zone, at)

    first, last = window.start.astimezone(zone), (window.end - MICROSECOND).astimezone(zone)
    before = (window.start - MICROSECOND).astimezone(zone)
    assert first.utcoffset() == at.astimezone(zone).utcoffset() == last.utcoffset()
    is_full = first.second == first.microsecond == 0 and (size is WindowSize.MINUTE or first.minute == 0)
    assert is_full or first.utcoffset() != before.utcoffset()


@pytest.mark.parametrize("size", [WindowSize.HOUR, WindowSize.DAY, WindowSize.MONTH])
@given(moment=moments(), offsets=st.lists(st.integers(0, 400 * 86_400_000_000), min_size=1, max_size=20))
@examples(60)
def test_a_long_calendar_agrees_with_short_ones(size: WindowSize, moment: tuple[str, dt.datetime], offsets: list[int]) -> None:
    """The window of an instant does not depend on what else was asked for, and buckets order as windows do."""
    zone = load_zone(moment[0])
    times = sorted(to_microseconds(moment[1]) + offset for offset in offsets)
    calendar = Calendar(size, zone, start=from_microseconds(times[0]), end=from_microseconds(times[-1]))

    buckets = [calendar.bucket_of(time_us) for time_us in times]

    assert buckets == sorted(buckets)
    assert [calendar.window_of(bucket) for bucket in buckets] == [window_of(size, zone, from_microseconds(time_us)) for time_us in times]


def test_there_are_zones_enough() -> None:
    """More than twenty, nearly all with changes of their clocks."""
    assert sum(1 for name in ZONES if CHANGES[name]) >= 22
