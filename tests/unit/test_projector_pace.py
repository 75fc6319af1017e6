"""When the projector begins a batch: at once for a question or a full batch, after a moment otherwise."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from threading import Event as Signal

import pytest

from meterlark.ledger.memory import MemoryLedger
from meterlark.model.event import decode_event
from meterlark.service import project
from meterlark.service.project import Projector
from meterlark.warehouse.contract import LISTING, Batch
from meterlark.warehouse.memory import MemoryWarehouse

AT = datetime(2026, 11, 24, tzinfo=UTC)
FOREVER_SECONDS = 3_600.0
PATIENCE_SECONDS = 30.0


class SignallingWarehouse(MemoryWarehouse):
    """Tells when something was appended."""

    def __init__(self) -> None:
        super().__init__()
        self.appended = Signal()

    def append(self, batches: Sequence[Batch], *, after: int, upto: int) -> None:
        """Append, then tell."""
        super().append(batches, after=after, upto=upto)
        self.appended.set()


class Running:
    """A projector at work, and what it works on."""

    def __init__(self) -> None:
        self.ledger = MemoryLedger()
        self.warehouse = SignallingWarehouse()
        self.projector = Projector(self.ledger, self.warehouse)
        self.projector.start([])

    def accept(self, count: int) -> None:
        """Put events into the ledger and announce them."""
        text = b'{"specversion":"1.0","id":"%d","source":"s","type":"t","subject":"c"}'
        events = [decode_event(text % number, namespace="default", received_at=AT) for number in range(count)]
        self.ledger.append(events, received_at=AT)
        self.projector.announce(self.ledger.head())


@pytest.fixture
def running() -> Iterator[Running]:
    """Stop the projector in the end."""
    made = Running()
    yield made
    made.projector.close()


def test_a_question_is_not_kept_waiting(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long new events may linger, a question that needs them has them projected at once."""
    monkeypatch.setattr(project, "LINGER_SECONDS", FOREVER_SECONDS)
    running.accept(1)

    assert running.projector.wait_for_table(LISTING, timeout_seconds=PATIENCE_SECONDS).position == 1


def test_a_full_batch_does_not_linger(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many events as a batch takes are projected at once, though nobody asks."""
    monkeypatch.setattr(project, "LINGER_SECONDS", FOREVER_SECONDS)
    monkeypatch.setattr(project, "BATCH_EVENTS_MAX", 3)
    running.accept(3)

    assert running.warehouse.appended.wait(PATIENCE_SECONDS)


def test_a_lone_event_is_projected_after_a_moment(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """An event that nobody asks for and that no other follows is projected all the same."""
    monkeypatch.setattr(project, "LINGER_SECONDS", 0.01)
    running.accept(1)

    assert running.warehouse.appended.wait(PATIENCE_SECONDS)
