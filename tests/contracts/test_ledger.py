"""What every ledger promises, run against each."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_cases import CONTENTS, RECEIVED_AT, batches, event

from meterlark.ledger.contract import Conflict, Ledger, LedgerCounts, Verdict
from meterlark.ledger.memory import MemoryLedger
from meterlark.ledger.sqlite import SQLiteLedger
from meterlark.model.errors import NotFoundError, UnavailableError
from meterlark.model.event import Event, decode_event, same_content

KINDS: dict[str, Callable[[Path], Ledger]] = {
    "memory": lambda _: MemoryLedger(),
    "sqlite": SQLiteLedger.open,
    # Identities move to the big index all the time instead of once in many thousands.
    "sqlite moving": lambda directory: SQLiteLedger.open(directory, generation_size_max=3),
    "sqlite exclusive": lambda directory: SQLiteLedger.open(directory, is_exclusive=True),
}

NEW, DUPLICATE, CONFLICT = Verdict.NEW, Verdict.DUPLICATE, Verdict.CONFLICT


@pytest.fixture(params=KINDS)
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    """An empty ledger of each kind."""
    made = KINDS[request.param](tmp_path)
    yield made
    made.close()


def append(ledger: Ledger, *events: Event) -> list[Verdict]:
    """Append at a fixed time."""
    return ledger.append(events, received_at=RECEIVED_AT)


def test_an_empty_ledger_has_nothing(ledger: Ledger) -> None:
    """Head 0, no records, no conflicts; and an append of nothing changes nothing."""
    assert append(ledger) == []
    assert (ledger.head(), ledger.read(after=0, limit=10), ledger.get([])) == (0, [], [])
    assert (ledger.conflicts(limit=10), ledger.counts()) == ([], LedgerCounts(events=0, conflicts=0))


def test_a_record_is_what_was_appended(ledger: Ledger) -> None:
    """Namespace, times to the microsecond and the text, byte for byte, come back."""
    text = b'{"specversion":"1.0","id":"1","source":"s","type":"t","subject":"u","time":"1969-12-31T23:59:59.999999Z", "data":{"n":1.10}}'
    given_event = decode_event(text, namespace="other", received_at=RECEIVED_AT)

    append(ledger, given_event)

    (record,) = ledger.read(after=0, limit=10)
    assert (record.namespace, record.text, record.received_at) == ("other", text, RECEIVED_AT)
    assert record.time == datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
    assert record.event() == given_event


def test_an_event_without_time_keeps_the_one_it_got(ledger: Ledger) -> None:
    """The stored time wins over the time of the transaction."""
    given_event = event("1")

    ledger.append([given_event], received_at=RECEIVED_AT + timedelta(seconds=5))

    (record,) = ledger.read(after=0, limit=1)
    assert record.event().time == RECEIVED_AT
    assert record.received_at == RECEIVED_AT + timedelta(seconds=5)


def test_a_repeat_is_a_duplicate_for_ever(ledger: Ledger) -> None:
    """A repeat in the same call, in the next and a year later is counted once; spelling of the JSON does not matter."""
    assert append(ledger, event("1"), event("1")) == [NEW, DUPLICATE]
    assert append(ledger, event("1", data=CONTENTS[1])) == [DUPLICATE]
    assert ledger.append([event("1")], received_at=RECEIVED_AT + timedelta(days=365)) == [DUPLICATE]

    assert [record.received_at for record in ledger.read(after=0, limit=10)] == [RECEIVED_AT]
    assert ledger.counts() == LedgerCounts(events=1, conflicts=0)


def test_a_conflict_keeps_both_texts(ledger: Ledger) -> None:
    """The first stays the event; each other content is listed once, with its first spelling and how often it came, newest first."""
    first, other, third = event("1"), event("1", data='{"n":2}'), event("1", data='{"n":3}')
    later = RECEIVED_AT + timedelta(seconds=1)

    assert append(ledger, first, other) == [NEW, CONFLICT]
    assert ledger.append([third, event("1", data='{"n":2.0}')], received_at=later) == [CONFLICT, CONFLICT]

    (record,) = ledger.read(after=0, limit=10)
    assert record.text == first.text
    assert ledger.conflicts(limit=10) == [
        Conflict(first=record, text=third.text, received_at=later, times=1),
        Conflict(first=record, text=other.text, received_at=RECEIVED_AT, times=2),
    ]
    assert ledger.conflicts(limit=1)[0].text == third.text
    assert ledger.counts() == LedgerCounts(events=1, conflicts=2)


def test_identity_is_a_tuple(ledger: Ledger) -> None:
    """Parts that are equal when joined by a delimiter are different identities (what happened to a peer: openmeter, dedupe.go)."""
    tuples = [("a", "b-c", "d"), ("a-b", "c", "d"), ("a", "b", "c-d"), ("default", "app-1", "x"), ("default", "app", "1-x")]

    verdicts = append(ledger, *(event(event_id, source=source, namespace=namespace) for namespace, source, event_id in tuples))

    assert verdicts == [NEW] * len(tuples)


def test_reading_is_bounded_and_in_order(ledger: Ledger) -> None:
    """`after` is exclusive, `upto` inclusive, `limit` counts records; beyond the head there is nothing."""
    append(ledger, *(event(str(number)) for number in range(10)))
    sequences = [record.sequence for record in ledger.read(after=0, limit=100)]

    assert sequences == sorted(set(sequences))
    assert ledger.head() == sequences[-1]
    assert [record.sequence for record in ledger.read(after=sequences[2], limit=3)] == sequences[3:6]
    assert [record.sequence for record in ledger.read(after=sequences[2], limit=100, upto=sequences[5])] == sequences[3:6]
    assert ledger.read(after=sequences[5], limit=100, upto=sequences[4]) == []
    assert ledger.read(after=ledger.head(), limit=100) == []


def test_records_are_got_in_the_order_asked(ledger: Ledger) -> None:
    """Also with repeats; an unknown sequence is an error that names it."""
    append(ledger, *(event(str(number)) for number in range(5)))
    records = ledger.read(after=0, limit=5)

    asked = [records[3], records[0], records[3]]
    assert ledger.get([record.sequence for record in asked]) == asked

    unknown = ledger.head() + 1
    with pytest.raises(NotFoundError, match=f"sequence {unknown}"):
        ledger.get([records[0].sequence, unknown])


def test_a_closed_ledger_refuses_to_answer(ledger: Ledger) -> None:
    """After `close` there is an error rather than an empty answer; closing again is harmless."""
    append(ledger, event("1"))
    ledger.close()
    ledger.close()

    actions: list[Callable[[], object]] = [
        lambda: append(ledger, event("2")),
        ledger.head,
        lambda: ledger.read(after=0, limit=1),
        lambda: ledger.get([1]),
        lambda: ledger.conflicts(limit=1),
        ledger.counts,
    ]
    for action in actions:
        with pytest.raises(UnavailableError, match="closed"):
            action()


def test_readers_see_a_prefix_while_events_are_appended(ledger: Ledger) -> None:
    """Whatever a reader sees is a gapless beginning of the final order, at least up to the head it asked for before."""
    calls = 40
    failures: list[str] = []
    is_done = threading.Event()

    def read_until_done() -> None:
        seen = 0
        while not is_done.is_set():
            head = ledger.head()
            sequences = [record.sequence for record in ledger.read(after=0, limit=100_000)]
            counted = ledger.counts().events
            if sequences != list(range(1, len(sequences) + 1)) or not max(seen, head) <= len(sequences) <= counted:
                failures.append(f"seen {seen}, head {head}, read {len(sequences)}, counted {counted}")
            seen = len(sequences)

    readers = [threading.Thread(target=read_until_done) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(calls):
        append(ledger, *(event(f"{number}/{position}") for position in range(25)))
    is_done.set()
    for reader in readers:
        reader.join(timeout=30)

    assert not any(reader.is_alive() for reader in readers)
    assert failures == []
    assert ledger.head() == calls * 25


class Model:
    """The contract as a dictionary keyed by the identity tuple."""

    def __init__(self) -> None:
        self.first: dict[tuple[str, str, str], Event] = {}
        self.others: dict[tuple[str, str, str], list[tuple[Event, int]]] = {}

    def append(self, given_event: Event) -> Verdict:
        """Judge one event by comparing with everything known under its identity."""
        identity = (given_event.namespace, given_event.source, given_event.id)
        first = self.first.setdefault(identity, given_event)
        if first is given_event:
            return NEW
        if same_content(first.text, given_event.text):
            return DUPLICATE
        others = self.others.setdefault(identity, [])
        for position, (other, times) in enumerate(others):
            if same_content(other.text, given_event.text):
                others[position] = (other, times + 1)
                return CONFLICT
        others.append((given_event, 1))
        return CONFLICT


@pytest.mark.parametrize("kind", KINDS)
@given(given_batches=batches, reopen_after=st.integers(0, 7))
@settings(max_examples=40)
def test_any_split_and_any_repeat_agree_with_a_dictionary(kind: str, given_batches: list[list[Event]], reopen_after: int) -> None:
    """Verdicts, stored events, conflicts and counts are those of a dictionary, whatever the batches are, across a reopening."""
    model = Model()
    with TemporaryDirectory() as folder:
        ledger = KINDS[kind](Path(folder))
        for number, batch in enumerate(given_batches):
            foretold = ledger.judge(batch)
            verdicts = append(ledger, *batch)
            assert foretold == verdicts == [model.append(given_event) for given_event in batch]
            if number == reopen_after and kind != "memory":
                ledger.close()
                ledger = KINDS[kind](Path(folder))

        stored = [(record.namespace, record.text) for record in ledger.read(after=0, limit=1000)]
        conflicts = ledger.conflicts(limit=1000)
        counts = ledger.counts()
        ledger.close()

    assert stored == [(first.namespace, first.text) for first in model.first.values()]
    assert sorted((conflict.first.text, conflict.text, conflict.times) for conflict in conflicts) == sorted(
        (model.first[identity].text, other.text, times) for identity, others in model.others.items() for other, times in others
    )
    assert counts == LedgerCounts(events=len(stored), conflicts=len(conflicts))


def test_judging_stores_nothing(ledger: Ledger) -> None:
    """New, repeated and contradicting events are judged as if they were stored, and nothing is."""
    append(ledger, event("1"))

    verdicts = ledger.judge([event("1"), event("1", data='{"n":9}'), event("2"), event("2"), event("2", data='{"n":9}')])

    assert verdicts == [DUPLICATE, CONFLICT, NEW, DUPLICATE, CONFLICT]
    assert (ledger.head(), ledger.counts(), ledger.repeats(1).duplicates) == (1, LedgerCounts(events=1, conflicts=0), 0)
    assert append(ledger, event("2")) == [NEW]


def test_an_event_is_found_by_its_identity(ledger: Ledger) -> None:
    """Each of many events is found, whichever index its identity stands in; an unknown one is not."""
    for number in range(20):
        append(ledger, event(str(number)))

    found = [ledger.find(namespace=one.namespace, source=one.source, event_id=one.id) for one in (event(str(n)) for n in range(20))]

    assert [record.sequence for record in found] == list(range(1, 21))
    with pytest.raises(NotFoundError, match="event not found: id 'nobody'"):
        ledger.find(namespace=event("1").namespace, source=event("1").source, event_id="nobody")


def test_what_came_again_is_told(ledger: Ledger) -> None:
    """Duplicates are counted and conflicts listed for the event that they repeat, in order of arrival."""
    append(ledger, event("1"), event("1"), event("2"), event("1", data='{"n":8}'), event("1", data='{"n":9}'), event("1"))

    repeats = ledger.repeats(1)

    assert repeats.duplicates == 2
    assert [conflict.text for conflict in repeats.conflicts] == [event("1", data='{"n":8}').text, event("1", data='{"n":9}').text]
    assert ledger.repeats(2).duplicates == 0
