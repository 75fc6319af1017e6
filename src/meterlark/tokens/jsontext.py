"""JSON values as the text that providers put before a model; they write parsed JSON anew, so blanks of the original are lost (measured)."""

import json
from decimal import Decimal
from typing import Any


def parsed(text: str) -> Any:  # noqa: ANN401 - any JSON
    """Return the value of a JSON text, the text itself if it is not JSON or nested too deeply to be read."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def json_text(value: object, *, is_compact: bool = True, is_ascii: bool = False) -> str:
    """Return a value as JSON.

    Args:
        value: A JSON value; what is none, because the caller's program made it, is written as a text.
        is_compact: Without blanks.
        is_ascii: With everything beyond ASCII escaped.
    """
    separators = (",", ":") if is_compact else (", ", ": ")
    return json.dumps(value, separators=separators, ensure_ascii=is_ascii, default=_plain)


def compact(text: str) -> str:
    """Return a JSON text without blanks, the text itself if it is not JSON."""
    value = parsed(text)
    return text if value is text else json_text(value)


def _plain(value: object) -> float | str:
    # A recording keeps the digits of fractions as decimals; here only their text counts.
    return float(value) if isinstance(value, Decimal) and value.is_finite() else str(value)
