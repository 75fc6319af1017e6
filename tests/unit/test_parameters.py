from typing import Annotated, Literal

import msgspec
import pytest
from msgspec import Meta

from meterlark.model.errors import InvalidInputError
from meterlark.server.parameters import PARAMETERS_MAX, read_json_body, read_query


class Query(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """One parameter of each kind."""

    text: Annotated[str, Meta(min_length=1, max_length=5)] | None = None
    page_size: Annotated[int, Meta(ge=1, le=9)] = 5
    order: Annotated[Literal["ASC", "DESC"], Meta(description="x")] = "ASC"
    subject: Annotated[list[str], Meta(max_length=2)] = []
    group: dict[str, list[str]] = {}


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """A body with one of each."""

    page_size: int
    tags: dict[str, str] = {}


def refused(query: bytes) -> InvalidInputError:
    """Return the error that a query string gives."""
    with pytest.raises(InvalidInputError) as caught:
        read_query(Query, query)
    return caught.value


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (b"", Query()),
        (b"&&", Query()),
        (b"text=a%20b&pageSize=9&order=DESC", Query(text="a b", page_size=9, order="DESC")),
        (b"text=a+b", Query(text="a b")),
        (b"text=%C3%A4", Query(text="ä")),
        (b"subject=a&subject=b", Query(subject=["a", "b"])),
        (b"subject=", Query(subject=[""])),
        (b"subject=a%26subject%3Db", Query(subject=["a&subject=b"])),
        (b"group[a]=1&group[b]=2&group[a]=3", Query(group={"a": ["1", "3"], "b": ["2"]})),
        (b"group%5Ba%5D=1", Query(group={"a": ["1"]})),
        (b"group[]=1", Query(group={"": ["1"]})),
    ],
)
def test_each_kind_of_parameter_is_read(query: bytes, expected: Query) -> None:
    """Once, repeated, or by key."""
    assert read_query(Query, query) == expected


@pytest.mark.parametrize(
    ("query", "field", "parts"),
    [
        (b"colour=red", "colour", ("unknown parameter 'colour'", "group[key], order, pageSize, subject, text")),
        (b"page_size=1", "page_size", ("unknown parameter", "pageSize")),
        (b"text=a&text=b", "text", ("more than once",)),
        (b"text=", "text", ("text is ''", ">= 1")),
        (b"text=abcdef", "text", ("text is 'abcdef'", "<= 5")),
        (b"pageSize=0", "pageSize", ("pageSize is '0'", ">= 1")),
        (b"pageSize=10", "pageSize", ("pageSize is '10'", "<= 9")),
        (b"pageSize=ten", "pageSize", ("pageSize is 'ten'", "int")),
        (b"pageSize=1e400000", "pageSize", ("pageSize is '1e400000'",)),
        (b"pageSize=" + b"9" * 5000, "pageSize", ("pageSize is '999",)),
        (b"order=UP", "order", ("order is 'UP'", "ASC, DESC")),
        (b"subject=a&subject=b&subject=c", "subject", ("subject has 3 entries", "<= 2")),
        (b"group=x", "group", ("unknown parameter 'group'", "group[key]")),
        (b"group[a][b][c]=x", "group[a][b][c]", ("unknown parameter",)),
        (b"x" * 10_000 + b"=1", "x" * 80, ("unknown parameter",)),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_mistake_names_parameter_gift_and_limit(query: bytes, field: str, parts: tuple[str, ...]) -> None:
    """In a short text, whatever was sent."""
    error = refused(query)

    assert error.field == field
    assert all(part in str(error) for part in parts), str(error)
    assert len(str(error)) < 400


@pytest.mark.parametrize("query", [b"text=%ff", b"text=\xff", b"text=%ed%a0%80"])
def test_a_query_string_is_utf_8(query: bytes) -> None:
    """Anything else is refused, not replaced."""
    assert "UTF-8" in str(refused(query))


def test_the_number_of_parameters_is_bounded() -> None:
    """At the limit they are read; one more is refused."""
    with pytest.raises(InvalidInputError, match="subject has 1000 entries"):
        read_query(Query, b"&".join([b"subject=a"] * PARAMETERS_MAX))
    assert f"more than {PARAMETERS_MAX} parameters" in str(refused(b"&".join([b"subject=a"] * (PARAMETERS_MAX + 1))))


def test_a_body_is_read_into_its_struct() -> None:
    """By the names of the wire."""
    assert read_json_body(Body, b' {"tags": {"a": "b"}, "pageSize": 3} ') == Body(3, {"a": "b"})


@pytest.mark.parametrize(
    ("body", "part", "field"),
    [
        (b"", "JSON", None),
        (b"{", "JSON", None),
        (b'{"pageSize":NaN}', "JSON", None),
        (b'{"pageSize":1}x', "JSON", None),
        (b"\xff", "JSON", None),
        (b"[]", "object", None),
        (b"{}", "missing required field", "pageSize"),
        (b'{"pageSize":1,"colour":2}', "unknown field", "colour"),
        (b'{"pageSize":1,"pageSize":2}', "given twice", "pageSize"),
        (b'{"pageSize":"1"}', "int", "pageSize"),
        (b'{"pageSize":1.5}', "int", "pageSize"),
        (b'{"pageSize":1e999}', "out of range", "pageSize"),
        (b'{"pageSize":1,"tags":{"a":1}}', "str", "tags[...]"),
        (b'{"pageSize":' + b"[" * 5000 + b"]" * 5000 + b"}", "nested", None),
        (b'{"pageSize":' + b"9" * 5000 + b"}", "more digits than", None),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_wrong_body_is_refused(body: bytes, part: str, field: str | None) -> None:
    """Not strict JSON, or not of the type."""
    with pytest.raises(InvalidInputError, match=part) as caught:
        read_json_body(Body, body)

    assert caught.value.field == field
    assert len(str(caught.value)) < 400
