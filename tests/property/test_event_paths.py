"""The short ways to read an event give what the careful way gives, for good and for bad texts."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from meterlark.model.errors import CorruptDataError, InvalidInputError
from meterlark.model.event import Event, _decode_unusual, _read_usual, decode_accepted, decode_event

AT = datetime(2026, 11, 24, tzinfo=UTC)
USUAL = '{"specversion":"1.0","id":"1","source":"s","type":"t","subject":"c","time":"2026-11-24T00:00:00Z","data":{"n":1,"x":1.50}}'

keys = st.sampled_from(["id", "source", "specversion", "type", "subject", "time", "data", "datacontenttype", "extension", 'a":', "é"])
strings = st.sampled_from(
    ["1.0", "1", "", "a b", 'quote":', "back\\slash", "tab\tin", "\u0085", "\U0001f600", "2026-11-24T00:00:00Z", "x" * 1025]
)
scalars = st.one_of(strings, st.none(), st.booleans(), st.integers(-5, 10**20), st.sampled_from([1.5, 1e300, -0.0]))
values = st.recursive(scalars, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=4)), max_leaves=8)
blanks = st.sampled_from(["", "", "", " ", "\n", "\t", "\r"])


@st.composite
def event_texts(draw: st.DrawFn) -> bytes:
    """Texts near a good event: members dropped, repeated, added or changed, with blanks around the colons."""
    members: list[tuple[str, object]] = list(json.loads(USUAL).items())
    members = [member for member in members if draw(st.integers(0, 15)) > 0]
    members += draw(st.lists(st.tuples(keys, values), max_size=draw(st.sampled_from([0, 0, 0, 2]))))
    if draw(st.booleans()):
        members = draw(st.permutations(members))
    lines = [f"{json.dumps(key, ensure_ascii=False)}{draw(blanks)}:{json.dumps(value, ensure_ascii=False)}" for key, value in members]
    return ("{" + ",".join(lines) + "}").encode()


def outcome(text: bytes, *, careful: bool) -> Event | tuple[str, str | None]:
    """Return the event, or what the error says and names."""
    try:
        if careful:
            return _decode_unusual(text, "default", AT)
        return decode_event(text, namespace="default", received_at=AT)
    except InvalidInputError as error:
        return str(error), error.field


@given(event_texts())
@example(USUAL.replace('"n":1', '"n" :1,"n":2').encode())
@example(USUAL.replace('"n":1', '"n":1,"n":2').encode())
@example(USUAL.replace('"n":1', r'"n":1,"\u006e":2').encode())
@example(USUAL.replace('"id":"1"', '"id":"1","id":"2"').encode())
def test_the_short_way_agrees_with_the_careful_way(text: bytes) -> None:
    """Whatever the text, both ways give the same event or the same complaint."""
    assert outcome(text, careful=False) == outcome(text, careful=True)


@given(event_texts())
def test_an_accepted_event_is_read_again_as_it_was(text: bytes) -> None:
    """What the ledger gives back equals what was accepted, data and time included."""
    event = outcome(text, careful=False)
    assume(isinstance(event, Event))
    assert isinstance(event, Event)

    assert decode_accepted(text, namespace="default", time=event.time) == event


def test_a_damaged_event_is_not_read_again() -> None:
    """A text that changed on disk is an error, not another event."""
    with pytest.raises(CorruptDataError):
        decode_accepted(USUAL[:-9].encode(), namespace="default", time=AT)


def test_the_usual_event_takes_the_short_way() -> None:
    """The property above would hold as well if nothing ever took the short way."""
    assert _read_usual(USUAL.encode()) is not None
