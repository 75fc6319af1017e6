"""Repricing: what would change if another price version held for chosen events; worked out event by event, in exact decimals."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final

import msgspec

from meterlark.metering.filter import Filter, Operator
from meterlark.model.errors import InvalidInputError
from meterlark.model.event import Event
from meterlark.pricing.cost import Cost, price_event
from meterlark.pricing.derived import consumption_of, priced_model
from meterlark.pricing.journal import Choice, Journal
from meterlark.pricing.money import EXACT, ZERO
from meterlark.service.prices import Prices
from meterlark.service.scan import Scan, Seen
from meterlark.warehouse.contract import ListingFilter

EVENTS_MAX: Final = 10_000_000
"""Events that one repricing looks at, some five minutes of work; more are chosen in several parts, by their times."""

GROUPS_MAX: Final = 1_000
"""Lines of one breakdown that are shown, the largest changes first; how many more there are is said."""


class Change(msgspec.Struct):
    """What changes for some events.

    Attributes:
        events: Events whose cost changes.
        newly_priced: Those of them that had no cost before.
        no_longer_priced: Those of them that have none afterwards.
        before: Dollars before, of those that had a cost.
        after: Dollars afterwards, of those that have one.
    """

    events: int = 0
    newly_priced: int = 0
    no_longer_priced: int = 0
    before: Decimal = ZERO
    after: Decimal = ZERO

    def add(self, before: Decimal | None, after: Decimal | None) -> None:
        """Add one event."""
        self.events += 1
        self.newly_priced += before is None
        self.no_longer_priced += after is None
        if before is not None:
            self.before = EXACT.add(self.before, before)
        if after is not None:
            self.after = EXACT.add(self.after, after)


class Group(msgspec.Struct, frozen=True):
    """One line of a breakdown.

    Attributes:
        key: The model, customer or day.
        change: What changes for its events.
    """

    key: str
    change: Change


class Breakdown(msgspec.Struct, frozen=True):
    """The change by models, customers or days.

    Attributes:
        groups: The largest changes first; days in order.
        omitted: How many more there are.
    """

    groups: tuple[Group, ...]
    omitted: int


class Difference(msgspec.Struct, frozen=True):
    """What a repricing changes.

    Attributes:
        version: Number of the price version that would hold.
        upto: Sequence number of the last event looked at.
        chosen: Events that were chosen.
        total: The change of all of them.
        by_model: By provider and model, as `openai/gpt-4o`.
        by_customer: By the customer's id, or by the subject as `subject:…` where it is nobody's.
        by_day: By day of the event's time in UTC.
    """

    version: int
    upto: int
    chosen: int
    total: Change
    by_model: Breakdown
    by_customer: Breakdown
    by_day: Breakdown


class Comparison:
    """Compares costs at the versions that hold with those at another one.

    Args:
        prices: Books and journal.
        version: Number of the other version.
        choice: Which events.
        payer_of: Names whose usage a subject's is.
    """

    def __init__(self, prices: Prices, version: int, choice: Choice, payer_of: Callable[[str], str]) -> None:
        self._prices = prices
        self._journal: Journal = prices.journal
        self._version = version
        self._choice = choice
        self._payer_of = payer_of
        self._chosen = 0
        self._total = Change()
        self._models: dict[str, Change] = {}
        self._customers: dict[str, Change] = {}
        self._days: dict[str, Change] = {}

    async def run(self, scan: Scan, types: Sequence[str], *, upto: int) -> Difference:
        """Read the events of some types and return the difference.

        Raises:
            InvalidInputError: More than `EVENTS_MAX` events are chosen.
            UnavailableError: It cannot be told now.
        """
        choice = self._choice
        condition = ListingFilter(
            start=choice.start,
            end=choice.end,
            subjects=None if choice.subjects is None else tuple(sorted(choice.subjects)),
            texts={"type": Filter(Operator.IN, tuple(types))},
            limit=EVENTS_MAX + 1,
        )
        if types:
            await scan.run(lambda seen: self._compare_all(seen, upto), condition)
        return Difference(
            self._version,
            upto,
            self._chosen,
            self._total,
            _largest_first(self._models),
            _largest_first(self._customers),
            Breakdown(tuple(Group(day, self._days[day]) for day in sorted(self._days)[:GROUPS_MAX]), max(0, len(self._days) - GROUPS_MAX)),
        )

    def _compare_all(self, seen: Iterator[Seen], upto: int) -> None:
        for count, one in enumerate(seen, 1):
            if count > EVENTS_MAX:
                raise InvalidInputError(f"more than {EVENTS_MAX} events are chosen; name a shorter time, and others next", field="from")
            if one.record.sequence <= upto and not one.is_voided:
                self._compare(one.event, one.record.sequence)

    def _compare(self, event: Event, sequence: int) -> None:
        used = consumption_of(event)
        if not self._choice.has(event.subject, used):
            return
        self._chosen += 1
        number = self._journal.version_of(sequence, event.subject, used)
        if number == self._version:
            return
        old, new = (price_event(self._prices.book(one), used) for one in (number, self._version))
        before, after = _amount(old), _amount(new)
        if before == after:
            return
        model = f"{used.provider.lower()}/{priced_model(used, new)}"
        for groups, key in ((self._models, model), (self._customers, self._payer_of(event.subject)), (self._days, f"{used.at:%Y-%m-%d}")):
            groups.setdefault(key, Change()).add(before, after)
        self._total.add(before, after)


def _amount(cost: Cost) -> Decimal | None:
    return cost.amount if cost.is_complete else None


def _largest_first(changes: Mapping[str, Change]) -> Breakdown:
    ordered = sorted(changes.items(), key=lambda pair: (-abs(pair[1].after - pair[1].before), -pair[1].events, pair[0]))
    return Breakdown(tuple(Group(key, change) for key, change in ordered[:GROUPS_MAX]), max(0, len(ordered) - GROUPS_MAX))
