"""How each API writes an answer: one file per dialect, each a `Reader` and the `Shape` of its usage."""

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from meterlark.capture.answer import Reader


@cache
def reader_class(name: str) -> "type[Reader]":
    """Return a reader by its module in this folder and its class, such as `google:GeminiReader`; loaded when it is first needed."""
    module, _, kind = name.partition(":")
    found: type[Reader] = getattr(import_module(f"{__name__}.{module}"), kind)
    return found
