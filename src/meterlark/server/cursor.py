"""Cursors: where the next page of events begins, as a text that clients only hand back."""

import base64
import binascii
import re
from typing import Final

from meterlark.model.errors import InvalidInputError
from meterlark.warehouse.contract import Place

_LENGTH_MAX: Final = 128
_PLACE: Final = re.compile(r"(-?\d{1,18}),(\d{1,18})", re.ASCII)


def write_cursor(place: Place) -> str:
    """Return the cursor of a place."""
    return base64.urlsafe_b64encode(f"{place.time_us},{place.sequence}".encode()).decode().rstrip("=")


def read_cursor(text: str, *, field: str) -> Place:
    """Return the place of a cursor.

    Raises:
        InvalidInputError: It is none of ours.
    """
    wrong = InvalidInputError(f"{field} is {text[:80]!r}; allowed is the cursor of a page before", field=field)
    if len(text) > _LENGTH_MAX or not text.isascii():
        raise wrong
    try:
        decoded = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise wrong from error
    match = _PLACE.fullmatch(decoded)
    if match is None:
        raise wrong
    place = Place(int(match[1]), int(match[2]))
    if write_cursor(place) != text:  # base64 passes over strange characters, and numbers may begin with zeros
        raise wrong
    return place
