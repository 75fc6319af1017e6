"""Query strings read into structs: one declaration gives the parsing, the error messages and the OpenAPI parameters.

A field of a list type takes a repeated parameter (`subject=a&subject=b`), one of a dictionary type takes the deepObject form
(`filterGroupBy[model]=x`; in two levels, `filter[subject][eq]=x`, the key is `subject.eq`), any other must be given once. A parameter that
nobody knows is refused: a misspelt filter that is ignored gives a wrong number.
"""

import re
from functools import cache
from typing import Any, Final, TypeVar
from urllib.parse import parse_qsl

import msgspec

from meterlark.model.errors import InvalidInputError

PARAMETERS_MAX: Final = 1_000
"""Parameters of one request: two lists of 100 subjects and customers, with room; also bounds the time of parsing."""

Query = TypeVar("Query", bound=msgspec.Struct)
Body = TypeVar("Body")

_DEEP: Final = re.compile(r"(?P<name>[^\[\]]+)\[(?P<key>[^\[\]]*)\](?:\[(?P<inner>[^\[\]]+)\])?")
_AT: Final = re.compile(r"(?P<message>.*) - at `\$\.?(?P<path>.*)`", re.DOTALL)


def read_query(kind: type[Query], query_string: bytes) -> Query:
    """Return the parameters of a query string as a struct.

    Raises:
        InvalidInputError: Names the parameter, what was given and what is allowed.
    """
    lists, dictionaries, scalars = _shape(kind)
    values: dict[str, Any] = {}
    for name, value in _pairs(query_string):
        deep = _DEEP.fullmatch(name)
        if name in lists:
            values.setdefault(name, []).append(value)
        elif deep is not None and deep["name"] in dictionaries:
            key = deep["key"] if deep["inner"] is None else f"{deep['key']}.{deep['inner']}"
            values.setdefault(deep["name"], {}).setdefault(key, []).append(value)
        elif name not in scalars:
            known = [*scalars, *lists, *(f"{one}[key]" for one in dictionaries)]
            raise InvalidInputError(f"unknown parameter {name[:80]!r}; allowed are {', '.join(sorted(known)) or 'none'}", field=name[:80])
        elif name in values:
            raise InvalidInputError(f"{name} is given more than once; it takes one value", field=name)
        else:
            values[name] = value
    try:
        return msgspec.convert(values, kind, strict=False)
    except msgspec.ValidationError as error:
        raise validation_error(error) from error


def read_json_body(kind: type[Body], body: bytes) -> Body:
    """Return a JSON body as a struct.

    Raises:
        InvalidInputError: Not JSON, or not of the type; names the field.
    """
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise validation_error(error) from error
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError) as error:
        raise InvalidInputError(f"the body is not JSON: {str(error)[:200]}") from error
    except RecursionError as error:
        raise InvalidInputError("the body is nested too deeply") from error


def validation_error(error: msgspec.ValidationError) -> InvalidInputError:
    """Turn the decoder's complaint into ours, with the field's name."""
    text = str(error)
    if (match := _AT.fullmatch(text)) is None:
        return InvalidInputError(text)
    field = match["path"] or None
    return InvalidInputError(f"{field}: {match['message']}" if field else match["message"], field=field)


def _pairs(query_string: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            query_string.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=PARAMETERS_MAX, strict_parsing=False
        )
    except UnicodeDecodeError as error:
        raise InvalidInputError("the query string is not percent-encoded UTF-8") from error
    except ValueError as error:
        raise InvalidInputError(f"the query string has more than {PARAMETERS_MAX} parameters") from error


@cache
def _shape(kind: type[msgspec.Struct]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return the names of a struct's lists, dictionaries and scalars."""
    lists: list[str] = []
    dictionaries: list[str] = []
    scalars: list[str] = []
    info = msgspec.inspect.type_info(kind)
    assert isinstance(info, msgspec.inspect.StructType)
    for field in info.fields:
        kinds = _kinds(field.type)
        target = lists if msgspec.inspect.ListType in kinds else dictionaries if msgspec.inspect.DictType in kinds else scalars
        target.append(field.encode_name)
    return tuple(lists), tuple(dictionaries), tuple(scalars)


def _kinds(kind: msgspec.inspect.Type) -> set[type]:
    if isinstance(kind, msgspec.inspect.Metadata):
        return _kinds(kind.type)
    if isinstance(kind, msgspec.inspect.UnionType):
        return set().union(*(_kinds(one) for one in kind.types))
    return {type(kind)}
