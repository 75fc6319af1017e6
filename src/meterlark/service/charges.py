"""The charge of a customer for a period: what it used by its rate card, and what is still to be charged for its closed periods.

A closed period is looked at again with the versions of the card that it was charged by and the events of today; the difference is in the
lines of the first open period that comes after it (`pricing.adjust`).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from meterlark.ledger.contract import Ledger
from meterlark.model.errors import ConflictError
from meterlark.model.time import format_time
from meterlark.pricing.adjust import adjust
from meterlark.pricing.charge import Charge, Uncharged, Used, charge_period
from meterlark.pricing.money import round_money, total
from meterlark.pricing.ratecard import segments
from meterlark.service.charge_changes import ChargeChanges, Looked
from meterlark.service.charge_usage import READER, ChargeUsage
from meterlark.service.charge_words import adjusting_line, own_lines
from meterlark.service.charged import Bill, ClosedPeriod, Line, Part, Span
from meterlark.service.closed_periods import ClosedPeriods, Coverage
from meterlark.service.customers import Customers
from meterlark.service.rate_card import CardVersion
from meterlark.service.rate_cards import RateCards
from meterlark.service.spans import charged_spans, clip


class _Reading(NamedTuple):
    """What a stretch of time amounts to.

    Attributes:
        charge: By pricing; None when no rate card holds.
        used: What was used in each part.
        uncharged: All that no line charges for.
    """

    charge: Charge | None
    used: list[dict[str, Used]]
    uncharged: tuple[Uncharged, ...]


class _Adjustment(NamedTuple):
    """What is still to be charged for a closed period."""

    lines: list[Line]
    uncharged: list[Uncharged]
    spans: tuple[Span, ...]


class Charges:
    """Works out charges.

    Args:
        ledger: Says up to where events are looked at.
        customers: Whose events are whose.
        rate_cards: What customers are charged by.
        closed: What was charged before.
        usage: Reads what was used.
        changes: Know for which closed periods something has come.
    """

    def __init__(
        self,
        ledger: Ledger,
        customers: Customers,
        rate_cards: RateCards,
        closed: ClosedPeriods,
        *,
        usage: ChargeUsage,
        changes: ChargeChanges,
    ) -> None:
        self._ledger = ledger
        self._customers = customers
        self._rate_cards = rate_cards
        self._closed = closed
        self._usage = usage
        self._changes = changes

    async def bill(self, customer_id: str, start: datetime, end: datetime) -> Bill:
        """Return the charge of a period `[start, end)` of which nothing is closed, as it stands now.

        The work grows with the event types, the meters of the card, the versions in the period and the closed periods for which something
        has come, not with the number of events beyond what a sum over them takes.

        Raises:
            NotFoundError: There is no such customer.
            ConflictError: It overlaps a closed period of the customer.
            UnavailableError: The warehouse cannot answer now.
        """
        assert start < end
        [share] = await self._customers.shares([customer_id], by=READER)
        own = self._closed.of(customer_id)
        overlapping = next((one for one in own if one.start < end and start < one.end), None)
        if overlapping is not None:
            bounds = f"{format_time(overlapping.start)} to {format_time(overlapping.end)}"
            raise ConflictError(f"the period overlaps the closed period {overlapping.id}, {bounds}")
        repricings, position = self._changes.repricings, self._ledger.head()
        others = self._closed.paid_by_others(customer_id, share.subjects)
        spans = charged_spans(start, end, share.subjects, others=others)
        parts, uncovered = _parts(await self._rate_cards.timeline(customer_id), start, end)
        reading = await self._read(parts, spans, upto=position)
        uncharged = list(reading.uncharged)
        if uncovered is not None:
            uncharged += await self._usage.unpaid(clip(spans, *uncovered), *uncovered, upto=position)
        lines = [] if reading.charge is None else list(own_lines(reading.charge.lines, parts, reading.used))
        currency = None if reading.charge is None else reading.charge.currency
        adjusted: dict[str, tuple[Span, ...]] = {}
        earlier = [one for one in own if one.end <= start and one.currency is not None]
        changed = await self._changed(earlier, own, share.subjects, others)
        before = [await self._closed.get(one.id) for one in own] if changed else []
        for period in before:
            if period.id not in changed:
                continue
            adjustment = await self._adjustment(period, before, changed[period.id], upto=position)
            if adjustment.lines and currency is None:
                currency = period.bill.currency
            if adjustment.lines and currency != period.bill.currency:
                uncharged.append(_other_currency(period, adjustment, currency))
                continue
            lines += adjustment.lines
            uncharged += adjustment.uncharged
            adjusted[period.id] = adjustment.spans
        numbered = tuple(msgspec.structs.replace(line, number=number) for number, line in enumerate(lines, start=1))
        exact = total(line.amount for line in numbered)
        amount = exact if currency is None else round_money(exact, currency)
        assert amount == exact, "a period and each adjustment of one were rounded by a line of their own"
        return Bill(
            customer_id=customer_id,
            start=start,
            end=end,
            position=position,
            repricings=repricings,
            currency=currency,
            lines=numbered,
            uncharged=tuple(uncharged),
            amount=amount,
            parts=tuple(parts),
            spans=spans,
            adjusted=adjusted,
        )

    async def _read(self, parts: Sequence[Part], spans: Sequence[Span], *, upto: int) -> _Reading:
        """Return what the parts of a period amount to."""
        if not parts:
            return _Reading(None, [], ())
        readings = [await self._usage.read(part, clip(spans, part.start, part.end), upto=upto) for part in parts]
        used = [reading.used for reading in readings]
        charge = charge_period([(part.start, part.end, part.version.rates) for part in parts], used)
        return _Reading(charge, used, (*charge.uncharged, *(one for reading in readings for one in reading.uncharged)))

    async def _changed(
        self, earlier: Sequence[Coverage], own: Sequence[Coverage], subjects: tuple[str, ...], others: Sequence[Span]
    ) -> dict[str, tuple[Span, ...]]:
        """Return the closed periods that must be worked out again, by id, with whose events are theirs now.

        Args:
            earlier: Those that come before the period in question.
            own: Every closed period of the customer.
            subjects: The customer's of today.
            others: What other customers were charged for.
        """
        looked = {one.id: _looked(one, own) for one in earlier}
        spans = {one.id: charged_spans(one.start, one.end, subjects, own=looked[one.id].spans, others=others) for one in earlier}
        moved = {one.id for one in earlier if spans[one.id] != looked[one.id].spans}
        came = await self._changes.of([one for one in looked.values() if one.period_id not in moved])
        return {one.id: spans[one.id] for one in earlier if one.id in moved or one.id in came}

    async def _adjustment(self, period: ClosedPeriod, known: Sequence[ClosedPeriod], spans: tuple[Span, ...], *, upto: int) -> _Adjustment:
        """Return what is still to be charged for a closed period.

        Args:
            period: The period.
            known: Every closed period of the customer: its adjustments until now are in them.
            spans: Whose events are its own now.
            upto: Last sequence number that counts.
        """
        bill = period.bill
        charged = [line for line in bill.lines if line.adjusts is None]
        charged += [line for one in known for line in one.bill.lines if line.adjusts == period.id]
        reading = await self._read(bill.parts, spans, upto=upto)
        assert reading.charge is not None, "a period with a currency has a rate card"
        lines = [adjusting_line(line, bill.parts, period_id=period.id) for line in adjust(charged, reading.charge.lines)]
        told = {one for closed in known for one in closed.bill.uncharged}
        return _Adjustment(lines, [one for one in reading.uncharged if one not in told], spans)


def _looked(period: Coverage, own: Sequence[Coverage]) -> Looked:
    """Return how a closed period was looked at last: when it was closed, or by the last bill that adjusted it."""
    last = max((one for one in own if period.id in one.adjusted), key=lambda one: one.position, default=None)
    if last is None:
        return Looked(period.id, period.spans, period.position, period.repricings)
    return Looked(period.id, last.adjusted[period.id], last.position, last.repricings)


def _parts(timeline: Sequence[CardVersion], start: datetime, end: datetime) -> tuple[list[Part], tuple[datetime, datetime] | None]:
    """Return the parts of a period by version, and the stretch before the first version, if there is any."""
    held = [version for version in timeline if version.since < end]
    if not held:
        return [], (start, end)
    first = max(start, held[0].since)
    by_since = {version.since: version for version in held}
    parts = [Part(one, other, by_since[card.since]) for one, other, card in segments([version.rates for version in held], first, end)]
    return parts, None if first == start else (start, first)


def _other_currency(period: ClosedPeriod, adjustment: _Adjustment, currency: str | None) -> Uncharged:
    bill = period.bill
    amount = total(line.amount for line in adjustment.lines)
    text = f"{amount:f} {bill.currency} are still to be charged for the closed period {period.id}; this one is in {currency}"
    return Uncharged("", bill.start, bill.end, text)
