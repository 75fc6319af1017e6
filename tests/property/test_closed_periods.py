"""What is charged over any series of events, voids and closings, compared with a plain calculation in fractions."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple

import pytest
from api import Api, event, running_api
from hypothesis import given, settings
from hypothesis import strategies as st

from meterlark.pricing.adjust import adjust
from meterlark.pricing.charge import ChargeLine
from meterlark.service import charges
from meterlark.service.charged import Span
from meterlark.service.spans import charged_spans

STARTS = [datetime(2026, month, 1, tzinfo=UTC) for month in range(1, 7)]
PERIODS = list(pairwise(STARTS))
LAST = len(PERIODS) - 1
CHANGE = datetime(2026, 2, 15, tzinfo=UTC)
"""Where the second version of the card begins, in the middle of a period."""

FIRST_STEPS = ((1000, "0.0033", "0"), (None, "0.0017", "0.503"))
LATER_STEPS = ((500, "0.0041", "0"), (2000, "0.0029", "0.1"), (None, "0.0007", "0"))
PACKAGE, PACKAGE_PRICE, FLAT, MINIMUM = 3, "0.101", "1.005", 4


class Step(NamedTuple):
    """One thing that happens: an event comes, the n-th event is voided, or a period is closed."""

    kind: str
    period: int
    day: int
    tokens: int


steps = st.lists(
    st.builds(
        Step, st.sampled_from(["event", "event", "void", "close"]), st.integers(0, LAST - 1), st.integers(0, 27), st.integers(0, 2500)
    ),
    max_size=25,
)


def card(steps: Iterable[tuple[int | None, str, str]], since: datetime) -> dict[str, Any]:
    """Return a version of the card: steps, packages, a flat amount and a minimum."""
    rows = [{"upTo": up_to, "price": price, "fee": fee} for up_to, price, fee in steps]
    items = [
        {"key": "tokens", "meter": "openai_total_tokens", "rate": {"type": "graduated", "steps": rows}},
        {"key": "requests", "meter": "openai_requests", "rate": {"type": "package", "size": PACKAGE, "price": PACKAGE_PRICE}},
        {"key": "base", "rate": {"type": "flat", "amount": FLAT}},
    ]
    return {"key": "k", "currency": "USD", "since": since.isoformat(), "items": items, "minimum": MINIMUM}


def owed(events: Iterable[tuple[datetime, int]], start: datetime, end: datetime) -> Fraction:
    """Return what a period costs when every event is there in time, in the plainest words."""
    exact = Fraction(FLAT)
    for steps, first, last in ((FIRST_STEPS, start, min(end, CHANGE)), (LATER_STEPS, max(start, CHANGE), end)):
        tokens = [number for at, number in events if first <= at < last]
        begun = 0
        for up_to, price, fee in steps:
            within = (sum(tokens) if up_to is None else min(sum(tokens), up_to)) - begun
            if within > 0:
                exact += within * Fraction(price) + Fraction(fee)
                begun += within
        exact += -(-len(tokens) // PACKAGE) * Fraction(PACKAGE_PRICE)
    return round(max(exact, Fraction(MINIMUM)), 2)  # Python rounds fractions half to even


def close(api: Api, number: int) -> Any:
    """Close a period and return it."""
    start, end = PERIODS[number]
    body = {"customer": "acme", "from": start.isoformat(), "to": end.isoformat()}
    [closed] = api.create("/api/v1/periods/close", body)["closed"]
    return api.get(f"/api/v1/periods/{closed['id']}")


def check(series: list[Step]) -> None:
    """Let a series happen, close what is still open, and compare what was charged in all with what is owed."""
    with running_api() as api:
        api.create("/api/v1/customers", {"name": "Acme", "key": "acme"})
        for version in (card(FIRST_STEPS, STARTS[0]), card(LATER_STEPS, CHANGE)):
            api.put("/api/v1/customers/acme/rate-card", version)
        events: dict[str, tuple[datetime, int]] = {}
        closed: dict[int, Any] = {}
        for position, step in enumerate(series):
            if step.kind == "event":
                at = STARTS[step.period] + timedelta(days=step.day)
                api.ingest(event(f"{position}", "acme", tokens=step.tokens, time=at.isoformat()))
                events[f"{position}"] = (at, step.tokens)
            elif step.kind == "void" and events:
                name = sorted(events)[step.tokens % len(events)]
                api.create("/api/v1/events/void", {"id": name, "source": "test", "reason": "a mistake"})
                del events[name]
            elif step.kind == "close":
                closed.setdefault(step.period, close(api, step.period))
        for number in (*sorted(set(range(LAST)) - set(closed)), LAST):
            closed[number] = close(api, number)
        for number, period in closed.items():
            assert api.get(f"/api/v1/periods/{period['closed']}") == close(api, number) == period
            assert sum(Decimal(str(line["amount"])) for line in period["lines"]) == Decimal(str(period["amount"]))
            assert sum(line["kind"] == "rounding" and "adjusts" not in line for line in period["lines"]) <= 1
            assert period["uncharged"] == []
        charged = sum(Fraction(str(period["amount"])) for period in closed.values())
        assert charged == sum(owed(events.values(), start, end) for start, end in PERIODS)


@given(steps)
@settings(max_examples=40, deadline=None)
def test_in_all_is_charged_what_is_owed(series: list[Step]) -> None:
    """To the last digit, whenever events come, are voided and periods are closed; and no closed period ever changes."""
    check(series)


def _forgets_what_was_adjusted(charged: Iterable[Any], now: Iterable[ChargeLine]) -> list[ChargeLine]:
    """Compare with the closed period alone: an adjustment is charged again by each later period."""
    return adjust([line for line in charged if line.adjusts is None], now)


def _forgets_late_events(_charged: Iterable[Any], _now: Iterable[ChargeLine]) -> list[ChargeLine]:
    """Charge nothing for what comes after a period is closed."""
    return []


@pytest.mark.parametrize("broken", [_forgets_what_was_adjusted, _forgets_late_events])
def test_the_comparison_finds_what_is_wrong(monkeypatch: pytest.MonkeyPatch, broken: Callable[..., list[ChargeLine]]) -> None:
    """A charge that counts late events twice, or not at all, does not pass it."""
    monkeypatch.setattr(charges, "adjust", broken)

    late = [Step("close", 0, 0, 0), Step("event", 0, 3, 2500), Step("close", 1, 0, 0), Step("event", 4, 1, 9)]

    with pytest.raises(AssertionError):
        check(late)


TEXTS = ["a", "b", "c"]
moves = st.lists(
    st.tuples(
        st.sampled_from(["one", "two"]), st.integers(0, 8), st.integers(1, 4), st.dictionaries(st.sampled_from(TEXTS), st.booleans())
    ),
    max_size=8,
)


@given(moves)
def test_no_moment_of_a_subject_is_paid_for_twice(series: list[tuple[str, int, int, dict[str, bool]]]) -> None:
    """Whichever customer has a subject when, and whoever closes which period: each instant of it is charged to one customer."""
    at = [STARTS[0] + timedelta(days=day) for day in range(13)]
    covered: dict[str, list[Span]] = {"one": [], "two": []}
    for customer, first, length, owners in series:
        mine = [subject for subject in TEXTS if owners.get(subject, False) is (customer == "one")]
        other = "two" if customer == "one" else "one"
        before = {(day, subject) for day in range(12) for subject in _paid(covered[customer], at[day])}

        spans = charged_spans(at[first], at[first + length], mine, own=covered[customer], others=covered[other])
        covered[customer] += spans

        for day in range(12):
            assert not _paid(covered["one"], at[day]) & _paid(covered["two"], at[day])
            if first <= day < first + length:
                assert set(mine) <= _paid(covered["one"], at[day]) | _paid(covered["two"], at[day])
        assert before <= {(day, subject) for day in range(12) for subject in _paid(covered[customer], at[day])}


def _paid(spans: list[Span], moment: datetime) -> set[str]:
    return {subject for span in spans if span.start <= moment < span.end for subject in span.subjects}
