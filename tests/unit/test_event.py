"""What is accepted as an event, and how each refusal names the field, what was given and what is allowed."""

import json
import sys
import time
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from meterlark.model.errors import InvalidInputError, TooLargeError
from meterlark.model.event import Event, decode_any, decode_batch, decode_event, read_json, same_content
from meterlark.model.number import WideNumber

RECEIVED_AT = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
ATTRIBUTES = {"id": "1", "source": "app", "specversion": "1.0", "type": "openai", "subject": "acme"}
BOUND_SECONDS = 1.0
"""Reading anything of a few hundred kilobytes takes milliseconds; a quadratic cost would take minutes."""


def text_of(**changes: object) -> bytes:
    """Return an event's JSON with attributes replaced."""
    return json.dumps({**ATTRIBUTES, **changes}).encode()


def with_data(data: bytes) -> bytes:
    """Return an event's JSON whose data is given literally."""
    return text_of()[:-1] + b', "data": ' + data + b"}"


def decode(text: bytes) -> Event:
    """Decode one event of the default namespace."""
    return decode_event(text, namespace="default", received_at=RECEIVED_AT)


def batch(body: bytes, *, limit: int = 1000) -> list[Event]:
    """Decode an array of events."""
    return decode_batch(body, namespace="default", received_at=RECEIVED_AT, limit=limit)


def refusal(text: bytes) -> InvalidInputError:
    """Return the error of a refused event, after checking that it came within bounded time."""
    begun = time.perf_counter()
    with pytest.raises(InvalidInputError) as caught:
        decode(text)
    assert time.perf_counter() - begun < BOUND_SECONDS
    return caught.value


def test_an_event_keeps_its_text_and_exact_numbers() -> None:
    """The text is verbatim and a number keeps each digit."""
    text = with_data(b'{"tokens": 9007199254740993, "cost": 0.1234567890123456789e-1}')

    event = decode(text)

    assert event.text == text
    assert event.data == {"tokens": 9007199254740993, "cost": "0.1234567890123456789e-1"}
    assert isinstance(event.data["cost"], WideNumber)


def test_extension_attributes_are_allowed() -> None:
    """An attribute that CloudEvents does not name stays in the text and does no harm."""
    assert b"traceparent" in decode(text_of(traceparent="00-1")).text


@pytest.mark.parametrize("name", ["id", "source", "specversion", "type", "subject"])
@pytest.mark.parametrize(
    ("value", "given"),
    [(None, "null"), ("", "empty"), (7, "a number"), (True, "a boolean"), (["a"], "an array"), ({"a": 1}, "an object"), (1.5, "a number")],
)
def test_a_required_attribute_must_be_a_text(name: str, value: object, given: str) -> None:
    """The field is named and what stood in its place is said."""
    error = refusal(text_of(**{name: value}))

    assert error.field == name
    assert given in str(error)


@pytest.mark.parametrize("name", ["id", "source", "specversion", "type", "subject"])
def test_a_missing_attribute_is_named_with_the_ones_needed(name: str) -> None:
    """The message lists every attribute that an event needs."""
    error = refusal(json.dumps({key: value for key, value in ATTRIBUTES.items() if key != name}).encode())

    assert error.field == name
    assert "an event needs id, source, specversion, type, subject" in str(error)


@pytest.mark.parametrize("name", ["id", "source", "type", "subject"])
def test_an_attribute_has_at_most_1024_characters(name: str) -> None:
    """The longest passes; one more is refused with both numbers."""
    assert getattr(decode(text_of(**{name: "é" * 1024})), name) == "é" * 1024

    error = refusal(text_of(**{name: "é" * 1025}))

    assert error.field == name
    assert "1025" in str(error)
    assert "1024" in str(error)


@pytest.mark.parametrize("character", ["\x00", "\n", "\x1f", "\x7f", "\x9f"])
def test_a_control_character_in_an_attribute_is_refused(character: str) -> None:
    """CloudEvents forbids them, and a log line stays one line."""
    error = refusal(text_of(subject=f"ac{character}me"))

    assert error.field == "subject"
    assert "control character" in str(error)


def test_characters_that_join_letters_are_accepted() -> None:
    """Unprintable is not the same as control: a zero-width joiner and a no-break space pass."""
    assert decode(text_of(subject="a\u200db\u00a0c")).subject == "a\u200db\u00a0c"


def test_another_specversion_is_refused() -> None:
    """What was given and what is allowed are both said."""
    error = refusal(text_of(specversion="0.3"))

    assert (error.field, str(error)) == ("specversion", "specversion is '0.3'; allowed is '1.0'")


@pytest.mark.parametrize(("data", "given"), [(b'"x"', "a string"), (b"[1]", "an array"), (b"1.5", "a number"), (b"true", "a boolean")])
def test_data_is_an_object_or_null(data: bytes, given: str) -> None:
    """Anything else is refused by name."""
    error = refusal(with_data(data))

    assert (error.field, str(error)) == ("data", f"data must be an object or null, not {given}")


@pytest.mark.parametrize("text", [text_of(), text_of(data=None), text_of(datacontenttype=None, dataschema=None, time=None)])
def test_optional_attributes_may_be_null_or_absent(text: bytes) -> None:
    """Then data is None and the time is that of receipt."""
    event = decode(text)

    assert (event.data, event.time) == (None, RECEIVED_AT)


@pytest.mark.parametrize("value", ["application/json", "Application/JSON; charset=utf-8"])
def test_json_is_the_only_content_type_of_data(value: str) -> None:
    """Parameters and case do not matter."""
    assert decode(text_of(datacontenttype=value)).subject == "acme"


@pytest.mark.parametrize("value", ["application/xml", "", 3, "application/jsonx"])
def test_another_content_type_of_data_is_refused(value: object) -> None:
    """The field, what was given and what is allowed are said."""
    error = refusal(text_of(datacontenttype=value))

    assert error.field == "datacontenttype"
    assert repr(str(value)) in str(error)
    assert "application/json" in str(error)


@pytest.mark.parametrize("value", ["", 3, []])
def test_dataschema_is_a_text_or_null(value: object) -> None:
    """An empty or foreign value is refused."""
    assert refusal(text_of(dataschema=value)).field == "dataschema"


@pytest.mark.parametrize("value", ["2026-11-24", "yesterday", "2026-11-24T08:30:00", 1700000000, "2026-13-01T00:00:00Z", ""])
def test_a_time_that_is_none_is_refused(value: object) -> None:
    """The field is named."""
    assert refusal(text_of(time=value)).field == "time"


def test_the_zero_time_means_that_none_was_given() -> None:
    """Go clients send their zero time for an unset one."""
    assert decode(text_of(time="0001-01-01T00:00:00Z")).time == RECEIVED_AT


@pytest.mark.parametrize("value", ["0001-01-01T00:00:00.000001Z", "0001-12-31T23:59:59Z", "9999-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_a_time_around_which_no_window_fits_is_refused(value: str) -> None:
    """One such event would make every windowed question of its type fail."""
    error = refusal(text_of(time=value))

    assert error.field == "time"
    assert value in str(error)
    assert "2 to 9998" in str(error)


@pytest.mark.parametrize("value", ["0002-01-01T00:00:00Z", "9998-12-31T23:59:59.999999Z"])
def test_very_old_and_future_times_are_accepted(value: str) -> None:
    """There is no cut-off for late or early events within the calendar."""
    assert decode(text_of(time=value)).time.year in {2, 9998}


@pytest.mark.parametrize("text", [b"[]", b"null", b"3", b'"x"', b"true"])
def test_an_event_is_an_object(text: bytes) -> None:
    """Another JSON value is refused for what it is."""
    assert "an event is a JSON object, not" in str(refusal(text))


NOT_JSON = {
    "empty": (b"", "truncated"),
    "cut": (text_of()[:-9], "truncated"),
    "rest after the value": (text_of() + b"x", "trailing"),
    "a comma too many": (b'{"id": "1",}', "byte"),
    "single quotes": (b"{'id': 1}", "near \"'id'"),
    "NaN": (with_data(b'{"n": NaN}'), "near 'NaN"),
    "infinity": (with_data(b'{"n": -Infinity}'), "near 'Infinity"),
    "leading zero": (with_data(b'{"n": 01}'), "byte"),
    "400,000 digits": (with_data(b'{"n": ' + b"9" * 400_000 + b"}"), "more digits than the 4300"),
    "400,000 digits after the point": (with_data(b'{"n": 0.' + b"9" * 400_000 + b"}"), "at most 1024"),
    "400,000 digits in the exponent": (with_data(b'{"n": 1e' + b"9" * 400_000 + b"}"), "at most 1024"),
    "high surrogate alone": (with_data(b'{"n": "\\ud800"}'), "surrogate"),
    "high surrogate before a letter": (with_data(b'{"n": "\\ud800xxxxxx"}'), "surrogate"),
    "low surrogate alone": (with_data(b'{"n": "\\udc00 xxxxxx"}'), "surrogate"),
    "surrogate as bytes": (with_data(b'{"n": "\xed\xa0\x80"}'), "not UTF-8"),
    "latin-1": (with_data(b'{"n": "caf\xe9"}'), "not UTF-8"),
    "raw control character": (with_data(b'{"n": "\x01"}'), "byte"),
    "byte order mark": (b"\xef\xbb\xbf" + text_of(), "byte order mark"),
    "UTF-16": (text_of().decode().encode("utf-16"), "byte order mark"),
    "UTF-16 without mark": (text_of().decode().encode("utf-16-le"), "byte 1"),
    "gzip": (b"\x1f\x8b\x08\x00", "byte 0"),
}


@pytest.mark.parametrize("name", list(NOT_JSON))
def test_what_is_not_json_is_refused_and_said_why(name: str) -> None:
    """Each kind of broken text gets a message that helps its sender, within bounded time."""
    text, reason = NOT_JSON[name]

    error = refusal(text)

    assert "not valid JSON" in str(error)
    assert reason in str(error)


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 1000 + b"]" * 1000,
        b'{"a":' * 1000 + b"1" + b"}" * 1000,
        b"[" * 200_000,
        b'{"a":' * 32 + b"1" + b"}" * 32,
        b'{"a": ' + b"[" * 31 + b"]" * 31 + b"}",
    ],
    ids=["arrays", "objects", "never closed", "one too deep", "one array too deep"],
)
def test_deep_nesting_is_refused(data: bytes) -> None:
    """The limit is named, whether the parser or we ran into it."""
    assert "nested more than 32 levels deep" in str(refusal(with_data(data)))


def test_32_levels_are_read() -> None:
    """The limit itself is allowed: the event, and 31 levels in it."""
    assert decode(with_data(b'{"a":' * 31 + b"1" + b"}" * 31)).data is not None


def test_depth_hidden_under_a_repeated_key_is_refused() -> None:
    """A value that the parser replaced by a later one of the same key is as deep as it is; at no depth does it end in a crash."""
    room = sys.getrecursionlimit()
    for depth in range(room - 120, room, 3):
        with pytest.raises(InvalidInputError, match=r"nested more than|given twice"):
            decode(with_data(b'{"a":' + b"[" * depth + b"]" * depth + b',"a":1}'))


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b'{"a": 1, "a": 1}', "a"),
        (b'{"a": 1, "\\u0061": 2}', "a"),
        (b'{"a" : 1, "a":2}', "a"),
        (b'{"x": {"b":1,\t"b"\t:2}}', "b"),
        (b'{"x": [{"c":1,"c"\n:2}]}', "c"),
        (b'{"d": {"e":1}, "d": {}}', "d"),
        (b'{"d": ":", "d": ":x"}', "d"),
    ],
)
def test_a_repeated_key_is_refused(data: bytes, key: str) -> None:
    """Parsers disagree on which of two values counts, so neither does, however the key is spelled."""
    error = refusal(with_data(data))

    assert error.field == key
    assert "given twice" in str(error)


@pytest.mark.parametrize(
    "data", [b'{"a": ":", "b": "x\\":y"}', b'{"a" : {"a": {"a": 1}}}', b'{"a\\"":1, "a":2}', b'{"":1, ":":2, "a:":3}', b'[{"a":1},{"a":1}]']
)
def test_keys_that_only_look_repeated_are_read(data: bytes) -> None:
    """Equal keys in different objects, and colons and quotes in texts, are no repetition."""
    assert read_json(data) == json.loads(data)


def test_a_repeated_attribute_is_refused() -> None:
    """Also on the event itself, where the second would win silently."""
    assert refusal(text_of()[:-1] + b', "subject": "bolt"}').field == "subject"


def test_a_number_beyond_every_quantity_is_kept_as_text() -> None:
    """Valid JSON is stored, but is no number; the text is what was sent."""
    [low, high] = read_json(b"[1e-400, 1e400000]")

    assert (str(low), type(low), str(high), type(high)) == ("1e-400", WideNumber, "1e400000", WideNumber)


def test_numbers_are_int_or_decimal() -> None:
    """A float never appears."""
    values = read_json(b"[1, -0, 1.0, 1e3, 123456789012345678901234567890]")

    assert [type(value) for value in values] == [int, int, Decimal, Decimal, int]


# Batches


def test_a_batch_is_read_in_order() -> None:
    """Each event keeps its own text."""
    body = b"[ " + text_of(id="a") + b" ,\n" + text_of(id="b") + b"]"

    assert [(event.id, event.text) for event in batch(body)] == [("a", text_of(id="a")), ("b", text_of(id="b"))]


@pytest.mark.parametrize(
    ("poison", "field"),
    [
        (text_of(subject=""), "[{}].subject"),
        (text_of(data=[]), "[{}].data"),
        (b"7", "[{}]"),
        (with_data(b'{"n": ' + b"9" * 5000 + b"}"), "[{}]"),
        (with_data(b'{"n": "caf\xe9"}'), "[{}]"),
        (with_data(b'{"k":1,"k":2}'), "[{}].k"),
        (with_data(b"[" * 40 + b"]" * 40), "[{}]"),
    ],
)
@pytest.mark.parametrize("position", [0, 1, 2])
def test_one_poisoned_event_refuses_the_batch_by_position(poison: bytes, field: str, position: int) -> None:
    """Its neighbours are not lost silently: the whole batch is refused and the place named."""
    events = [text_of(id="a"), text_of(id="b")]
    events.insert(position, poison)

    with pytest.raises(InvalidInputError, match=f"event {position} of the batch") as caught:
        batch(b"[" + b",".join(events) + b"]")

    assert caught.value.field == field.format(position)


@pytest.mark.parametrize("body", [b"{}", b"null", b"3", text_of()])
def test_a_batch_is_an_array(body: bytes) -> None:
    """A single event under the batch type is refused for what it is."""
    with pytest.raises(InvalidInputError, match="a batch is a JSON array of events"):
        batch(body)


@pytest.mark.parametrize("body", [b"", b"[", b"[{}", b"[NaN]", b"[" * 200_000, b"\xef\xbb\xbf[]", b"[] x"])
def test_a_body_that_is_not_json_is_refused(body: bytes) -> None:
    """Before any event is looked at, within bounded time."""
    begun = time.perf_counter()
    with pytest.raises(InvalidInputError, match=r"not JSON|levels deep"):
        batch(body)
    assert time.perf_counter() - begun < BOUND_SECONDS


def test_a_batch_over_the_limit_names_both_numbers() -> None:
    """The limit itself is accepted."""
    body = b"[" + b",".join([text_of()] * 3) + b"]"

    assert len(batch(body, limit=3)) == 3
    with pytest.raises(TooLargeError, match="has 3 events; at most 2"):
        batch(body, limit=2)


def test_a_body_of_a_million_items_is_refused_in_bounded_time() -> None:
    """The count is looked at before the items are."""
    begun = time.perf_counter()
    with pytest.raises(TooLargeError, match="1000000 events"):
        batch(b"[" + b",".join([b"1"] * 1_000_000) + b"]")
    assert time.perf_counter() - begun < 5 * BOUND_SECONDS


def test_plain_json_is_one_event_or_many() -> None:
    """Told apart by the first character, whatever blanks stand before it."""
    one = decode_any(b" \n" + text_of(), namespace="n", received_at=RECEIVED_AT, limit=9)
    two = decode_any(b"\t [" + text_of() + b"," + text_of() + b"]", namespace="n", received_at=RECEIVED_AT, limit=9)

    assert (len(one), len(two)) == (1, 2)


def test_plain_json_without_events_is_refused() -> None:
    """An empty array is an error here, as in the protocol, and none as a batch."""
    with pytest.raises(InvalidInputError, match="no events found"):
        decode_any(b"[]", namespace="n", received_at=RECEIVED_AT, limit=9)
    assert batch(b"[]") == []


# Content


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (b'{"a":1,"b":2}', b'{ "b": 2, "a": 1 }'),
        (b'{"a":1}', b'{"a":1.0}'),
        (b'{"a":100}', b'{"a":1e2}'),
        (b'{"a":0}', b'{"a":-0.0}'),
        (b'{"a":0}', b'{"a":0e9}'),
        (b'{"a":"\\u00e9"}', '{"a":"é"}'.encode()),
    ],
)
def test_spelling_is_not_content(first: bytes, second: bytes) -> None:
    """Order of keys, blanks, escapes and the spelling of a number do not matter."""
    assert same_content(first, second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (b'{"a":1}', b'{"a":"1"}'),
        (b'{"a":1}', b'{"a":true}'),
        (b'{"a":0}', b'{"a":false}'),
        (b'{"a":null}', b"{}"),
        (b'{"a":[1,2]}', b'{"a":[2,1]}'),
        (b'{"a":1e999}', b'{"a":"1e999"}'),
        (b'{"a":[]}', b'{"a":{}}'),
        (b'{"a":9007199254740993}', b'{"a":9007199254740992}'),
    ],
)
def test_another_value_is_another_content(first: bytes, second: bytes) -> None:
    """Also where floats or Python would see no difference."""
    assert not same_content(first, second)
