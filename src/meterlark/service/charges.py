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
from meterlark.pricing.money import total
from meterlark.pricing.ratecard import segments
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
    """

    def __init__(self, ledger: Ledger, customers: Customers, rate_cards: RateCards, closed: ClosedPeriods, usage: ChargeUsage) -> None:
        self._ledger = ledger
        self._customers = customers
        self._rate_cards = rate_cards
        self._closed = closed
        self._usage = usage

    async def bill(self, customer_id: str, start: datetime, end: datetime) -> Bill:
        """Return the charge of a period `[start, end)` of which nothing is closed, as it stands now.

        The work grows with the event types, the meters of the card, the versions in the period and the customer's closed periods, not with
        the number of events beyond what a sum over them takes.

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
        position = self._ledger.head()
        others = [span for one in self._closed.coverages() if one.customer_id != customer_id for span in _covered(one)]
        spans = charged_spans(start, end, share.subjects, others=others)
        parts, uncovered = _parts(await self._rate_cards.timeline(customer_id), start, end)
        reading = await self._read(parts, spans, upto=position)
        uncharged = list(reading.uncharged)
        if uncovered is not None:
            uncharged += await self._usage.unpaid(clip(spans, *uncovered), *uncovered, upto=position)
        lines = [] if reading.charge is None else list(own_lines(reading.charge.lines, parts, reading.used))
        currency = None if reading.charge is None else reading.charge.currency
        adjusted: dict[str, tuple[Span, ...]] = {}
        before = [await self._closed.get(one.id) for one in own]
        for period in before:
            if period.bill.end > start or period.bill.currency is None:
                continue
            adjustment = await self._adjustment(period, before, share.subjects, others, upto=position)
            if adjustment.lines and currency is None:
                currency = period.bill.currency
            if adjustment.lines and currency != period.bill.currency:
                uncharged.append(_other_currency(period, adjustment, currency))
                continue
            lines += adjustment.lines
            uncharged += adjustment.uncharged
            adjusted[period.id] = adjustment.spans
        numbered = tuple(msgspec.structs.replace(line, number=number) for number, line in enumerate(lines, start=1))
        amount = total(line.amount for line in numbered)
        return Bill(
            customer_id=customer_id,
            start=start,
            end=end,
            position=position,
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

    async def _adjustment(
        self, period: ClosedPeriod, known: Sequence[ClosedPeriod], subjects: tuple[str, ...], others: Sequence[Span], *, upto: int
    ) -> _Adjustment:
        """Return what is still to be charged for a closed period.

        Args:
            period: The period.
            known: Every closed period of the customer: its adjustments until now are in them.
            subjects: The customer's of today.
            others: What other customers were charged for.
            upto: Last sequence number that counts.
        """
        bill = period.bill
        charged = [line for line in bill.lines if line.adjusts is None]
        charged += [line for one in known for line in one.bill.lines if line.adjusts == period.id]
        owned = [*bill.spans, *(span for one in known for span in one.bill.adjusted.get(period.id, ()))]
        spans = charged_spans(bill.start, bill.end, subjects, own=owned, others=others)
        reading = await self._read(bill.parts, spans, upto=upto)
        assert reading.charge is not None, "a period with a currency has a rate card"
        lines = [
            adjusting_line(line, bill.parts, period_id=period.id, start=bill.start, end=bill.end)
            for line in adjust(charged, reading.charge.lines)
        ]
        told = {one for closed in known for one in closed.bill.uncharged}
        return _Adjustment(lines, [one for one in reading.uncharged if one not in told], spans)


def _covered(one: Coverage) -> list[Span]:
    return [*one.spans, *(span for spans in one.adjusted.values() for span in spans)]


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
