"""Read price documents from files: the snapshot and our overrides that ship with Meterlark, and a user's own (`pricing` reads none)."""

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from meterlark.model.errors import InvalidInputError
from meterlark.pricing.document import Document, decode_document

BUNDLED: Final = ("prices.json", "overrides.json")
"""Files of `pricing/data`, the weakest first."""

FILE_BYTES_MAX: Final = 16 * 1024 * 1024
"""Bytes of a user's price file; the bundled snapshot of 2,330 models has 0.4 MB."""


@cache
def read_bundled_documents() -> tuple[Document, ...]:
    """Return the documents for `PriceBook`, the weakest first; a user's own go behind them. Costs about 30 ms of CPU once."""
    folder = files("meterlark.pricing") / "data"
    return tuple(decode_document((folder / name).read_bytes()) for name in BUNDLED)


def read_price_file(path: Path) -> Document:
    """Return the document of a user's file.

    Raises:
        InvalidInputError: It cannot be read, or is no price document.
    """
    try:
        with path.open("rb") as file:
            content = file.read(FILE_BYTES_MAX + 1)
    except OSError as error:
        raise InvalidInputError(f"the price file {path} cannot be read: {error}", field="prices_file") from error
    if len(content) > FILE_BYTES_MAX:
        raise InvalidInputError(f"the price file {path} has more than {FILE_BYTES_MAX} bytes", field="prices_file")
    try:
        return decode_document(content)
    except InvalidInputError as error:
        raise InvalidInputError(f"{path}: {error}", field="prices_file") from error
