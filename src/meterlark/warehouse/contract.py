"""What every warehouse guarantees, in terms of crash and retry.

A warehouse holds tables. A table belongs to one event type, keeps a fixed set of columns of its events, and knows its position: the
sequence number of the ledger up to which it has been filled. Rows, voids and position change together or not at all, so after a crash at
any moment the next batch begins exactly where the rows end: nothing is repeated, nothing skipped.

One caller appends (the projector); any number of threads query at the same time and see whole batches only. A question to a table that is
gone, or to a warehouse that fails, raises `UnavailableError`: the caller may choose a table anew and ask again.
"""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Literal, NamedTuple, Protocol

import msgspec

from meterlark.metering.filter import Filter
from meterlark.metering.measurement import Column
from meterlark.metering.query import Query, Row
from meterlark.metering.time_filter import TimeFilter


class TableSpec(msgspec.Struct, frozen=True):
    """Which events a table holds and what it keeps of them.

    Attributes:
        event_type: Events of this type; None holds every event, for listing.
        columns: What is kept besides sequence, time and subject, sorted; empty for the listing table, which keeps other texts instead.
        revision: Of what is derived from events: columns of derived values are valid for questions of the same revision only.
    """

    event_type: str | None
    columns: tuple[Column, ...] = ()
    revision: int = 0

    def can_serve(self, event_type: str, columns: Sequence[Column]) -> bool:
        """Tell whether a meter that needs the columns of a type can be answered from such a table."""
        return self.event_type == event_type and set(columns) <= set(self.columns)


LISTING = TableSpec(event_type=None)
"""The table of every event, whatever its type."""


class Table(msgspec.Struct, frozen=True):
    """One table as it stands.

    Attributes:
        key: Its name within the warehouse.
        spec: What it holds.
        position: Sequence number up to which the ledger has been read, inclusive; 0 before the first batch.
    """

    key: int
    spec: TableSpec
    position: int


class MeteredRow(msgspec.Struct, frozen=True, gc=False):
    """One event in a table of a type.

    Attributes:
        sequence: Place in the ledger.
        time_us: Event time, microseconds since 1970.
        subject: As sent.
        cells: One per column of the spec: a number, a text, or None where the kind allows it.
    """

    sequence: int
    time_us: int
    subject: str
    cells: tuple[int | Decimal | str | None, ...]


class ListingRow(msgspec.Struct, frozen=True, gc=False):
    """One event in the listing table.

    Attributes:
        sequence: Place in the ledger.
        time_us: Event time, microseconds since 1970.
        subject: As sent.
        type: As sent.
        id: As sent.
        received_us: Time of receipt, microseconds since 1970.
        source: As sent.
    """

    sequence: int
    time_us: int
    subject: str
    type: str
    id: str
    received_us: int
    source: str


class Place(NamedTuple):
    """Where an event stands in the order of a listing.

    Attributes:
        time_us: Event time, microseconds since 1970.
        sequence: Place in the ledger.
    """

    time_us: int
    sequence: int


class VoidedRow(NamedTuple):
    """That an event counts no more.

    Attributes:
        sequence: Place in the ledger of the event that was voided.
        by: Place in the ledger of the void, which is a later one.
    """

    sequence: int
    by: int


class Batch(msgspec.Struct, frozen=True):
    """What one stretch of the ledger changes in one table; possibly nothing but its position.

    Attributes:
        table: Key of the table.
        rows: In ascending sequence; of the kind that the table holds.
        voided: Events that count no more, whether their rows are among these or came long before. A table of a type has no rows of them
            afterwards; the listing keeps its rows and remembers which are voided.
    """

    table: int
    rows: Sequence[MeteredRow] | Sequence[ListingRow]
    voided: Sequence[VoidedRow] = ()


TextField = Literal["id", "source", "subject", "type"]
TimeField = Literal["time_us", "received_us"]


class ListingFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which events to list; None means no condition.

    Attributes:
        id_part: Part of the event's id.
        subjects: One of these whole subjects; none of them means that nothing is listed.
        start: First event time, inclusive.
        end: First event time not listed, exclusive.
        received_from: First time of receipt, inclusive.
        received_to: First time of receipt not listed, exclusive.
        after: Only events that stand behind this place, which is that of the last one of the page before.
        behind: Only events with a greater sequence number.
        texts: Further conditions on texts of the event.
        times: Further conditions on its times.
        limit: Most events returned.
    """

    id_part: str | None = None
    subjects: tuple[str, ...] | None = None
    start: dt.datetime | None = None
    end: dt.datetime | None = None
    received_from: dt.datetime | None = None
    received_to: dt.datetime | None = None
    after: Place | None = None
    behind: int | None = None
    texts: dict[TextField, Filter] = {}
    times: dict[TimeField, TimeFilter] = {}
    limit: int = 100


class Warehouse(Protocol):
    """Tables, their filling and their questions."""

    def tables(self) -> list[Table]:
        """Return every table, by key."""
        ...

    def create_table(self, spec: TableSpec) -> Table:
        """Create an empty table at position 0; durable like any batch. A second one of the same spec gets its own key."""
        ...

    def drop_table(self, key: int) -> None:
        """Remove a table; a question that runs finishes on what it began with, or raises `UnavailableError`."""
        ...

    def append(self, batches: Sequence[Batch], *, after: int, upto: int) -> None:
        """Add one stretch of the ledger to several tables and move their positions, all in one transaction.

        Args:
            batches: One per table; each table stands at `after`.
            after: Position of every table before, exclusive bound of the stretch.
            upto: Position afterwards, inclusive bound of the stretch.

        Raises:
            CorruptDataError: A table does not stand at `after`; nothing was changed.
            UnavailableError: The world failed; nothing was changed and the same call may be made again after `recover`.
        """
        ...

    def recover(self) -> None:
        """Make the warehouse usable again after `UnavailableError`, at the state of the last batch that was kept."""
        ...

    def query(self, query: Query, *, table: int) -> list[Row]:
        """Answer from a table whose spec can serve the query's meter; rows in the order of the reference.

        Raises:
            InvalidInputError: The windows span more than can be read.
        """
        ...

    def subjects(self, *, table: int, start: dt.datetime | None, end: dt.datetime | None) -> list[str]:
        """Return the distinct subjects of `[start, end)`, sorted by code point."""
        ...

    def values(
        self, column: Column, *, table: int, start: dt.datetime | None, end: dt.datetime | None, subjects: Sequence[str] | None = None
    ) -> list[str]:
        """Return the distinct texts of a group column in `[start, end)`, sorted by code point; the empty one left out.

        With `subjects` only events of one of them are looked at.
        """
        ...

    def listing(self, condition: ListingFilter, *, table: int) -> list[int]:
        """Return sequence numbers of the listing table, newest event time first, then highest sequence first."""
        ...

    def voided(self, sequences: Sequence[int], *, table: int) -> dict[int, int]:
        """Return which of some events of the listing table are voided, each with the sequence number of its void."""
        ...

    def close(self) -> None:
        """Let go of every resource; batches already appended stay."""
        ...
