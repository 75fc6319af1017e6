"""The ledger in plain dictionaries: for tests and for trying things out. Durable only as long as the process lives."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from threading import Lock

from meterlark.ledger.content import content_digest
from meterlark.ledger.contract import Conflict, LedgerCounts, Record, Repeats, Verdict
from meterlark.model.errors import NotFoundError, UnavailableError
from meterlark.model.event import Event, same_content
from meterlark.model.time import to_microseconds


class MemoryLedger:
    """A ledger without a disk; see `contract.Ledger`."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._records: list[Record] = []
        self._sequences: dict[tuple[str, str, str], int] = {}
        self._conflicts: dict[tuple[int, bytes], Conflict] = {}
        self._duplicates: Counter[int] = Counter()
        self._is_closed = False

    def append(self, events: Sequence[Event], *, received_at: datetime) -> list[Verdict]:
        """Store what is new. See `contract.Ledger.append`."""
        with self._lock:
            self._check_open()
            return [self._append_one(event, received_at) for event in events]

    def judge(self, events: Sequence[Event]) -> list[Verdict]:
        """Return what `append` would answer. See `contract.Ledger.judge`."""
        with self._lock:
            self._check_open()
            seen: dict[tuple[str, str, str], bytes] = {}
            return [self._judge_one(event, seen) for event in events]

    def find(self, *, namespace: str, source: str, event_id: str) -> Record:
        """Return the record of an identity. See `contract.Ledger.find`."""
        self._check_open()
        sequence = self._sequences.get((namespace, source, event_id))
        if sequence is None:
            raise NotFoundError(f"event not found: id {event_id[:80]!r} of source {source[:80]!r}")
        return self._records[sequence - 1]

    def repeats(self, sequence: int) -> Repeats:
        """Return what came again. See `contract.Ledger.repeats`."""
        with self._lock:
            self._check_open()
            conflicts = tuple(conflict for (first, _), conflict in self._conflicts.items() if first == sequence)
            return Repeats(self._duplicates[sequence], conflicts)

    def head(self) -> int:
        """Return the newest sequence. See `contract.Ledger.head`."""
        self._check_open()
        return len(self._records)

    def read(self, *, after: int, limit: int, upto: int | None = None) -> list[Record]:
        """Return records in order. See `contract.Ledger.read`."""
        self._check_open()
        start = max(after, 0)
        end = start + limit if upto is None else min(start + limit, upto)
        return self._records[start : max(end, start)]

    def get(self, sequences: Sequence[int]) -> list[Record]:
        """Return records by sequence. See `contract.Ledger.get`."""
        self._check_open()
        unknown = [sequence for sequence in sequences if not 1 <= sequence <= len(self._records)]
        if unknown:
            raise NotFoundError(f"the ledger has no record with sequence {unknown[0]}")
        return [self._records[sequence - 1] for sequence in sequences]

    def conflicts(self, *, limit: int) -> list[Conflict]:
        """Return conflicts, newest first. See `contract.Ledger.conflicts`."""
        with self._lock:
            self._check_open()
            return list(reversed(self._conflicts.values()))[:limit]

    def counts(self) -> LedgerCounts:
        """Return the exact sizes. See `contract.Ledger.counts`."""
        self._check_open()
        return LedgerCounts(events=len(self._records), conflicts=len(self._conflicts))

    def close(self) -> None:
        """Forget everything. See `contract.Ledger.close`."""
        self._is_closed = True

    def _append_one(self, event: Event, received_at: datetime) -> Verdict:
        sequence = len(self._records) + 1
        first_sequence = self._sequences.setdefault((event.namespace, event.source, event.id), sequence)
        if first_sequence == sequence:
            self._records.append(Record(sequence, event.namespace, to_microseconds(event.time), to_microseconds(received_at), event.text))
            return Verdict.NEW
        first = self._records[first_sequence - 1]
        if same_content(first.text, event.text):
            self._duplicates[first_sequence] += 1
            return Verdict.DUPLICATE
        key = (first_sequence, content_digest(event.text))
        known = self._conflicts.get(key, Conflict(first, event.text, received_at, times=0))
        self._conflicts[key] = Conflict(first, known.text, known.received_at, known.times + 1)
        return Verdict.CONFLICT

    def _judge_one(self, event: Event, seen: dict[tuple[str, str, str], bytes]) -> Verdict:
        identity = (event.namespace, event.source, event.id)
        sequence = self._sequences.get(identity)
        if sequence is None and identity not in seen:
            seen[identity] = event.text
            return Verdict.NEW
        first = seen[identity] if sequence is None else self._records[sequence - 1].text
        return Verdict.DUPLICATE if same_content(first, event.text) else Verdict.CONFLICT

    def _check_open(self) -> None:
        if self._is_closed:
            raise UnavailableError("the ledger is closed")
