"""What the operations under `/api/v3/openmeter` share: snake case, pages as `page[size]`, answers as `data` and `meta`."""

from collections.abc import Mapping
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from meterlark.model.errors import InvalidInputError
from meterlark.server.paging import PAGE_MAX, PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX

PREFIX: Final = "/api/v3/openmeter"

Labels = dict[str, str]
NumberedPage = Annotated[dict[str, list[str]], Meta(description="`page[number]`, counted from 1, and `page[size]`.")]
CursorPage = Annotated[dict[str, list[str]], Meta(description="`page[size]`, and `page[after]` with the cursor of the page before.")]


class PageNumbers(msgspec.Struct, frozen=True, kw_only=True):
    """Which page an answer is.

    Attributes:
        number: Counted from 1.
        size: Most entries of a page.
        total: Entries of all pages.
    """

    number: int
    size: int
    total: int


class PageMeta(msgspec.Struct, frozen=True):
    """About a page.

    Attributes:
        page: Which one it is.
    """

    page: PageNumbers


def read_page(page: Mapping[str, list[str]]) -> tuple[int, int]:
    """Return the number and the size of the page asked for.

    Raises:
        InvalidInputError: Names the part at fault.
    """
    check_parts(page, ("number", "size"))
    return _number(page, "number", PAGE_MAX, 1), read_size(page)


def read_size(page: Mapping[str, list[str]]) -> int:
    """Return the size of the page asked for.

    Raises:
        InvalidInputError: It is out of range.
    """
    return _number(page, "size", PAGE_SIZE_MAX, PAGE_SIZE_DEFAULT)


def check_parts(page: Mapping[str, list[str]], allowed: tuple[str, ...]) -> None:
    """Return when `page` has no other parts than those allowed, each once.

    Raises:
        InvalidInputError: Names the part at fault.
    """
    for name, texts in page.items():
        field = f"page[{name[:80]}]"
        if name not in allowed:
            raise InvalidInputError(f"unknown parameter {field}; allowed are {', '.join(f'page[{one}]' for one in allowed)}", field=field)
        if len(texts) != 1:
            raise InvalidInputError(f"{field} is given more than once; it takes one value", field=field)


def _number(page: Mapping[str, list[str]], name: str, most: int, default: int) -> int:
    if name not in page:
        return default
    [text] = page[name]
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and 1 <= int(text) <= most):
        raise InvalidInputError(f"page[{name}] is {text[:80]!r}; allowed is 1 to {most}", field=f"page[{name}]")
    return int(text)
