"""Methods of the Python client that go through all pages of an operation."""

from collections.abc import Iterator, Sequence
from types import UnionType
from typing import Any

import msgspec
from msgspec import inspect
from python_keywords import Parameter, docstring, query_parameters, snake
from python_types import annotation, is_struct

from meterlark.server.operation import Operation


class Walk(msgspec.Struct, frozen=True):
    """How all pages are gone through.

    Attributes:
        items: Source of an answer's items.
        start: Lines before the first page.
        step: Lines after each page, which leave when it was the last.
        given: What takes the place of a keyword: its source, and a keyword for callers if any.
    """

    items: str
    start: tuple[str, ...]
    step: tuple[str, ...]
    given: dict[str, tuple[str, Parameter | None]] = {}


V3_PAGE_SIZE = Parameter("page_size", "", "int", "100", "Entries of a page.")


def walk_of(operation: Operation, query: Sequence[Parameter], kind: Any) -> Walk | None:
    """Return how an operation's pages follow each other; None where it has no pages.

    By cursor, by number, backwards by the last number seen, and the two ways of the third version.
    """
    keywords = {one.name for one in query}
    members = set(kind.__struct_fields__) if is_struct(kind) else set()
    if {"items", "next_cursor"} <= members and "cursor" in keywords:
        return Walk("answer.items", (), ("if answer.next_cursor is None:", "    return", "cursor = answer.next_cursor"))
    if {"data", "meta"} <= members and "page" in keywords:
        size = '"size": [str(page_size)]'
        if "next" in inspect.type_info(kind).fields[-1].type.fields[0].type.cls.__struct_fields__:
            step = ("if answer.meta.page.next is None:", "    return", 'after = {"after": [cursor_of(answer.meta.page.next)]}')
            return Walk("answer.data", ("after: dict[str, list[str]] = {}",), step, {"page": (f"{{{size}, **after}}", V3_PAGE_SIZE)})
        step = ("if len(answer.data) < page_size:", "    return", "number += 1")
        return Walk("answer.data", ("number = 1",), step, {"page": (f'{{"number": [str(number)], {size}}}', V3_PAGE_SIZE)})
    items = "answer.items" if "items" in members else "answer"
    is_list = isinstance(inspect.type_info(kind), inspect.ListType)
    if {"page", "page_size"} <= keywords and ("items" in members or is_list):
        default = next(field.default for field in msgspec.structs.fields(operation.query) if field.name == "page_size")
        size = msgspec.structs.replace(next(one for one in query if one.name == "page_size"), kind="int", default=str(default))
        step = (f"if len({items}) < page_size:", "    return", "page += 1")
        return Walk(items, ("page = 1",), step, {"page": ("page", None), "page_size": ("page_size", size)})
    if {"before", "limit"} <= keywords and is_list:
        return Walk("answer", (), ("if not answer:", "    return", "before = answer[-1].number"))
    return None


def iterators(operation: Operation, name: str, kind: Any) -> Iterator[str]:
    """Yield a method that goes through all pages, where there are pages."""
    query = query_parameters(operation)
    walk = None if isinstance(kind, UnionType) else walk_of(operation, query, kind)
    if walk is None:
        return
    info = inspect.type_info(kind)
    listed = info if isinstance(info, inspect.ListType) else next(one.type for one in info.fields if one.name in ("items", "data"))
    item = annotation(listed.item_type, is_answer=True, prefix="types.")
    positional = [(snake(wire), text) for wire, text in operation.path_parameters.items()]
    shown = [keyword for one in query if (keyword := walk.given[one.name][1] if one.name in walk.given else one)]
    arguments = ["self", *(f"{one}: str" for one, _ in positional), "*", *(f"{one.name}: {one.kind} = {one.default}" for one in shown)]
    passed = [one for one, _ in positional] + [
        f"{one.name}={walk.given[one.name][0] if one.name in walk.given else one.name}" for one in query
    ]
    body = [
        *walk.start,
        "while True:",
        f"    answer = §await§self.{name}({', '.join(passed)})",
        f"    for item in {walk.items}:",
        "        yield item",
        *(f"    {line}" for line in walk.step),
    ]
    yield (
        f"\n    §async§def {name.replace('list_', 'iterate_', 1)}({', '.join(arguments)}) -> §Iterator§[{item}]:\n"
        + docstring(f"{operation.summary.rstrip('.')}; goes through all pages.", [*positional, *((one.name, one.text) for one in shown)])
        + "".join(f"        {line}\n" for line in body)
    )
