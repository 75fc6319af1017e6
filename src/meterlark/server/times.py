"""Times in parameters and answers."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from meterlark.model.errors import InvalidInputError
from meterlark.model.time import format_time, parse_time

Time = Annotated[str, Meta(extra_json_schema={"format": "date-time"}, examples=["2026-11-01T00:00:00Z"])]
"""RFC 3339 with a time zone; read by `read_time`, whose errors name the field."""


def read_time(text: str | None, *, field: str) -> datetime | None:
    """Read a time that may be missing.

    Raises:
        InvalidInputError: Not RFC 3339 with a zone.
    """
    return None if text is None else parse_time(text, field=field)


def read_span(from_: str | None, to: str | None) -> tuple[datetime | None, datetime | None]:
    """Read a stretch of time, either bound of which may be missing.

    Raises:
        InvalidInputError: Not RFC 3339 with a zone, or the first is not before the second.
    """
    start, end = read_time(from_, field="from"), read_time(to, field="to")
    check_order(start, end, "from", "to")
    return start, end


def check_order(start: datetime | None, end: datetime | None, first: str, last: str) -> None:
    """Return when a range of times is not empty; both bounds are named as on the wire.

    Raises:
        InvalidInputError: It ends before it begins.
    """
    if start is not None and end is not None and start >= end:
        message = f"{first} is {format_time(start)} and {last} is {format_time(end)}; {first} must be before {last}"
        raise InvalidInputError(message, field=first)
