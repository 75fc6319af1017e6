"""What the warehouse keeps of stored events: a row in each table concerned, and which events count no more."""

from collections.abc import Sequence
from itertools import repeat
from typing import Any, NamedTuple, Protocol

from meterlark.ledger.contract import Ledger, Record
from meterlark.metering.measurement import DERIVED, is_derived, read_column
from meterlark.model.errors import CorruptDataError, NotFoundError
from meterlark.model.event import Event
from meterlark.model.void import VOID_TYPE, read_void
from meterlark.warehouse.contract import ListingRow, MeteredRow, TableSpec, VoidedRow

Pairs = Sequence[tuple[Record, Event]]
"""Events, each as stored and as decoded, in ascending sequence."""


class Deriver(Protocol):
    """Derives from stored events what meters see of them beside their data: cost."""

    @property
    def revision(self) -> int:
        """How often what was derived before has changed: tables of an older revision are filled anew."""
        ...

    def derive_all(self, events: Pairs) -> list[dict[str, Any]]:
        """Return what is derived from each event; the same for ever as long as the revision is the same."""
        ...


class NothingDerived:
    """Derives nothing: for a projector without prices."""

    revision = 0

    def derive_all(self, events: Pairs) -> list[dict[str, Any]]:
        """Return nothing for each event."""
        return [{} for _ in events]


class VoidedEvent(NamedTuple):
    """An event that counts no more.

    Attributes:
        type: Its type, which says whose tables hold it.
        row: Its place and that of its void.
    """

    type: str
    row: VoidedRow


def has_derived(spec: TableSpec) -> bool:
    """Tell whether a table keeps anything that is derived."""
    return any(is_derived(column.path) for column in spec.columns)


def read_rows(spec: TableSpec, pairs: Pairs, deriver: Deriver) -> list[MeteredRow] | list[ListingRow]:
    """Read what a table keeps of some events, each given as stored and as decoded; events of other types are left out."""
    if spec.event_type is None:
        return [
            ListingRow(record.sequence, record.time_us, event.subject, event.type, event.id, record.received_us, event.source)
            for record, event in pairs
        ]
    concerned = [pair for pair in pairs if pair[1].type == spec.event_type]
    payloads = [event.data or {} for _, event in concerned]
    derived = [{DERIVED: one} for one in deriver.derive_all(concerned)] if has_derived(spec) else []
    columns = [read_column(column, derived if is_derived(column.path) else payloads) for column in spec.columns]
    # Without columns, as for a lone COUNT, `zip` would give no row at all.
    cells = zip(*columns, strict=True) if columns else repeat(())
    return [MeteredRow(record.sequence, record.time_us, event.subject, one) for (record, event), one in zip(concerned, cells, strict=False)]


def read_voids(pairs: Pairs, ledger: Ledger) -> list[VoidedEvent]:
    """Return the events that the voids among some events take out of every count.

    Raises:
        CorruptDataError: A void names no event before it.
    """
    return [_voided(record, event, ledger) for record, event in pairs if event.type == VOID_TYPE]


def voided_rows(spec: TableSpec, voids: Sequence[VoidedEvent]) -> list[VoidedRow]:
    """Return the voids that concern a table."""
    return [void.row for void in voids if spec.event_type in (None, void.type)]


def _voided(record: Record, event: Event, ledger: Ledger) -> VoidedEvent:
    name = read_void(event).event
    try:
        target = ledger.find(namespace=record.namespace, source=name.source, event_id=name.id)
    except NotFoundError as error:
        raise CorruptDataError(f"event {record.sequence} voids an event that is not stored: {name}") from error
    if target.sequence >= record.sequence:
        raise CorruptDataError(f"event {record.sequence} voids event {target.sequence}, which is not before it")
    return VoidedEvent(target.event().type, VoidedRow(target.sequence, record.sequence))
