from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import pytest

from meterlark.client.request import cursor_of, events_body, json_body, path_of, read, read_either
from meterlark.client.types import CloudEvent
from meterlark.model.errors import InvalidInputError, MeterlarkError
from meterlark.sdk.api import Reply

AT = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


def test_every_kind_of_parameter_has_its_form() -> None:
    """Lists are repeated, mappings are `name[key]`, what is None is left out."""
    query = {"a": None, "b": True, "c": ["x", "y z"], "d": {"m": ["1", "2"]}, "e": AT, "f": 3, "g": ()}

    assert path_of("/x/{}/y", "a/b?c", query=query) == (
        "/x/a%2Fb%3Fc/y?b=true&c=x&c=y+z&d%5Bm%5D=1&d%5Bm%5D=2&e=2026-11-24T08%3A30%3A00%2B00%3A00&f=3"
    )


def test_a_time_without_a_zone_is_refused() -> None:
    """With the parameter's name."""
    with pytest.raises(InvalidInputError) as caught:
        path_of("/", query={"from": datetime(2026, 11, 1)})  # noqa: DTZ001 - the mistake that is tested
    assert caught.value.field == "from"


def test_bodies_keep_digits_and_leave_out_what_is_not_given() -> None:
    """A decimal is a number with all of them."""
    assert json_body({"a": Decimal("0.1000000000000000000001"), "b": None}) == b'{"a":0.1000000000000000000001}'


def test_events_are_sent_as_a_batch() -> None:
    """One as well as several, of either kind."""
    event = CloudEvent(id="1", source="s", type="t", subject="acme", time=AT)

    assert msgspec.json.decode(events_body(event)) == [
        {"id": "1", "source": "s", "specversion": "1.0", "type": "t", "subject": "acme", "time": "2026-11-24T08:30:00Z"}
    ]
    assert msgspec.json.decode(events_body(iter([{"id": "1"}, {"id": "2"}]))) == [{"id": "1"}, {"id": "2"}]


def test_numbers_of_no_known_type_are_exact() -> None:
    """A float would round them."""
    assert read(Reply(200, b'{"n":0.1000000000000000000001}', None), dict) == {"n": Decimal("0.1000000000000000000001")}


def test_an_answer_of_two_forms_is_read_as_the_one_it_is() -> None:
    """A list is a list."""
    assert read_either(Reply(200, b"[1]", None), list[int] | dict[str, int]) == [1]


def test_an_answer_that_is_not_ours_is_said() -> None:
    """Not a decoder's own error."""
    with pytest.raises(MeterlarkError, match="not the one that this client knows"):
        read(Reply(200, b"<html>", None), dict)


def test_the_next_cursor_is_read_from_its_path() -> None:
    """And a path without one is said."""
    assert cursor_of("/events?page[size]=2&page[after]=a%3Db") == "a=b"
    with pytest.raises(MeterlarkError, match=r"page\[after\]"):
        cursor_of("/events?page[size]=2")
