"""Times in parameters and answers."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from meterlark.model.time import parse_time

Time = Annotated[str, Meta(extra_json_schema={"format": "date-time"}, examples=["2026-11-01T00:00:00Z"])]
"""RFC 3339 with a time zone; read by `read_time`, whose errors name the field."""


def read_time(text: str | None, *, field: str) -> datetime | None:
    """Read a time that may be missing.

    Raises:
        InvalidInputError: Not RFC 3339 with a zone.
    """
    return None if text is None else parse_time(text, field=field)
