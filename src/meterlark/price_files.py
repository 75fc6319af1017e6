"""Read the price documents that ship with Meterlark: the snapshot and our dated overrides (`pricing` itself reads no files)."""

from importlib.resources import files

from meterlark.pricing.document import Document, decode_document

BUNDLED = ("prices.json", "overrides.json")
"""Files of `pricing/data`, the weakest first."""


def read_bundled_documents() -> list[Document]:
    """Return the documents for `PriceBook`, the weakest first; a user's own go behind them. Costs about 30 ms of CPU."""
    folder = files("meterlark.pricing") / "data"
    return [decode_document((folder / name).read_bytes()) for name in BUNDLED]
