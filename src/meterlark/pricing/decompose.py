"""Split overlapping quantities into disjoint ones: each token is in exactly one part, and the parts add up to what was reported.

The most specific unit comes first and keeps its whole quantity; each wider one keeps what its parts leave. The result depends on which
units are told apart, since a part that is not stays in its whole. What cannot be true (more cached than input) is refused with both
numbers, never clamped: a clamped remainder is a wrong bill that nobody sees.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TypeAlias

from meterlark.model.errors import InvalidInputError
from meterlark.pricing.units import UNITS, contains, may_overlap, overlap_of

Quantity: TypeAlias = int | Decimal
Quantities: TypeAlias = Mapping[str, Quantity]
"""Reported quantities by unit; those of parts are included in those of their wholes."""


class ImpossibleUsageError(InvalidInputError):
    """The quantities contradict each other."""


class UnknownOverlapError(InvalidInputError):
    """Two quantities may count the same tokens, and by how many was not reported."""


class Decomposition:
    """Splits quantities among a set of units.

    Args:
        units: The units to tell apart.
    """

    def __init__(self, units: Iterable[str]) -> None:
        chosen = [UNITS[name] for name in units]
        chosen.sort(key=lambda unit: (-len(unit.traits), unit.name))
        self._steps = tuple((unit.name, tuple(part.name for part in chosen if contains(unit, part))) for unit in chosen)
        self._overlaps = tuple(
            (one.name, other.name, overlap_of(one, other))
            for position, one in enumerate(chosen)
            for other in chosen[position + 1 :]
            if may_overlap(one, other)
        )

    def split(self, quantities: Quantities) -> dict[str, Quantity]:
        """Return the disjoint quantities that are not zero, the most specific unit first.

        Raises:
            ImpossibleUsageError: A part is larger than its whole, or the whole was not reported.
            UnknownOverlapError: Two of the units may overlap by an unreported number.
        """
        for one, other, overlap in self._overlaps:
            if quantities.get(one) and quantities.get(other) and (overlap is None or overlap not in quantities):
                raise UnknownOverlapError(
                    f"{one} is {quantities[one]} and {other} is {quantities[other]}; how many are both was not reported", field=one
                )
        get = quantities.get
        result: dict[str, Quantity] = {}
        for name, parts in self._steps:
            rest = get(name)
            if rest is None:
                if parts:
                    self._check_absent(name, parts, result)
                continue
            for part in parts:
                if part in result:
                    rest -= result[part]
            if rest < 0:
                raise _impossible(name, parts, quantities)
            if rest:
                result[name] = rest
        return result

    @staticmethod
    def _check_absent(name: str, parts: tuple[str, ...], result: Mapping[str, Quantity]) -> None:
        for part in parts:
            if part in result:
                raise ImpossibleUsageError(f"{part} is {result[part]}, but {name}, which includes it, is not reported", field=name)


def _impossible(name: str, parts: tuple[str, ...], quantities: Quantities) -> ImpossibleUsageError:
    whole = quantities[name]
    for part in parts:
        if (quantity := quantities.get(part, 0)) > whole:
            return ImpossibleUsageError(f"{part} is {quantity}, more than the {whole} of {name}, which includes it", field=part)
    listed = " + ".join(f"{quantities[part]} {part}" for part in parts if quantities.get(part))
    return ImpossibleUsageError(f"{listed} are more than the {whole} of {name}, which includes them", field=name)
