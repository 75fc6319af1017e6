"""The currencies of ISO 4217: code, name, symbol and digits after the point.

`currencies.csv` has the active codes that have a minor unit (no metals, funds of account units or test codes) from the standard's list one,
published 2026-01-01, with the symbols of Unicode CLDR (English).
"""

import csv
from functools import cache
from importlib.resources import files

import msgspec

from meterlark.model.errors import InvalidInputError


class Currency(msgspec.Struct, frozen=True):
    """One currency.

    Attributes:
        code: Three capital letters.
        name: In English.
        symbol: As people write it; the code where there is none.
        subunits: Digits after the point.
    """

    code: str
    name: str
    symbol: str
    subunits: int


@cache
def currencies() -> dict[str, Currency]:
    """Return the currencies by code, in its order."""
    text = files(__package__).joinpath("currencies.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter=";")
    return {row["code"]: Currency(row["code"], row["name"], row["symbol"], int(row["subunits"])) for row in rows}


def require_currency(code: str, *, field: str) -> None:
    """Return when a code is that of a currency.

    Raises:
        InvalidInputError: It is not.
    """
    if code not in currencies():
        raise InvalidInputError(f"{field} is {code[:80]!r}; allowed are the codes of ISO 4217, such as USD", field=field)
