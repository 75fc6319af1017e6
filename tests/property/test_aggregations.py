"""Aggregation states: a commutative monoid that agrees with counting on one's fingers."""

from decimal import Decimal
from fractions import Fraction
from functools import reduce

import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from meterlark.metering.aggregation import EMPTY, State, finish, merge, state_of
from meterlark.metering.meter import Aggregation
from meterlark.model.number import SCALE

numbers = st.one_of(
    st.integers(-(10**18) + 1, 10**18 - 1),
    st.integers(-(10**36) + 1, 10**36 - 1).map(lambda scaled: Decimal(f"{scaled}e-18")),
    st.integers(-3, 3),
)
measurements = st.lists(st.tuples(numbers, st.integers(-5, 5)), max_size=12)
"""(value, time); the place in the list is the sequence."""


def states(aggregation: Aggregation, measured: list[tuple[int | Decimal, int]]) -> list[State]:
    """Return the state of each measurement alone."""
    return [
        state_of(
            aggregation,
            {Aggregation.COUNT: None, Aggregation.UNIQUE_COUNT: str(value % 5)}.get(aggregation, value),
            time_us=time,
            sequence=sequence,
        )
        for sequence, (value, time) in enumerate(measured)
    ]


def naive(aggregation: Aggregation, measured: list[tuple[int | Decimal, int]]) -> Fraction | None:
    """Aggregate with exact fractions and nothing clever."""
    values = [Fraction(value) for value, _ in measured]
    match aggregation:
        case Aggregation.COUNT:
            return Fraction(len(values))
        case Aggregation.UNIQUE_COUNT:
            return Fraction(len({str(value % 5) for value, _ in measured}))
        case _ if not values:
            return None
        case Aggregation.SUM:
            return sum(values, Fraction(0))
        case Aggregation.AVG:
            return Fraction(round(sum(values, Fraction(0)) / len(values) * SCALE), SCALE)
        case Aggregation.MIN:
            return min(values)
        case Aggregation.MAX:
            return max(values)
        case _:
            return max((time, sequence, Fraction(value)) for sequence, (value, time) in enumerate(measured))[2]


@pytest.mark.parametrize("aggregation", list(Aggregation))
@given(measured=measurements, data=st.data())
@examples(40)
def test_any_tree_of_merges_gives_the_naive_answer(
    aggregation: Aggregation, measured: list[tuple[int | Decimal, int]], data: st.DataObject
) -> None:
    """In any order, with any brackets and any number of empty parts among them."""
    parts = data.draw(st.permutations(states(aggregation, measured))) + [EMPTY] * data.draw(st.integers(0, 2))
    while len(parts) > 1:
        at = data.draw(st.integers(0, len(parts) - 2))
        parts[at : at + 2] = [merge(parts[at], parts[at + 1])]

    found = finish(aggregation, parts[0] if parts else EMPTY)

    expected = naive(aggregation, measured)
    assert found is None if expected is None else found is not None and Fraction(found) == expected


@pytest.mark.parametrize("aggregation", list(Aggregation))
@given(one=measurements, other=measurements, third=measurements)
@examples(40)
def test_states_are_a_commutative_monoid(
    aggregation: Aggregation,
    one: list[tuple[int | Decimal, int]],
    other: list[tuple[int | Decimal, int]],
    third: list[tuple[int | Decimal, int]],
) -> None:
    """Merging is associative and commutative, and the empty state changes nothing; states are equal, not only their answers."""
    a, b, c = (reduce(merge, states(aggregation, part), EMPTY) for part in (one, other, third))

    assert merge(merge(a, b), c) == merge(a, merge(b, c))
    assert merge(a, b) == merge(b, a)
    assert merge(a, EMPTY) == merge(EMPTY, a) == a


@examples(10)
@given(st.lists(st.just(10**18 - 1), min_size=1, max_size=50).map(lambda values: values * 100))
def test_a_long_sum_of_largest_values_is_exact(values: list[int]) -> None:
    """No overflow, no rounding, at any count."""
    total = reduce(merge, (state_of(Aggregation.SUM, value, time_us=0, sequence=0) for value in values))
    assert finish(Aggregation.SUM, total) == (10**18 - 1) * len(values)
