import errno
import time
from collections import deque
from pathlib import Path

import pytest

from meterlark.sdk.outbox import BATCH_BYTES_MAX, Batch, Marker, Outbox
from meterlark.sdk.spool import Spool
from meterlark.sdk.stats import Counters


class Disk(Spool):
    """A spool whose disk may be full."""

    is_full = False

    def append(self, event: bytes) -> None:
        """Refuse, if full."""
        if self.is_full:
            raise OSError(errno.ENOSPC, "No space left on device")
        super().append(event)


class Rig:
    """An outbox with what it needs.

    Args:
        folder: Of its spool; None for memory alone.
        batch_events_max: As the outbox's.
    """

    def __init__(self, folder: Path | None, *, batch_events_max: int = 3) -> None:
        self.disk = Disk(folder, bytes_max=1_000_000) if folder is not None else None
        self.counters = Counters()
        self.permits: deque[None] = deque()
        self.outbox = Outbox(
            self.disk, permits=self.permits, counters=self.counters, batch_events_max=batch_events_max, batch_wait_seconds=0.0
        )

    def append(self, *events: bytes) -> None:
        """Append events."""
        for event in events:
            self.outbox.append(event)

    def batch(self) -> Batch:
        """Return the next batch, which must be there."""
        batch = self.outbox.next_batch()
        assert batch is not None
        return batch

    def drain(self) -> list[bytes]:
        """Settle everything and return it."""
        events: list[bytes] = []
        self.outbox.mark(Marker(is_last=True))
        while (batch := self.outbox.next_batch()) is not None:
            events += batch.events
            self.outbox.settle(batch, len(batch.events))
        return events


@pytest.fixture(params=["disk", "memory"])
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Rig:
    """Give both kinds."""
    return Rig(tmp_path if request.param == "disk" else None)


def test_events_leave_in_order_and_in_batches(rig: Rig) -> None:
    """What is not settled comes again."""
    rig.append(b"1", b"2", b"3", b"4")
    batch = rig.batch()
    assert batch == Batch([b"1", b"2", b"3"], is_recovered=False)
    rig.outbox.settle(batch, 1)
    rig.append(b"5")
    assert rig.drain() == [b"2", b"3", b"4", b"5"]
    assert len(rig.permits) == 5, "each event gave its permit back"


def test_a_batch_has_a_bound_in_bytes(rig: Rig) -> None:
    """A larger event goes alone."""
    rig.append(b"a" * (BATCH_BYTES_MAX + 1), b"b", b"c" * BATCH_BYTES_MAX)
    sizes = []
    rig.outbox.mark(Marker(is_last=True))
    while (batch := rig.outbox.next_batch()) is not None:
        sizes.append([len(event) for event in batch.events])
        rig.outbox.settle(batch, len(batch.events))
    assert sizes == [[BATCH_BYTES_MAX + 1], [1], [BATCH_BYTES_MAX]]


def test_a_marker_passes_when_what_was_before_it_is_settled(rig: Rig) -> None:
    """Not earlier, and not later."""
    rig.append(b"1", b"2")
    marker = Marker()
    rig.outbox.mark(marker)
    rig.append(b"3")
    batch = rig.batch()
    rig.outbox.settle(batch, 1)
    assert not marker.passed.is_set()
    rig.outbox.settle(batch, 1)
    assert marker.passed.is_set()


def test_what_a_full_disk_refuses_waits_in_memory_and_moves_later(tmp_path: Path) -> None:
    """Also while it is being sent; the order stays, and memory is free again."""
    rig = Rig(tmp_path)
    assert rig.disk is not None
    rig.append(b"1")
    rig.disk.is_full = True
    rig.append(b"2", b"3")
    assert (rig.outbox.spooled(), len(rig.permits)) == (1, 1)
    assert "No space" in rig.counters.last_error
    batch = rig.batch()
    assert batch.events == [b"1"]
    rig.outbox.settle(batch, 1)
    from_memory = rig.batch()
    assert from_memory.events == [b"2", b"3"]
    rig.disk.is_full = False
    rig.append(b"4")
    assert (rig.outbox.spooled(), len(rig.permits)) == (3, 4)
    rig.outbox.settle(from_memory, 2)
    assert rig.drain() == [b"4"]


def test_at_the_end_memory_is_lost_and_counted_and_the_disk_is_left(tmp_path: Path) -> None:
    """For the next process."""
    rig = Rig(tmp_path)
    assert rig.disk is not None
    rig.append(b"1", b"2")
    rig.disk.is_full = True
    rig.append(b"3")
    rig.outbox.give_up_at = time.monotonic()
    rig.outbox.mark(Marker(is_last=True))
    assert rig.outbox.next_batch() is None
    rig.outbox.close()
    stats = rig.counters.stats(queued=0, spooled=rig.outbox.spooled())
    assert (stats.spooled, stats.dropped) == (2, 1)

    other = Rig(tmp_path)
    other.append(b"4")
    assert other.batch() == Batch([b"4"], is_recovered=False)


def test_events_of_an_ended_process_are_taken_over(tmp_path: Path) -> None:
    """Marked as such, and their file is removed when they are settled."""
    ended = Rig(tmp_path)
    ended.append(b"1", b"2")
    ended.outbox.release()

    rig = Rig(tmp_path)
    batch = rig.batch()
    assert batch == Batch([b"1", b"2"], is_recovered=True)
    assert rig.outbox.adopted() == 2
    rig.outbox.settle(batch, 2)
    assert rig.outbox.adopted() == 0
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_spool_is_counted_and_does_not_stop_the_rest(tmp_path: Path) -> None:
    """Nor does a flush wait for what is lost."""
    rig = Rig(tmp_path)
    rig.append(b"1", b"2")
    marker = Marker()
    rig.outbox.mark(marker)
    path = next(tmp_path.iterdir())
    path.write_bytes(path.read_bytes()[:40].ljust(path.stat().st_size, b"?"))
    assert rig.drain() == []
    assert marker.passed.is_set()
    assert rig.counters.stats(queued=0, spooled=0).dropped == 2
