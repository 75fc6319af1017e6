"""Read fields of JSON objects and of SDK objects alike, without trusting what is in them.

SDKs of OpenAI and Anthropic name the attributes of their objects as the wire does, so one reading serves both. A field that is missing,
null or of another type is no value; it is never replaced by zero.
"""

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from math import isfinite
from typing import Any, Final

import msgspec

from meterlark.model.number import NumberError, is_within_limits, parse_number

_decoder: Final = msgspec.json.Decoder(float_hook=Decimal)

_members_decoder: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_encoder: Final = msgspec.json.Encoder(decimal_format="number")

_INT64_MIN: Final = -(2**63)
_INT64_MAX: Final = 2**63 - 1

DEPTH_MAX: Final = 32
"""Levels of an object that `plain` goes down. The deepest recorded usage object has 3."""


def decode(data: bytes | str) -> Any:  # noqa: ANN401 - JSON
    """Return the value of a JSON text; fractions, such as costs, keep their digits.

    Raises:
        ValueError: It is no JSON, or nested deeper than can be read.
    """
    try:
        try:
            return _decoder.decode(data)
        except msgspec.DecodeError:
            # Some servers cut a text in the middle of a character and escape half of it, which is no JSON by the letter. Python reads it.
            return json.loads(data if isinstance(data, str) else data.decode("utf-8", "replace"), parse_float=Decimal)
    except RecursionError as error:
        raise ValueError("the JSON is nested too deep") from error


def decode_members(data: bytes | str, *, unread: frozenset[str]) -> Any:  # noqa: ANN401 - JSON
    """Do as `decode`, but leave some members of an object out, which costs a tenth of decoding them.

    Raises:
        ValueError: As above.
    """
    try:
        members = _members_decoder.decode(data)
    except msgspec.DecodeError:
        # No object, or not by the letter.
        return decode(data)
    return {name: decode(bytes(member)) for name, member in members.items() if name not in unread}


def get(value: object, name: str) -> Any:  # noqa: ANN401 - JSON or an SDK object; every use checks what came
    """Return a field; None if there is none."""
    if type(value) is dict:  # what JSON decodes to; the test for any mapping is five times slower
        return value.get(name)
    return value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)


def find(value: object, path: str) -> Any:  # noqa: ANN401 - as above
    """Return the field at a path of names joined by dots; None if there is none."""
    for name in _names(path):
        value = get(value, name)
        if value is None:
            return None
    return value


@lru_cache(maxsize=1024)
def _names(path: str) -> tuple[str, ...]:
    return tuple(path.split("."))


def text(value: object, path: str) -> str:
    """Return a text field, by its path; empty if there is none."""
    found = find(value, path) if "." in path else get(value, path)
    return found if isinstance(found, str) else ""


def items(value: object) -> Iterable[Any]:
    """Return the items of a list; nothing if it is none."""
    return value if isinstance(value, list | tuple) else ()


def whole(value: object) -> int | None:
    """Return a count; None if it is none: a boolean, a fraction, a negative or absurd number. A whole decimal such as `12.0` is a count."""
    if value is None:
        return None
    counted = None if isinstance(value, str) else number(value)
    return counted if isinstance(counted, int) else None


def number(value: object) -> int | Decimal | None:
    """Return a quantity that is not negative and within the limits of `model.number`, exact, given as a number or as the text of one.

    Returns:
        None if it is none.
    """
    if type(value) is int:
        return value if value >= 0 and is_within_limits(value) else None
    if value is None:
        return None
    if isinstance(value, str):
        try:
            value = parse_number(value)
        except NumberError:
            return None
    if isinstance(value, float):
        value = Decimal(str(value))
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not is_within_limits(value) or value < 0:
        return None
    return int(value) if value == int(value) else value


def compact(value: object) -> str:
    """Return the compact JSON text of what a model generated as JSON; empty for nothing, and for `{}`, with which streamed calls begin."""
    return _encoder.encode(value).decode() if value else ""


def plain(value: object) -> dict[str, Any] | None:
    """Return a JSON object as a plain dict with exact fractions, given that or an SDK object; None if it is neither."""
    if not isinstance(value, Mapping):
        # Both of OpenAI's SDK and of pydantic: without the fields that were not sent, and without complaints about unexpected types.
        dump = getattr(value, "model_dump", None)
        value = dump(mode="json", by_alias=True, exclude_unset=True, warnings=False) if callable(dump) else None
    return {str(name): _exact(field, DEPTH_MAX) for name, field in value.items()} if isinstance(value, Mapping) else None


def opened(value: object) -> Mapping[str, Any]:
    """Return a JSON object as it is, or that of an SDK object whose attributes have other names than the wire; empty if it is neither."""
    return value if isinstance(value, Mapping) else plain(value) or {}


def _exact(value: object, depth: int) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, float):
        # Through its shortest text, which is what the provider wrote. JSON has no infinity.
        return Decimal(str(value)) if isfinite(value) else None
    if type(value) is int and not _INT64_MIN <= value <= _INT64_MAX:
        # The encoder takes no larger integer.
        return Decimal(value)
    if isinstance(value, str) and not value.isascii():
        # Half of a character, which some servers send, cannot be encoded.
        return value.encode("utf-8", "replace").decode()
    if depth and isinstance(value, Mapping):
        return {str(name): _exact(field, depth - 1) for name, field in value.items()}
    if depth and isinstance(value, list | tuple):
        return [_exact(field, depth - 1) for field in value]
    return value
