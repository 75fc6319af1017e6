"""How numbers, changes and times read on a page. Figures keep every digit; only axis labels are shortened, by the chart."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from meterlark.model.time import format_time

DASH: Final = "\N{EN DASH}"
TIMES: Final = "\N{MULTIPLICATION SIGN}"
MINUS: Final = "\N{MINUS SIGN}"


def figure(value: Decimal | int) -> str:
    """Return a number with all its digits, in groups of three: `1,234,567.25`."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def plain(value: Decimal | int) -> str:
    """Return a number with all its digits and nothing else, for programs: `1234567.25`."""
    return figure(value).replace(",", "")


def share(part: Decimal | int, whole: Decimal | int) -> str:
    """Return a part in percent with one digit after the point; a dash of nothing."""
    if whole == 0:
        return DASH
    return f"{Decimal(part) * 100 / Decimal(whole):.1f} %"


def change(now: Decimal | int, before: Decimal | int) -> str:
    """Return how much more or less something is than before, in percent; empty when there was nothing before."""
    if before == 0:
        return ""
    percent = (Decimal(now) - Decimal(before)) * 100 / abs(Decimal(before))
    if percent >= 1000:
        return f"{TIMES}{Decimal(now) / Decimal(before):.0f}"
    return f"{percent:+.1f} %".replace("-", MINUS)


def local(at: datetime, zone: ZoneInfo) -> str:
    """Return a time to the second on a zone's clock."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}"


def local_minute(at: datetime, zone: ZoneInfo) -> str:
    """Return a time to the minute on a zone's clock."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


def utc(at: datetime) -> str:
    """Return a time in UTC, as the API writes it."""
    return format_time(at.astimezone(UTC))


FILTERS: Final[dict[str, Callable[..., Any]]] = {
    "figure": figure,
    "plain": plain,
    "local": local,
    "local_minute": local_minute,
    "utc": utc,
}
