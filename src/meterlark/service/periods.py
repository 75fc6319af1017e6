"""Closing periods: a bill is stored for ever, together with the place in the ledger up to which events were looked at.

A closed period never changes. What comes later for its time is charged in the lines of the first open period after it (`charges.py`).
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Final, NamedTuple

from meterlark.model.errors import ConflictError, InvalidInputError
from meterlark.model.time import format_time
from meterlark.service.charged import Bill, ClosedPeriod
from meterlark.service.charges import Charges
from meterlark.service.closed_periods import ClosedPeriods, Coverage
from meterlark.service.customers import CustomerEntry, Customers
from meterlark.service.principal import OPEN, Actor, Principal

REASONS_SHOWN: Final = 3
"""Uncharged entries that a refusal names; the charge itself lists all."""


class Refusal(NamedTuple):
    """A customer whose period was not closed, and why."""

    customer_id: str
    message: str


class Closing(NamedTuple):
    """What became of closing a period for all customers.

    Attributes:
        closed: Closed now, or before with the same bounds.
        refused: Not closed.
        idle: Customers without a rate card and without usage, for whom there is nothing to close.
    """

    closed: list[ClosedPeriod]
    refused: list[Refusal]
    idle: list[str]


class Periods:
    """Closes periods and finds closed ones.

    Args:
        charges: Work out what is charged.
        closed: Keeps what is closed.
        customers: Who pays.
        definitions: Held while a period is closed, so that no rate card changes between its bill and its end.
        now: The clock; aware UTC.
        new_id: Makes ULIDs.
    """

    def __init__(
        self,
        charges: Charges,
        closed: ClosedPeriods,
        customers: Customers,
        definitions: asyncio.Lock,
        *,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
    ) -> None:
        self._charges = charges
        self._closed = closed
        self._customers = customers
        self._definitions = definitions
        self._now = now
        self._new_id = new_id

    async def charge(self, id_or_key: str, start: datetime, end: datetime, *, by: Principal) -> Bill | ClosedPeriod:
        """Return the charge of a period: the stored one if exactly this period is closed, else as it stands now.

        Raises:
            NotFoundError: There is no such customer.
            InvalidInputError: The period is empty.
            ConflictError: It overlaps a closed period without being one.
            UnavailableError: The warehouse cannot answer now.
        """
        _check_bounds(start, end)
        customer = await self._customers.get(id_or_key, by=by)
        same = self._same(customer.id, start, end)
        return await self._charges.bill(customer.id, start, end) if same is None else await self._closed.get(same.id)

    async def listed(self, *, by: Principal, customer: str | None = None) -> list[Coverage]:
        """Return the closed periods of a customer, or of all that the sender may see, in the order in which they were closed.

        Raises:
            NotFoundError: There is no such customer.
        """
        only = None if customer is None else (await self._customers.get(customer, by=by)).id
        visible = {entry.id for entry in await self._customers.entries(by=by, include_deleted=True)}
        return [one for one in self._closed.coverages() if one.customer_id in visible and only in {None, one.customer_id}]

    async def get(self, period_id: str, *, by: Principal) -> ClosedPeriod:
        """Return one closed period.

        Raises:
            NotFoundError: There is none of that id that the sender may see.
        """
        period = await self._closed.get(period_id)
        if by.subjects is not None:
            await self._customers.get(period.bill.customer_id, by=by)
        return period

    async def close(self, id_or_key: str, start: datetime, end: datetime, *, accept_uncharged: bool, by: Actor) -> ClosedPeriod:
        """Close a period of one customer; closing it again changes nothing and returns the same.

        Args:
            id_or_key: The customer.
            start: First event time.
            end: First event time after it; not in the future.
            accept_uncharged: Close it although usage in it could not be charged; the period says which.
            by: For the audit log.

        Raises:
            NotFoundError: There is no such customer.
            InvalidInputError: The period is empty or has not ended.
            ConflictError: It overlaps another closed period, or usage in it could not be charged.
            UnavailableError: The warehouse cannot answer now; nothing was closed.
        """
        self._check_ended(start, end)
        customer = await self._customers.get(id_or_key, by=OPEN)
        async with self._definitions:
            same = self._same(customer.id, start, end)
            if same is not None:
                return await self._closed.get(same.id)
            bill = await self._charges.bill(customer.id, start, end)
            if bill.uncharged and not accept_uncharged:
                raise ConflictError(_uncharged_text(bill))
            return await self._keep(customer, bill, by)

    async def close_all(self, start: datetime, end: datetime, *, accept_uncharged: bool, by: Actor) -> Closing:
        """Close a period of every customer, each by itself: one that is refused keeps no other from being closed.

        Raises:
            InvalidInputError: The period is empty or has not ended.
            UnavailableError: The warehouse cannot answer now; what was closed stays so, and the call may be made again.
        """
        self._check_ended(start, end)
        closing = Closing([], [], [])
        for customer in await self._customers.entries(by=OPEN):
            async with self._definitions:
                same = self._same(customer.id, start, end)
                if same is not None:
                    closing.closed.append(await self._closed.get(same.id))
                    continue
                try:
                    bill = await self._charges.bill(customer.id, start, end)
                except ConflictError as error:
                    closing.refused.append(Refusal(customer.id, str(error)))
                    continue
                if bill.uncharged and not accept_uncharged:
                    closing.refused.append(Refusal(customer.id, _uncharged_text(bill)))
                elif bill.currency is None and not bill.uncharged:
                    closing.idle.append(customer.id)
                else:
                    closing.closed.append(await self._keep(customer, bill, by))
        return closing

    async def _keep(self, customer: CustomerEntry, bill: Bill, by: Actor) -> ClosedPeriod:
        period = ClosedPeriod(
            id=self._new_id(),
            closed_at=self._now(),
            customer_key=customer.customer.key,
            customer_name=customer.customer.name,
            bill=bill,
        )
        await self._closed.add(period, by=by)
        return period

    def _same(self, customer_id: str, start: datetime, end: datetime) -> Coverage | None:
        return next((one for one in self._closed.of(customer_id) if (one.start, one.end) == (start, end)), None)

    def _check_ended(self, start: datetime, end: datetime) -> None:
        _check_bounds(start, end)
        if end > self._now():
            raise InvalidInputError(
                f"to is {format_time(end)}, which is still to come; a period can be closed when it has ended", field="to"
            )


def _check_bounds(start: datetime, end: datetime) -> None:
    if start >= end:
        raise InvalidInputError(f"from is {format_time(start)} and to is {format_time(end)}; from must be before to", field="from")


def _uncharged_text(bill: Bill) -> str:
    shown = "; ".join(one.message for one in bill.uncharged[:REASONS_SHOWN])
    more = len(bill.uncharged) - REASONS_SHOWN
    rest = f"; and {more} more" if more > 0 else ""
    return f"not everything could be charged: {shown}{rest}; close it with acceptUncharged to leave that out"
