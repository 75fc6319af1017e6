"""Query strings read into structs: one declaration gives the parsing, the error messages and the OpenAPI parameters.

A field of a list type takes a repeated parameter (`subject=a&subject=b`), one of a dictionary type takes the deepObject form
(`filterGroupBy[model]=x`; in two levels, `filter[subject][eq]=x`, the key is `subject.eq`), any other must be given once. A parameter that
nobody knows is refused: a misspelt filter that is ignored gives a wrong number.
"""

import re
from functools import cache
from typing import Annotated, Any, Final, Literal, TypeVar, get_args, get_origin
from urllib.parse import parse_qsl

import msgspec

from meterlark.model.errors import InvalidInputError
from meterlark.model.event import read_json

PARAMETERS_MAX: Final = 1_000
"""Parameters of one request: two lists of 100 subjects and customers, with room; also bounds the time of parsing."""

Query = TypeVar("Query", bound=msgspec.Struct)
Body = TypeVar("Body")

_DEEP: Final = re.compile(r"(?P<name>[^\[\]]+)\[(?P<key>[^\[\]]*)\](?:\[(?P<inner>[^\[\]]+)\])?")
_AT: Final = re.compile(r"(?P<message>.*) - at `\$\.?(?P<path>.*)`", re.DOTALL)

_NAMED: Final = re.compile(r"Object (?:missing required|contains unknown) field `(?P<name>[^`]+)`")


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
        raise _parameter_error(kind, values, error) from error


def read_json_body(kind: type[Body], body: bytes) -> Body:
    """Return a JSON body as a struct.

    Raises:
        InvalidInputError: Not strict JSON, or not of the type; names the field.
    """
    try:
        read_json(body)  # refuses what the typed decoder lets pass, such as a key given twice
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise _body_error(error) from error


def convert_body(value: object, kind: Any, *, field: str) -> Any:  # noqa: ANN401 - of the kind, which may be a union
    """Return a part of a body that was read loosely in its strict form.

    Raises:
        InvalidInputError: It does not fit; names the field within the part's own.
    """
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        complaint = _body_error(error)
        path = field if complaint.field is None else f"{field}.{complaint.field}"
        raise InvalidInputError(f"{path}: {error}", field=path) from error


def _body_error(error: msgspec.ValidationError) -> InvalidInputError:
    """Turn the decoder's complaint into ours, with the field's name."""
    text, path = str(error), ""
    if (match := _AT.fullmatch(text)) is not None:
        text, path = match["message"], match["path"]
    named = _NAMED.fullmatch(text)
    field = path if named is None else f"{path}.{named['name']}" if path else named["name"]
    return InvalidInputError(f"{path}: {text}" if path else text, field=field or None)


def _parameter_error(kind: type[msgspec.Struct], values: dict[str, Any], error: msgspec.ValidationError) -> InvalidInputError:
    complaint = _body_error(error)
    name = re.split(r"[.\[]", complaint.field or "", maxsplit=1)[0]
    if name not in values:
        return complaint
    given = values[name]
    what = f"has {len(given)} entries" if isinstance(given, list | dict) else f"is {str(given)[:80]!r}"
    if (texts := _literals(kind, name)) is not None:
        return InvalidInputError(f"{name} {what}; allowed are {', '.join(texts)}", field=name)
    return InvalidInputError(f"{name} {what}: {str(complaint).partition(': ')[2]}", field=name)


def _literals(kind: type[msgspec.Struct], name: str) -> tuple[str, ...] | None:
    """Return the texts that a parameter of a closed set takes; None for any other parameter."""
    [found] = [field.type for field in msgspec.structs.fields(kind) if field.encode_name == name]
    while get_origin(found) is Annotated:
        found = get_args(found)[0]
    return get_args(found) if get_origin(found) is Literal else None


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
