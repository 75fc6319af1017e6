"""The seven aggregations as mergeable states.

A state is what a part of the measurements amounts to; `merge` joins the states of two parts in any order, so the answer does not depend on
how events were split, ordered or stored. Numbers are scaled integers (units of 10**-18): sums are exact at any size and cannot overflow.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple, assert_never

import msgspec

from meterlark.metering.meter import Aggregation
from meterlark.model.number import divide_scaled, from_scaled, to_scaled


class Latest(NamedTuple):
    """A value with its place in time: later time wins, then the later sequence number, which is never equal."""

    time_us: int
    sequence: int
    scaled: int


class State(msgspec.Struct, frozen=True):
    """What a set of measurements amounts to, for each aggregation at once.

    Attributes:
        count: Number of measurements.
        total: Sum of the values, scaled.
        least: Smallest value, scaled; None when there is none.
        most: Largest value, scaled; None when there is none.
        unique: Distinct value texts.
        latest: Newest value; None when there is none.
    """

    count: int = 0
    total: int = 0
    least: int | None = None
    most: int | None = None
    unique: frozenset[str] = frozenset()
    latest: Latest | None = None


EMPTY = State()


def state_of(aggregation: Aggregation, value: int | Decimal | str | None, *, time_us: int, sequence: int) -> State:
    """Return the state of a single measurement.

    Args:
        aggregation: The meter's.
        value: What `measurement.measure` read: a number, a text for UNIQUE_COUNT, None for COUNT.
        time_us: Event time in microseconds since 1970.
        sequence: The event's place in the ledger.
    """
    match aggregation:
        case Aggregation.COUNT:
            return State(count=1)
        case Aggregation.UNIQUE_COUNT:
            assert isinstance(value, str)
            return State(count=1, unique=frozenset((value,)))
        case Aggregation.SUM | Aggregation.AVG | Aggregation.MIN | Aggregation.MAX | Aggregation.LATEST:
            assert isinstance(value, int | Decimal)
            scaled = to_scaled(value)
            return State(count=1, total=scaled, least=scaled, most=scaled, latest=Latest(time_us, sequence, scaled))
        case _:
            assert_never(aggregation)


def merge(one: State, other: State) -> State:
    """Join two states; associative and commutative, with `EMPTY` as neutral element."""
    return State(
        count=one.count + other.count,
        total=one.total + other.total,
        least=min((value for value in (one.least, other.least) if value is not None), default=None),
        most=max((value for value in (one.most, other.most) if value is not None), default=None),
        unique=one.unique | other.unique,
        latest=max((value for value in (one.latest, other.latest) if value is not None), default=None),
    )


def merge_all(states: Sequence[State]) -> State:
    """Join any number of states, in pairs of pairs: n log n also where each has a text of its own."""
    while len(states) > 1:
        pairs = [merge(one, other) for one, other in zip(states[::2], states[1::2], strict=False)]
        states = [*pairs, states[-1]] if len(states) % 2 else pairs
    return states[0] if states else EMPTY


def finish(aggregation: Aggregation, state: State) -> Decimal | None:
    """Return the usage that a state stands for.

    Returns:
        The exact value; None when there is nothing to take a SUM, AVG, MIN, MAX or LATEST of. AVG is rounded half to even at the 18th
        place, the only rounding there is.
    """
    match aggregation:
        case Aggregation.COUNT:
            return Decimal(state.count)
        case Aggregation.UNIQUE_COUNT:
            return Decimal(len(state.unique))
        case Aggregation.SUM:
            return from_scaled(state.total) if state.count else None
        case Aggregation.AVG:
            return from_scaled(divide_scaled(state.total, state.count)) if state.count else None
        case Aggregation.MIN:
            return None if state.least is None else from_scaled(state.least)
        case Aggregation.MAX:
            return None if state.most is None else from_scaled(state.most)
        case Aggregation.LATEST:
            return None if state.latest is None else from_scaled(state.latest.scaled)
        case _:
            assert_never(aggregation)
