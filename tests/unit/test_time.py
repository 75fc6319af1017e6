"""RFC 3339 times, and nothing else that looks like one."""

from datetime import UTC, datetime

import pytest

from meterlark.model.errors import InvalidInputError
from meterlark.model.time import format_time, from_microseconds, parse_time, to_microseconds


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-24T08:30:00Z", "2026-11-24T08:30:00Z"),
        ("2026-11-24t08:30:00z", "2026-11-24T08:30:00Z"),
        ("2026-11-24T08:30:00+02:00", "2026-11-24T06:30:00Z"),
        ("2026-11-24T23:30:00-05:30", "2026-11-25T05:00:00Z"),
        ("2026-11-24T08:30:00.123456Z", "2026-11-24T08:30:00.123456Z"),
        ("2026-11-24T08:30:00.5Z", "2026-11-24T08:30:00.500000Z"),
        ("2026-11-24T08:30:00.999999999Z", "2026-11-24T08:30:00.999999Z"),
        ("2026-11-24T08:30:00-00:00", "2026-11-24T08:30:00Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
    ],
)
def test_rfc_3339_is_read(text: str, instant: str) -> None:
    """Any offset, either case; digits beyond microseconds are cut, never rounded up into the next window."""
    assert format_time(parse_time(text, field="time")) == instant


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-24",
        "2026-11-24T08:30:00",
        "2026-11-24 08:30:00Z",
        "20261124T083000Z",
        "2026-W47-2T08:30:00Z",
        "2026-W47-2T08:30:00+00:00",
        "2026-328T08:30:00.00Z",
        "2026-11-24T08:30Z",
        "2026-11-24T24:00:00Z",
        "2026-11-24T08:30:60Z",
        "2026-02-29T00:00:00Z",
        "2026-11-24T08:30:00+24:00",
        "2026-11-24T08:30:00+02:60",
        "2026-11-24T08:30:00,5Z",
        "٢٠٢٦-11-24T08:30:00Z",
        "2026-11-24T08:30:00Z\n",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-00:01",
        "2026-11-24T08:30:00." + "1" * 400_000 + "Z",
        "",
    ],
)
def test_another_form_is_refused_with_what_is_allowed(text: str) -> None:
    """The field and an example are given."""
    with pytest.raises(InvalidInputError, match=r"2026-11-24T08:30:00Z$") as caught:
        parse_time(text, field="from")
    assert caught.value.field == "from"
    assert len(str(caught.value)) < 250


def test_microseconds_are_exact_before_and_after_1970() -> None:
    """A float of seconds would lose the last digits."""
    for at in (datetime(1, 1, 1, tzinfo=UTC), datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)):
        assert from_microseconds(to_microseconds(at)) == at
    assert to_microseconds(datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)) == -1
