"""Cells of rows of foreign exports: exact, from JSON and CSV alike, and never a zero for what cannot be read."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from meterlark.capture.attributes import UNATTRIBUTED
from meterlark.capture.foreign.row import UnreadableError, amount, count, moment, nested, subject_of


@pytest.mark.parametrize(("value", "expected"), [(7, 7), ("7", 7), ("7.0", 7), (Decimal("7.0"), 7), ("", None), (None, None)], ids=repr)
def test_a_count_is_the_same_from_json_and_csv(value: object, expected: int | None) -> None:
    """Pandas writes whole numbers with a point."""
    assert count({"n": value}, "n") == expected


@pytest.mark.parametrize("value", ["seven", "-1", 1.5, "1e400", True, {}], ids=repr)
def test_a_cell_that_is_no_count_is_no_zero(value: object) -> None:
    """The row ends, with the column's name."""
    with pytest.raises(UnreadableError, match="n is not a whole number"):
        count({"n": value}, "n")


def test_an_amount_keeps_its_digits() -> None:
    """Of a text too."""
    assert amount({"n": "0.1234567890123456"}, "n") == Decimal("0.1234567890123456")


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-24T08:30:00Z",
        "2026-11-24 08:30:00",
        "2026-11-24T08:30:00.000",
        "2026-11-24 08:30:00.000000",
        "2026-11-24 10:30:00+02",
        "2026-11-24 10:30:00+02:00",
        "2026-11-24T10:30:00+02:00",
    ],
)
def test_a_time_without_a_zone_is_utc(text: str) -> None:
    """As databases and programs write times."""
    assert moment({"t": text}, "t") == datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["yesterday", "24.11.2026", "2026-13-01 00:00:00", "1764000000"])
def test_a_time_that_is_none_ends_the_row(text: str) -> None:
    """It is never the time of the import."""
    with pytest.raises(UnreadableError, match="t is not a time"):
        moment({"t": text}, "t")


@pytest.mark.parametrize("value", [{"a": 1}, '{"a": 1}'], ids=repr)
def test_an_object_is_read_from_its_text_too(value: object) -> None:
    """CSV holds objects as JSON."""
    assert nested({"o": value}, "o") == {"a": 1}


@pytest.mark.parametrize("value", ["{broken", "[1]", 7, None], ids=repr)
def test_what_is_no_object_has_no_members(value: object) -> None:
    """And so nothing is known of them."""
    assert nested({"o": value}, "o") == {}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"end_user": "acme", "user": "ops"}, "acme"),
        ({"end_user": "", "user": "ops"}, "ops"),
        ({}, UNATTRIBUTED),
        ({"end_user": 17}, "17"),
    ],
    ids=repr,
)
def test_the_first_name_that_is_there_pays(row: dict[str, Any], expected: str) -> None:
    """Usage that nobody is named for stays visible."""
    assert subject_of(row, ("end_user", "user")) == expected


def test_a_payer_can_stand_in_an_object() -> None:
    """Also when the object is JSON text in a cell."""
    assert subject_of({"metadata": '{"customer": "acme"}'}, ("metadata.customer",)) == "acme"


def test_a_payer_that_no_event_can_carry_ends_the_row() -> None:
    """It is not given to somebody else."""
    with pytest.raises(UnreadableError, match="control characters"):
        subject_of({"user": "a\nb"}, ("user",))
