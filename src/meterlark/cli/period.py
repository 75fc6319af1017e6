"""Stretches of time as commands take them: from and to, a time ago, or a calendar month of a zone."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import msgspec
from cyclopts import Parameter

from meterlark.metering.window import load_zone
from meterlark.model.errors import InvalidInputError
from meterlark.model.time import format_time

FromOption = Annotated[str | None, Parameter(name="--from", help="First event time, inclusive (RFC 3339).")]
ToOption = Annotated[str | None, Parameter(name="--to", help="End of the event times, exclusive (RFC 3339).")]
SinceOption = Annotated[str | None, Parameter(name="--since", help="Instead of --from: 30m, 24h, 7d or 4w ago.")]
MonthOption = Annotated[str | None, Parameter(name="--month", help="Instead of --from and --to: a calendar month, such as 2026-11.")]
ZoneOption = Annotated[str, Parameter(name="--time-zone", help="IANA zone whose calendar counts.")]

_SINCE: Final = re.compile(r"(?P<count>\d{1,6})(?P<unit>[mhdw])")
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_MONTH: Final = re.compile(r"(?P<year>\d{4})-(?P<month>0[1-9]|1[0-2])")


class Span(msgspec.Struct, frozen=True):
    """A stretch of event times, as the API takes it.

    Attributes:
        from_: RFC 3339, inclusive; None has no beginning.
        to: RFC 3339, exclusive; None has no end.
    """

    from_: str | None
    to: str | None


EVER: Final = Span(None, None)


def read_span(
    *, from_: str | None, to: str | None, since: str | None, month: str | None = None, time_zone: str = "UTC", now: datetime | None = None
) -> Span:
    """Return the stretch that options name.

    Args:
        from_: RFC 3339; handed on as it is, the server checks it.
        to: The same.
        since: A time ago, such as 7d.
        month: A calendar month, such as 2026-11.
        time_zone: Whose midnights bound the month.
        now: Aware UTC; this moment by default.

    Raises:
        InvalidInputError: An option is not understood, or two contradict each other; `field` names one.
    """
    if since is not None and from_ is not None:
        raise InvalidInputError("--since and --from cannot be given together", field="--since")
    if month is not None:
        if (from_, to, since) != (None, None, None):
            raise InvalidInputError("--month stands alone, without --from, --to and --since", field="--month")
        return _month(month, load_zone(time_zone))
    if since is not None:
        return Span(format_time(_ago(since, now or datetime.now(UTC))), to)
    return Span(from_, to)


def _month(text: str, zone: ZoneInfo) -> Span:
    match = _MONTH.fullmatch(text)
    if match is None:
        raise InvalidInputError(f"--month is {text!r}; it looks like 2026-11", field="--month")
    year, month = int(match["year"]), int(match["month"])
    following = (year + 1, 1) if month == 12 else (year, month + 1)
    try:
        first, end = (datetime(*day, 1, tzinfo=zone).astimezone(UTC) for day in ((year, month), following))
    except (ValueError, OverflowError) as error:
        raise InvalidInputError(f"--month is {text!r}; allowed are the years 1 to 9998", field="--month") from error
    return Span(format_time(first), format_time(end))


def _ago(text: str, now: datetime) -> datetime:
    match = _SINCE.fullmatch(text)
    if match is None:
        raise InvalidInputError(f"--since is {text!r}; allowed are such as 30m, 24h, 7d and 4w", field="--since")
    try:
        return now - timedelta(**{_UNITS[match["unit"]]: int(match["count"])})
    except OverflowError as error:
        raise InvalidInputError(f"--since is {text!r}, which is before the year 1", field="--since") from error
