"""What a meter would say of events that are stored already, before it is saved."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Final

import msgspec

from meterlark.metering.aggregation import State, finish, merge_all, state_of
from meterlark.metering.filter import Filter, Operator
from meterlark.metering.meter import Meter
from meterlark.model.event import Event
from meterlark.service.cost import Costs
from meterlark.service.explain import Reading, read_by_meters
from meterlark.service.principal import Principal
from meterlark.service.scan import Scan, Seen
from meterlark.warehouse.contract import ListingFilter

READ_MAX: Final = 50_000
"""Events that one back-test reads, about 1 s of work."""

EXAMPLES_MAX: Final = 5
"""Events shown of each outcome."""

OUTCOMES_MAX: Final = 20
"""Reasons told apart; a reason may quote the value, so a fault of the sender may have as many as there are events."""


class Example(msgspec.Struct, frozen=True):
    """One event and what the meter made of it."""

    event: Event
    reading: Reading


class Outcome(msgspec.Struct, frozen=True):
    """Events that the meter would treat alike.

    Attributes:
        reason: Why it could not read them; None for those it measured.
        events: How many.
        examples: The newest of them.
    """

    reason: str | None
    events: int
    examples: list[Example]


class BacktestResult(msgspec.Struct, frozen=True, kw_only=True):
    """What the meter would say.

    Attributes:
        value: Its usage over what was read; None when there is nothing to take it of.
        read: Events of its type that were read, newest first.
        is_complete: Whether that is every event asked for; if not, the value is that of the newest `READ_MAX`.
        earliest: Event time of the earliest one read; None when there was none.
        measured: Those that it would count.
        unmeasured: Those that it would not, by reason, the most frequent first.
        others: Events of further reasons, beyond `OUTCOMES_MAX`.
    """

    value: Decimal | None
    read: int
    is_complete: bool
    earliest: datetime | None
    measured: Outcome
    unmeasured: list[Outcome]
    others: int


class Backtest:
    """Tries meters on stored events.

    Args:
        scan: Reads events.
        costs: Works out costs.
    """

    def __init__(self, scan: Scan, costs: Costs) -> None:
        self._scan = scan
        self._costs = costs

    async def run(self, meter: Meter, *, start: datetime | None, end: datetime | None, by: Principal) -> BacktestResult:
        """Read the newest events of a meter's type in `[start, end)` that the sender may see, as the meter would.

        Raises:
            UnavailableError: It cannot be told now.
        """
        condition = ListingFilter(
            start=start,
            end=end,
            subjects=by.visible_subjects(None),
            texts={"type": Filter(Operator.EQ, (meter.event_type,))},
            limit=READ_MAX + 1,
        )
        return await self._scan.run(lambda seen: _try(meter, seen, self._costs), condition)


def _try(meter: Meter, seen: Iterator[Seen], costs: Costs) -> BacktestResult:
    states: list[State] = []
    counts: Counter[str | None] = Counter()
    examples: dict[str | None, list[Example]] = {}
    read = 0
    earliest: datetime | None = None
    is_complete = True
    for one in seen:
        if read == READ_MAX:
            is_complete = False
            break
        read += 1
        earliest = one.event.time
        [reading] = read_by_meters(one.event, [meter], costs, sequence=one.record.sequence, is_voided=one.is_voided)
        counts[reading.reason] += 1
        if counts[reading.reason] <= EXAMPLES_MAX:
            examples.setdefault(reading.reason, []).append(Example(one.event, reading))
        if reading.reason is None:
            states.append(state_of(meter.aggregation, reading.value, time_us=one.record.time_us, sequence=one.record.sequence))
    outcomes = [Outcome(reason, events, examples[reason]) for reason, events in counts.most_common() if reason is not None]
    return BacktestResult(
        value=finish(meter.aggregation, merge_all(states)),
        read=read,
        is_complete=is_complete,
        earliest=earliest,
        measured=Outcome(None, len(states), examples.get(None, [])),
        unmeasured=outcomes[:OUTCOMES_MAX],
        others=sum(outcome.events for outcome in outcomes[OUTCOMES_MAX:]),
    )
