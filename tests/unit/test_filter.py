"""Filters: reading them, and what they let through."""

import time
from typing import Any

import pytest

from meterlark.metering.filter import Filter, Operator, equals_any, lower, matches, read_filter
from meterlark.model.errors import InvalidInputError

DEEP: dict[str, Any] = {"$eq": "x"}
for _ in range(9):
    DEEP = {"$and": [DEEP]}


def passes(condition: object, text: str) -> bool:
    """Tell whether a FilterString lets a text through."""
    return matches(read_filter(condition, field="filter"), text)


@pytest.mark.parametrize(
    ("condition", "yes", "no"),
    [
        ({"$eq": "a"}, ["a"], ["A", "", "ab"]),
        ({"$ne": "a"}, ["b", ""], ["a"]),
        ({"$in": ["a", "b"]}, ["a", "b"], ["c"]),
        ({"$nin": ["a", "b"]}, ["c", ""], ["a", "b"]),
        ({"$like": "gpt%"}, ["gpt", "gpt-4o"], ["GPT-4", "xgpt"]),
        ({"$like": "%4_"}, ["gpt-4o", "4é"], ["gpt-4", "4oo"]),
        ({"$like": "%a%b%"}, ["ab", "xaxbx", "aab"], ["ba", "a", "b"]),
        ({"$like": "a%ab"}, ["aab", "aabab"], ["ab", "aaba"]),
        ({"$like": "%%a_%"}, ["ab", "xab\n"], ["a", "b"]),
        ({"$like": "100\\%"}, ["100%"], ["100x", "1000"]),
        ({"$like": "a\\\\b\\_"}, ["a\\b_"], ["a\\bx", "ab_"]),
        ({"$like": "a.c[x]"}, ["a.c[x]"], ["abc[x]", "a.cx"]),
        ({"$nlike": "gpt%"}, ["o1", ""], ["gpt-4o"]),
        ({"$ilike": "GPT%É"}, ["gpt-é", "GPT-É"], ["gpt-e"]),
        ({"$ilike": "οδοσ"}, ["ΟΔΟΣ"], ["ΟΔΟς"]),
        ({"$nilike": "gpt%"}, ["o1"], ["GPT-4"]),
        ({"$gt": "10"}, ["9", "100", "2"], ["10", "0", ""]),
        ({"$gte": "10"}, ["10", "9"], ["0"]),
        ({"$lt": "b"}, ["a", "B", ""], ["b", "ba"]),
        ({"$lte": "b"}, ["b"], ["ba"]),
        ({"$and": [{"$gt": "a"}, {"$lt": "c"}]}, ["b", "aa"], ["a", "c"]),
        ({"$or": [{"$eq": "a"}, {"$and": [{"$ne": "b"}, {"$like": "b%"}]}]}, ["a", "bb"], ["b", "c"]),
    ],
)
def test_an_operator_lets_texts_through(condition: object, yes: list[str], no: list[str]) -> None:
    """Comparisons are of texts by code point, also for numbers."""
    assert [text for text in yes if not passes(condition, text)] == []
    assert [text for text in no if passes(condition, text)] == []


@pytest.mark.parametrize(
    "condition",
    [
        None, "a", ["a"], {}, {"$eq": "a", "$ne": "b"}, {"$regex": "a"}, {"eq": "a"}, {"$eq": ""}, {"$eq": 1}, {"$eq": None}, {"$in": "a"},
        {"$in": []}, {"$in": [""]}, {"$in": [1]}, {"$in": ["a"] * 101}, {"$and": []}, {"$and": {"$eq": "a"}}, {"$or": ["a"]},
        {"$like": "a\\"}, {"$ilike": "a\\\\\\"}, {"$like": ""}, DEEP,
    ],
)  # fmt: skip
def test_what_is_no_filter_is_refused(condition: object) -> None:
    """The field is named, and the message says what is allowed."""
    with pytest.raises(InvalidInputError) as caught:
        read_filter(condition, field="advancedMeterGroupByFilters.model")
    assert caught.value.field == "advancedMeterGroupByFilters.model"
    assert str(caught.value).startswith("advancedMeterGroupByFilters.model")


def test_an_unknown_operator_is_answered_with_the_known_ones() -> None:
    """All fourteen."""
    with pytest.raises(InvalidInputError, match=r"'\$regex'; allowed are \$eq \$ne \$in \$nin"):
        read_filter({"$regex": "a"}, field="f")


def test_eight_levels_are_read() -> None:
    """The deepest filter allowed."""
    assert passes(DEEP["$and"][0], "x")


def test_many_wildcards_cost_no_power_of_their_number() -> None:
    """A pattern that matches nowhere is given up in bounded time."""
    begun = time.perf_counter()
    assert not matches(Filter(Operator.LIKE, ("%a" * 60 + "%b",)), "a" * 2000)
    assert time.perf_counter() - begun < 1


def test_lower_keeps_the_number_of_characters() -> None:
    """Each character by itself: no final sigma, no dotted i of two."""
    assert lower("ΟΔΟΣ İX") == "οδοσ ix"


def test_equals_any_is_a_list_of_texts() -> None:
    """The old form of a filter."""
    assert [matches(equals_any(("a", "b")), text) for text in "abc"] == [True, True, False]
