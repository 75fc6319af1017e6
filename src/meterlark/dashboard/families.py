"""The sets of preset meters: tokens and requests of one event type each. They count different events, so a page shows one of them."""

import asyncio
from collections.abc import Sequence
from decimal import Decimal
from typing import Final, Literal, NamedTuple

from meterlark.config import LITELLM_EVENT_TYPE, LLM_EVENT_TYPE, OPENAI_EVENT_TYPE
from meterlark.dashboard.period import Period
from meterlark.dashboard.question import Question
from meterlark.dashboard.series import totals
from meterlark.metering.query import SUBJECTS_MAX
from meterlark.server.operation import Call

FAMILIES: Final = {"llm": LLM_EVENT_TYPE, "openai": OPENAI_EVENT_TYPE, "litellm": LITELLM_EVENT_TYPE}
"""Event type by what the slugs begin with."""

ENDS: Final = ("total_tokens", "requests", "input_tokens", "output_tokens")
"""What the slugs of a whole set end with."""

Family = Literal["llm", "openai", "litellm"]


class Source(NamedTuple):
    """A set of meters with usage.

    Attributes:
        family: What its slugs begin with.
        event_type: What it counts.
        requests: How many of these there are in the period.
    """

    family: str
    event_type: str
    requests: Decimal


def has_cost(call: Call, family: str) -> bool:
    """Tell whether a set has a meter of cost: what its events name can be priced."""
    return any(meter.slug == f"{family}_cost" for meter in call.services.meters.live())


async def sources(
    call: Call, period: Period, *, subjects: tuple[str, ...] = (), customers: tuple[str, ...] = ()
) -> tuple[list[Source], list[str]]:
    """Return the whole sets that have usage in a period, the most used first; and the names of all whole sets."""
    slugs = {entry.meter.slug for entry in await call.services.meters.entries()}
    whole = [family for family in FAMILIES if {f"{family}_{end}" for end in ENDS} <= slugs]
    counts = await asyncio.gather(*(_count(call, family, period, subjects, customers) for family in whole))
    found = [Source(family, FAMILIES[family], count) for family, count in zip(whole, counts, strict=True) if count]
    return sorted(found, key=lambda source: -source.requests), whole


async def costs_of(call: Call, family: str, period: Period, subjects: Sequence[str]) -> dict[str, Decimal]:
    """Return what some subjects cost in a period; those without a cost are missing.

    Few are asked for by name: of ten thousand, nearly all the time goes into rows that nobody looks at.
    """
    if not subjects:
        return {}
    few = tuple(subjects) if len(subjects) <= SUBJECTS_MAX else ()
    question = Question(meter=f"{family}_cost", start=period.start, end=period.end, group_by=("subject",), subjects=few)
    return totals(await question.answer(call), "subject")


async def _count(call: Call, family: str, period: Period, subjects: tuple[str, ...], customers: tuple[str, ...]) -> Decimal:
    question = Question(meter=f"{family}_requests", start=period.start, end=period.end, subjects=subjects, customers=customers)
    return sum((row.value for row in await question.answer(call)), Decimal(0))
