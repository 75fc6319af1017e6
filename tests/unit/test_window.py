"""Windows at the places where clocks are odd, checked against known instants."""

import datetime as dt
import time

import pytest

from meterlark.metering.window import PIECES_MAX, Calendar, WindowSize, load_zone
from meterlark.model.errors import InvalidInputError
from meterlark.model.event import TIME_END, TIME_FIRST
from meterlark.model.time import format_time, parse_time, to_microseconds


def window(size: str, zone: str, at: str) -> tuple[str, str]:
    """Return the window that holds an instant."""
    instant = parse_time(at, field="at")
    calendar = Calendar(WindowSize(size), load_zone(zone), start=instant, end=instant)
    found = calendar.window_of(calendar.bucket_of(to_microseconds(instant)))
    return format_time(found.start), format_time(found.end)


@pytest.mark.parametrize(
    ("size", "zone", "at", "start", "end"),
    [
        ("MINUTE", "UTC", "2026-01-01T00:00:59.999999Z", "2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z"),
        ("HOUR", "Asia/Kolkata", "2026-01-01T12:00:00Z", "2026-01-01T11:30:00Z", "2026-01-01T12:30:00Z"),
        ("HOUR", "Asia/Kathmandu", "2026-01-01T12:00:00Z", "2026-01-01T11:15:00Z", "2026-01-01T12:15:00Z"),
        ("DAY", "America/Los_Angeles", "2026-03-08T12:00:00Z", "2026-03-08T08:00:00Z", "2026-03-09T07:00:00Z"),
        ("DAY", "America/Los_Angeles", "2026-11-01T12:00:00Z", "2026-11-01T07:00:00Z", "2026-11-02T08:00:00Z"),
        ("DAY", "Australia/Lord_Howe", "2026-04-05T00:00:00Z", "2026-04-04T13:00:00Z", "2026-04-05T13:30:00Z"),
        ("DAY", "America/Sao_Paulo", "2018-11-04T12:00:00Z", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"),
        ("DAY", "Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z"),
        ("DAY", "Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z"),
        ("DAY", "America/St_Johns", "2006-10-29T02:45:00Z", "2006-10-29T02:30:00Z", "2006-10-30T03:30:00Z"),
        ("MONTH", "Europe/Berlin", "2026-03-31T21:59:59Z", "2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z"),
        ("MONTH", "UTC", "2024-02-29T00:00:00Z", "2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z"),
        ("HOUR", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z"),
        ("HOUR", "Europe/Berlin", "2026-10-25T01:30:00Z", "2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z"),
        ("HOUR", "Australia/Lord_Howe", "2026-04-04T14:59:00Z", "2026-04-04T14:00:00Z", "2026-04-04T15:00:00Z"),
        ("HOUR", "Australia/Lord_Howe", "2026-04-04T15:10:00Z", "2026-04-04T15:00:00Z", "2026-04-04T15:30:00Z"),
    ],
)
def test_a_window_at_a_known_place(size: str, zone: str, at: str, start: str, end: str) -> None:
    """Half hours, days of 23, 24.5 and 25 hours, midnights that do not exist or come twice, a date that a country left out."""
    assert window(size, zone, at) == (start, end)


@pytest.mark.parametrize("size", list(WindowSize))
@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata", "America/New_York", "Pacific/Kiritimati", "Etc/GMT+12"])
def test_the_first_and_last_event_times_have_windows(size: str, zone: str) -> None:
    """At both ends of the calendar, in zones on both sides of the date line."""
    for instant in (TIME_FIRST, TIME_END - dt.timedelta(microseconds=1)):
        start, end = window(size, zone, format_time(instant))
        assert start <= format_time(instant) < end


def test_a_range_with_too_many_changes_is_refused_in_bounded_time() -> None:
    """One event far in the future, in a zone with summer time: the message says what to do."""
    begun = time.perf_counter()
    with pytest.raises(InvalidInputError, match=f"more than {PIECES_MAX} changes of the clocks of Europe/Berlin.*narrow it") as caught:
        Calendar(WindowSize.DAY, load_zone("Europe/Berlin"), start=TIME_FIRST, end=TIME_END)
    assert caught.value.field == "from"
    assert time.perf_counter() - begun < 5


def test_the_whole_calendar_of_a_zone_without_summer_time_is_read() -> None:
    """Ten thousand years are few stretches."""
    end = TIME_END - dt.timedelta(days=40)
    assert len(Calendar(WindowSize.DAY, load_zone("Asia/Kolkata"), start=TIME_FIRST, end=end).pieces) < 20
