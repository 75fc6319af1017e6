"""What a ledger promises, in terms of crash and retry.

1. **Durable.** When `append` returns, every event of the call survives kill -9 and a power cut.
2. **All or nothing.** One call is one transaction: after a crash or an error either all of its new events are there or none is.
3. **Once.** Whatever is repeated, in one call, in many, after a crash, a year later: an identity (namespace, source, id) is stored once.
   The first one wins for ever; no time window.
4. **Retry is safe.** A call that raised or was never answered may be sent again; afterwards each of its events is stored exactly once.
5. **Ordered.** Each new event gets a sequence greater than all before. A record, once visible, never changes, moves or disappears, and no
   record appears later with a smaller sequence; so a reader that remembers one number misses nothing.
6. **A conflict is kept.** Same identity, other content: the first stays the event, the other text is kept beside it and listed. That the
   same content came again is counted.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import msgspec

from meterlark.model.event import Event, decode_accepted
from meterlark.model.time import from_microseconds


class Verdict(StrEnum):
    """What became of one event."""

    NEW = "new"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"


class Record(msgspec.Struct, frozen=True, gc=False):
    """One stored event.

    Attributes:
        sequence: Place in the order of the ledger, from 1.
        namespace: Isolation boundary of all data.
        time_us: Event time, microseconds since 1970.
        received_us: When it was accepted, microseconds since 1970.
        text: The event's JSON, verbatim.
    """

    sequence: int
    namespace: str
    time_us: int
    received_us: int
    text: bytes

    @property
    def time(self) -> datetime:
        """Event time, aware UTC."""
        return from_microseconds(self.time_us)

    @property
    def received_at(self) -> datetime:
        """When it was accepted, aware UTC."""
        return from_microseconds(self.received_us)

    def event(self) -> Event:
        """Decode the text; the event's time is the stored one, also where the text carries none.

        Raises:
            CorruptDataError: The text was changed after it was accepted.
        """
        return decode_accepted(self.text, namespace=self.namespace, time=self.time)


class Conflict(msgspec.Struct, frozen=True):
    """Another content that came under the identity of a stored event.

    Attributes:
        first: The event that counts.
        text: The other content, verbatim as it came first.
        received_at: When this other content came first, aware UTC.
        times: How often this other content (as JSON values) came, from 1.
    """

    first: Record
    text: bytes
    received_at: datetime
    times: int


class Repeats(msgspec.Struct, frozen=True):
    """What came again under the identity of a stored event.

    Attributes:
        duplicates: How often the same content came after the first time.
        conflicts: Other contents, in the order of their first arrival.
    """

    duplicates: int
    conflicts: tuple[Conflict, ...]


class LedgerCounts(msgspec.Struct, frozen=True):
    """Exact sizes.

    Attributes:
        events: Stored events.
        conflicts: Distinct (event, other content) pairs; what `Ledger.conflicts` lists.
    """

    events: int
    conflicts: int


class Ledger(Protocol):
    """The truth about which events were accepted. `append` one thread at a time; everything else from any thread, also meanwhile."""

    def append(self, events: Sequence[Event], *, received_at: datetime) -> list[Verdict]:
        """Store what is new; blocks until it is durable.

        Args:
            events: In the order they shall have; an identity may stand in it more than once.
            received_at: When they were accepted, aware UTC.

        Returns:
            One verdict per event, in the order of the events.

        Raises:
            UnavailableError: Disk full or I/O error; nothing is acknowledged, and the same call may be made again (promise 4).
        """
        ...

    def judge(self, events: Sequence[Event]) -> list[Verdict]:
        """Return what `append` would answer now, and store nothing. Called like `append`.

        Raises:
            UnavailableError: It cannot be told now.
        """
        ...

    def find(self, *, namespace: str, source: str, event_id: str) -> Record:
        """Return the record of an identity.

        Raises:
            NotFoundError: No event has it.
        """
        ...

    def repeats(self, sequence: int) -> Repeats:
        """Return what came again under the identity of the record with this sequence."""
        ...

    def head(self) -> int:
        """Return the sequence of the newest record, 0 when there is none; covers every `append` that has returned. Does not block.

        A `read` at the same time may already see the records of an `append` that is about to return.
        """
        ...

    def read(self, *, after: int, limit: int, upto: int | None = None) -> list[Record]:
        """Return the first `limit` records with `after < sequence <= upto`, ascending; gaps in the sequence are allowed."""
        ...

    def get(self, sequences: Sequence[int]) -> list[Record]:
        """Return the records of these sequences, in the order asked.

        Raises:
            NotFoundError: No record has one of them.
        """
        ...

    def conflicts(self, *, limit: int) -> list[Conflict]:
        """Return conflicts, newest first (by the first arrival of the other content)."""
        ...

    def counts(self) -> LedgerCounts:
        """Return the exact sizes, at the cost of an index look-up."""
        ...

    def close(self) -> None:
        """Release files and threads; what was acknowledged stays. A second call does nothing; any other call afterwards is an error."""
        ...
