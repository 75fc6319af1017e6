"""Small pictures made on the server, as points of an inline SVG: they need no script and no style."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

WIDTH: Final = 120
HEIGHT: Final = 32


def points(values: Sequence[Decimal]) -> str:
    """Return the points of a line over the values, from zero to the largest; empty when there is no line to draw."""
    top = max(values, default=Decimal(0))
    if len(values) < 2 or top <= 0:
        return ""
    step = Decimal(WIDTH) / (len(values) - 1)
    return " ".join(f"{place * step:.1f},{_height(value, top):.1f}" for place, value in enumerate(values))


def width(value: Decimal, top: Decimal) -> str:
    """Return the width of a bar in percent of the largest."""
    return f"{max(Decimal(0), value) * 100 / top:.2f}" if top > 0 else "0"


def _height(value: Decimal, top: Decimal) -> Decimal:
    return HEIGHT - 1 - max(Decimal(0), value) * (HEIGHT - 2) / top
