"""Stored events, listed with what each meter made of them."""

import asyncio
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Final

import msgspec

from meterlark.ledger.contract import Conflict, Ledger, Record
from meterlark.metering.meter import Meter
from meterlark.model.errors import InvalidInputError
from meterlark.model.event import RESERVED_PREFIX, Event
from meterlark.service.cost import Costs
from meterlark.service.customers import Customers, Share
from meterlark.service.explain import problems_of, read_by_meters
from meterlark.service.principal import Principal
from meterlark.service.project import Projector
from meterlark.service.query import WAIT_SECONDS_MAX
from meterlark.service.voids import Voiding, read_voiding
from meterlark.warehouse.contract import LISTING, ListingFilter, Warehouse

CONFLICTS_SCANNED_MAX: Final = 10_000
"""Newest conflicts that are looked through for those that a key bound to subjects may see."""
SUBJECTS_MAX: Final = 10_000
"""Subjects that one listing looks for; each is bound into the engine's question."""


class ListedEvent(msgspec.Struct, frozen=True):
    """One stored event and why it was not measured.

    Attributes:
        event: Parsed.
        record: As the ledger keeps it, with its verbatim text.
        problems: One line for each reason; empty when every meter of its type measured it for a customer.
        customer_id: Whose usage it is, if that is anybody whom the sender may know of.
        voiding: By whom, when and why it was voided; None when it counts.
    """

    event: Event
    record: Record
    problems: tuple[str, ...]
    customer_id: str | None = None
    voiding: Voiding | None = None


class Events:
    """Lists stored events.

    Args:
        ledger: Holds the texts.
        projector: Knows how far the listing table is.
        warehouse: Finds which events are asked for.
        meters: Gives the live meters.
        customers: Know whose usage an event is.
        costs: Works out costs.
    """

    def __init__(
        self,
        ledger: Ledger,
        projector: Projector,
        warehouse: Warehouse,
        meters: Callable[[], list[Meter]],
        customers: Customers,
        *,
        costs: Costs,
    ) -> None:
        self._ledger = ledger
        self._projector = projector
        self._warehouse = warehouse
        self._meters = meters
        self._customers = customers
        self._costs = costs

    async def listed(self, condition: ListingFilter, *, by: Principal, customers: Sequence[str] = ()) -> list[ListedEvent]:
        """Return the events asked for that the sender may see, newest event time first, then highest sequence first.

        Args:
            condition: Which events.
            by: Who asks.
            customers: Ids; only their events. None of them means no such condition.

        Raises:
            InvalidInputError: The customers have too many subjects.
            NotFoundError: A customer is unknown.
            ForbiddenError: A subject was asked for that the sender may not see.
            UnavailableError: The warehouse cannot answer now.
        """
        if customers:
            condition = _of_customers(condition, await self._customers.shares(customers, by=by))
        visible = msgspec.structs.replace(condition, subjects=by.visible_subjects(condition.subjects))
        return await asyncio.to_thread(self._listed, visible, by)

    async def conflicts(self, *, limit: int, by: Principal) -> list[Conflict]:
        """Return other contents that came under the identity of an event that the sender may see, newest first."""
        conflicts = await asyncio.to_thread(self._ledger.conflicts, limit=limit if by.subjects is None else CONFLICTS_SCANNED_MAX)
        if by.subjects is None:
            return conflicts
        visible = (conflict for conflict in conflicts if conflict.first.event().subject in by.subjects)
        return list(islice(visible, limit))

    def _listed(self, condition: ListingFilter, by: Principal) -> list[ListedEvent]:
        table = self._projector.wait_for_table(LISTING, timeout_seconds=WAIT_SECONDS_MAX)
        sequences = self._warehouse.listing(condition, table=table.key)
        meters = self._meters()
        voidings = self._voidings(sequences, table.key)
        listed: list[ListedEvent] = []
        for record in self._ledger.get(sequences):
            event = record.event()
            voiding = voidings.get(record.sequence)
            readings = read_by_meters(event, meters, self._costs, sequence=record.sequence, is_voided=voiding is not None)
            problems = problems_of(event, readings)
            if self._is_nobodys(event):
                problems = (*problems, f"no customer found for event subject: {event.subject}")
            customer = self._customers.visible_customer_of(event.subject, by=by)
            listed.append(ListedEvent(event, record, problems, None if customer is None else customer.id, voiding))
        return listed

    def _is_nobodys(self, event: Event) -> bool:
        if self._customers.is_empty or event.type.startswith(RESERVED_PREFIX):
            return False
        return self._customers.customer_of(event.subject) is None

    def _voidings(self, sequences: Sequence[int], table: int) -> dict[int, Voiding]:
        """Return the voids of those events that are voided, by the event's place in the ledger."""
        voided = self._warehouse.voided(sequences, table=table)
        return dict(zip(voided, map(read_voiding, self._ledger.get(list(voided.values()))), strict=True))


def _of_customers(condition: ListingFilter, shares: Sequence[Share]) -> ListingFilter:
    """Return the condition with the customers' subjects, or those of them that were asked for."""
    subjects = {subject for share in shares for subject in share.subjects}
    if condition.subjects is not None:
        subjects.intersection_update(condition.subjects)
    if len(subjects) > SUBJECTS_MAX:
        raise InvalidInputError(
            f"the customers have {len(subjects)} subjects; at most {SUBJECTS_MAX} can be listed at once", field="customerId"
        )
    return msgspec.structs.replace(condition, subjects=tuple(sorted(subjects)))
