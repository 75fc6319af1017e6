"""The count of usage without a price for metrics and health: never a reason for a scrape to wait long or to fail."""

import asyncio
from typing import cast
from unittest.mock import patch

from prices import AT

from meterlark.metering.meter import Meter, define_meter
from meterlark.metering.query import Query, Row
from meterlark.metering.window import Window
from meterlark.model.errors import UnavailableError
from meterlark.service import unpriced
from meterlark.service.principal import Principal
from meterlark.service.query import Queries
from meterlark.service.unpriced import ALARM_SECONDS, UnpricedCount, UnpricedUsage

COST = define_meter(slug="cost", event_type="t", aggregation="SUM", value_property="$.meterlark.cost")


class Answers:
    """Answers with so many events, or fails, or not at all; remembers how often it was asked."""

    def __init__(self, events: int | None, *, is_slow: bool = False) -> None:
        self.events = events
        self.is_slow = is_slow
        self.asked = 0

    async def run(self, _query: Query, *, by: Principal) -> list[Row]:  # noqa: ARG002 - as `Queries` calls it
        """Answer a question."""
        self.asked += 1
        if self.is_slow:
            await asyncio.Event().wait()
        if self.events is None:
            raise UnavailableError("the warehouse fails")
        groups = dict.fromkeys(("provider", "model", "tier", "unpriced"), "x")
        return [Row(Window(AT, AT), None, groups, self.events)]  # type: ignore[arg-type]


def usage_of(answers: Answers, times: list[float], meters: list[Meter] | None = None) -> UnpricedUsage:
    """Return what is tested; each look at the clock takes the next time."""
    return UnpricedUsage(cast("Queries", answers), lambda: [COST] if meters is None else meters, clock=lambda: times.pop(0))


def counts(usage: UnpricedUsage, number: int) -> list[UnpricedCount | None]:
    """Return what several scrapes get."""

    async def scrape() -> list[UnpricedCount | None]:
        return [await usage.count() for _ in range(number)]

    return asyncio.run(scrape())


def test_a_count_is_given_again_for_a_while() -> None:
    """Then it is counted anew."""
    answers = Answers(3)
    assert counts(usage_of(answers, [0, ALARM_SECONDS - 1, ALARM_SECONDS]), 3) == [UnpricedCount(3, 1)] * 3
    assert answers.asked == 2


def test_while_the_warehouse_fails_the_count_before_stays() -> None:
    """It is not 0."""
    answers = Answers(3)
    usage = usage_of(answers, [0, ALARM_SECONDS])
    assert counts(usage, 1) == [UnpricedCount(3, 1)]
    answers.events = None
    assert counts(usage, 1) == [UnpricedCount(3, 1)]


def test_a_count_that_never_was_is_not_known() -> None:
    """And is asked for again at once."""
    answers = Answers(None)
    assert counts(usage_of(answers, [0, 1]), 2) == [None, None]
    assert answers.asked == 2


def test_a_scrape_does_not_wait_for_a_slow_warehouse() -> None:
    """Not beyond the bound."""
    with patch.object(unpriced, "ALARM_WAIT_SECONDS", 0):
        assert counts(usage_of(Answers(3, is_slow=True), [0]), 1) == [None]


def test_where_no_meter_asks_for_cost_nothing_is_unpriced() -> None:
    """And nothing is asked."""
    answers = Answers(3)
    assert counts(usage_of(answers, [0], meters=[]), 1) == [UnpricedCount(0, 0)]
    assert answers.asked == 0
