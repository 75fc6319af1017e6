import pytest

from meterlark.metering.time_filter import holds, read_time_filter
from meterlark.model.errors import InvalidInputError

SECOND = 1_000_000


@pytest.mark.parametrize(
    ("condition", "passing"),
    [
        ({"$gt": "1970-01-01T00:00:02Z"}, {3, 4}),
        ({"$gte": "1970-01-01T00:00:02Z"}, {2, 3, 4}),
        ({"$lt": "1970-01-01T00:00:02Z"}, {0, 1}),
        ({"$lte": "1970-01-01T00:00:02Z"}, {0, 1, 2}),
        ({"$gt": "1970-01-01T00:00:01Z", "$lt": "1970-01-01T00:00:03Z"}, {2}),
        ({"$or": [{"$lt": "1970-01-01T00:00:01Z"}, {"$gt": "1970-01-01T00:00:03Z"}]}, {0, 4}),
        ({"$and": [{"$gte": "1970-01-01T00:00:01Z"}, {"$or": [{"$lt": "1970-01-01T00:00:02Z"}]}]}, {1}),
    ],
)
def test_what_passes(condition: object, passing: set[int]) -> None:
    """Each operator compares instants; several in one object must all hold."""
    read = read_time_filter(condition, field="time")
    assert {second for second in range(5) if holds(read, second * SECOND)} == passing


def _nested(depth: int) -> object:
    condition: object = {"$gt": "1970-01-01T00:00:02Z"}
    for _ in range(depth):
        condition = {"$and": [condition]}
    return condition


@pytest.mark.parametrize(
    ("condition", "says"),
    [
        ({}, "at least one of $gt"),
        ("2026-01-01T00:00:00Z", "must be an object"),
        ({"$eq": "2026-01-01T00:00:00Z"}, "$eq"),
        ({"$gt": 5}, "a time as text"),
        ({"$gt": "today"}, "is not a time"),
        ({"$or": []}, "at least one entry"),
        ({"$or": "x"}, "needs a list"),
        ({"$or": [{"$gt": "2026-01-01T00:00:00Z"}] * 101}, "at most 100"),
        (_nested(9), "more than 8 levels"),
    ],
)
def test_what_is_refused(condition: object, says: str) -> None:
    """The error names the field and what is allowed."""
    with pytest.raises(InvalidInputError) as caught:
        read_time_filter(condition, field="filter.time")
    assert says in str(caught.value)
    assert caught.value.field == "filter.time"


def test_eight_levels_are_read() -> None:
    """The bound itself is accepted."""
    assert holds(read_time_filter(_nested(8), field="time"), 3 * SECOND)
