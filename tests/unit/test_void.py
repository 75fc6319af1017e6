"""Voids: what is written, what is read again, and what the projector refuses."""

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stack import event

from meterlark.ledger.memory import MemoryLedger
from meterlark.model.errors import CorruptDataError, InvalidInputError
from meterlark.model.event import Event, decode_accepted, decode_event
from meterlark.model.void import VOID_SOURCE, VOID_TYPE, EventName, Void, linked, read_void, void_event, void_id
from meterlark.service.rows import read_voids, voided_rows
from meterlark.warehouse.contract import LISTING, TableSpec, VoidedRow

AT = datetime(2026, 11, 25, 12, 0, 0, 250_000, tzinfo=UTC)
texts = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=20).filter(str.isprintable)
names = st.builds(EventName, texts, texts)


def voided(target: Event, *, correction: EventName | None = None) -> Event:
    """Return the void of an event."""
    void = Void(event=EventName(target.source, target.id), by="key:1", reason="test", correction=correction)
    return void_event(target, void, at=AT)


@given(name=names, subject=texts, correction=st.none() | names, reason=texts)
def test_a_void_is_read_again_as_it_was_said(name: EventName, subject: str, correction: EventName | None, reason: str) -> None:
    """From its stored text, whatever the names; its attributes are those of a valid event."""
    target = event(name.id, source=name.source, subject=subject)
    void = Void(event=name, by="open", reason=reason, correction=correction)

    made = void_event(target, void, at=AT)
    again = decode_accepted(made.text, namespace="default", time=AT)

    assert read_void(again) == void
    assert again == made
    assert (again.type, again.source, again.subject, again.time) == (VOID_TYPE, VOID_SOURCE, subject, AT)


def test_the_id_of_a_void_follows_from_the_voided_identity() -> None:
    """As a tuple: what joins to the same text is another event."""
    ids = {
        void_id(namespace=namespace, source=source, event_id=event_id)
        for namespace, source, event_id in [("n", "a", "b-c"), ("n", "a-b", "c"), ("n", "a", "b"), ("m", "a", "b"), ("n", "b", "a")]
    }

    assert len(ids) == 5
    assert void_id(namespace="n", source="a", event_id="b") in ids


@pytest.mark.parametrize("name", ["type", "source"])
@pytest.mark.parametrize("usual", [True, False])
def test_nobody_sends_a_reserved_event(name: str, usual: bool) -> None:  # noqa: FBT001
    """Neither in the usual form nor in one that is read the careful way; what only resembles the prefix may be sent."""
    one = {"specversion": "1.0", "id": "1", "source": "s", "type": "t", "subject": "u", **({} if usual else {"region": "eu"})}

    with pytest.raises(InvalidInputError, match=r"'meterlark\.' is reserved") as refused:
        decode_event(msgspec.json.encode({**one, name: "meterlark.void"}), namespace="n", received_at=AT)
    assert refused.value.field == name
    for near in ("meterlark", "Meterlark.void", "xmeterlark.void", "meterlark-void"):
        decode_event(msgspec.json.encode({**one, name: near}), namespace="n", received_at=AT)


def test_a_correction_keeps_its_text_and_names_the_corrected_event() -> None:
    """Also where its sender named another one."""
    members = msgspec.json.decode(b'{"id": "2", "n": 1.10, "correctsid": "nonsense"}', type=dict[str, msgspec.Raw])

    text = linked(members, EventName("s", "1"))

    assert text == b'{"id":"2","n":1.10,"correctsid":"1","correctssource":"s"}'


@pytest.mark.parametrize("data", [None, {}, {"event": {"source": "s"}}, {"event": {"source": "s", "id": 7}, "by": "x", "reason": "y"}])
def test_what_is_no_void_is_corrupt(data: object) -> None:
    """It is never taken for one that says nothing."""
    with pytest.raises(CorruptDataError, match="a stored void cannot be read again"):
        read_void(event("1", event_type="x", data=data))


def test_a_void_concerns_the_tables_of_its_events_type_and_the_listing() -> None:
    """And no other."""
    ledger = MemoryLedger()
    target = event("1", event_type="a")
    ledger.append([event("0", event_type="b"), target, voided(target)], received_at=AT)
    pairs = [(record, record.event()) for record in ledger.read(after=0, limit=10)]

    voids = read_voids(pairs, ledger)

    assert voided_rows(TableSpec("a"), voids) == [VoidedRow(sequence=2, by=3)]
    assert voided_rows(LISTING, voids) == [VoidedRow(sequence=2, by=3)]
    assert voided_rows(TableSpec("b"), voids) == []


@pytest.mark.parametrize("order", ["never stored", "stored behind it"])
def test_a_void_of_no_event_before_it_stops_the_projection(order: str) -> None:
    """Serving numbers on would be a guess."""
    ledger = MemoryLedger()
    target = event("1")
    ledger.append([voided(target)] if order == "never stored" else [voided(target), target], received_at=AT)
    pairs = [(record, record.event()) for record in ledger.read(after=0, limit=10)]

    with pytest.raises(CorruptDataError, match="event 1 voids"):
        read_voids(pairs, ledger)
