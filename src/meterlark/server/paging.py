"""Pages: which part of a list is asked for, and how a list comes back."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Final, Literal, TypeVar

import msgspec
from msgspec import Meta

Item = TypeVar("Item")

PAGE_SIZE_DEFAULT: Final = 100
PAGE_SIZE_MAX: Final = 1_000
PAGE_MAX: Final = 1_000_000

PageNumber = Annotated[int, Meta(ge=1, le=PAGE_MAX, description="Page, counted from 1.")]
PageSize = Annotated[int, Meta(ge=1, le=PAGE_SIZE_MAX, description="Entries of a page.")]
Order = Annotated[Literal["ASC", "DESC"], Meta(description="Direction.")]


class Page(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What every page says of itself; each noun adds its `items`.

    Attributes:
        page: Counted from 1.
        page_size: Most entries of a page.
        total_count: Entries of all pages.
    """

    page: int
    page_size: int
    total_count: int


def in_order(items: Sequence[Item], key: Callable[[Item], Any], order: str) -> list[Item]:
    """Return a list sorted by a key, ascending or descending."""
    return sorted(items, key=key, reverse=order == "DESC")


def cut(items: Sequence[Item], *, page: int, page_size: int) -> Sequence[Item]:
    """Return one page of a list; empty beyond its end."""
    first = (page - 1) * page_size
    return items[first : first + page_size]
