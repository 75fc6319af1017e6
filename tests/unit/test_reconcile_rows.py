"""Differences between a provider's totals and ours: each is found, and each has the cause that made it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from meterlark.capture.foreign.openai_organization import Result
from meterlark.cli.reconcile_rows import Amounts, Cause, Difference, Export, Place, compare_costs, compare_usage, read_export

DAY = date(2026, 11, 10)
START = datetime(2026, 11, 10, tzinfo=UTC)
NOW = datetime(2026, 12, 1, tzinfo=UTC)
MODEL = "gpt-4o-2024-08-06"


def result(
    *, requests: int = 10, tokens: tuple[int, int] = (100, 50), model: str | None = MODEL, day: int = 0, hours: int = 24, **more: Any
) -> Result:
    """Return a result of a bucket that begins at a midnight."""
    start = START + timedelta(days=day)
    row = {"object": "organization.usage.completions.result", "num_model_requests": requests, "model": model}
    return Result(start, start + timedelta(hours=hours), row | {"input_tokens": tokens[0], "output_tokens": tokens[1]} | more)


def cost(amount: str, line: str = f"{MODEL}, input") -> Result:
    """Return a result of the costs."""
    row = {"object": "organization.costs.result", "amount": {"value": Decimal(amount), "currency": "usd"}, "line_item": line}
    return Result(START, START + timedelta(days=1), row)


def ours(
    requests: int = 10, tokens: tuple[int, int] = (100, 50), *, model: str = MODEL, day: int = 0, unreported: int = 0
) -> dict[Place, Amounts]:
    """Return what is metered here on one day."""
    return {(DAY + timedelta(days=day), MODEL): Amounts(10, 100, 50, unreported_tokens=unreported)}


def causes(found: list[Difference]) -> set[Cause]:
    """Return the causes of differences."""
    return {one.cause for one in found}


def test_equal_sides_have_no_difference() -> None:
    """Also when the provider splits a day into hours, keys and projects."""
    parts = [result(requests=5, tokens=(50, 25), project_id=one) for one in ("a", "b")]

    assert compare_usage(read_export(parts), ours(), now=NOW) == []


def test_each_figure_that_differs_is_told_with_both_sides() -> None:
    """And the difference is theirs less ours."""
    found = compare_usage(read_export([result(requests=12, tokens=(130, 50))]), ours(), now=NOW)

    figures = [(one.what, one.theirs, one.ours, one.difference) for one in found]
    assert figures == [
        ("requests", Decimal(12), Decimal(10), Decimal(2)),
        ("input_tokens", Decimal(130), Decimal(100), Decimal(30)),
    ]


@pytest.mark.parametrize(
    ("export", "here", "now", "expected"),
    [
        ([result(requests=12)], ours(), START + timedelta(hours=20), Cause.TIME_RANGE),
        ([result(requests=4, hours=12)], ours(), NOW, Cause.TIME_RANGE),
        ([result(requests=9), result(requests=11, day=1)], ours() | ours(day=1), NOW, Cause.TIME_RANGE),
        ([result(model="gpt-4o")], ours(), NOW, Cause.NAME),
        ([result(tokens=(100, 40))], ours(unreported=60), NOW, Cause.CATEGORY),
        ([result(tokens=(150, 50), input_cached_tokens=50)], ours(), NOW, Cause.CATEGORY),
        ([result(requests=12, tokens=(120, 60))], ours(), NOW, Cause.MISSING),
        ([result(requests=8, tokens=(80, 40))], ours(), NOW, Cause.EXTRA),
        ([result(model="other")], {}, NOW, Cause.MISSING),
    ],
    ids=[
        "the day is not over",
        "half of the day is exported",
        "an exchange around midnight",
        "an alias instead of a snapshot",
        "counted here",
        "cached tokens",
        "not metered here",
        "not of this organisation",
        "a model that is unknown here",
    ],
)
def test_a_difference_has_the_cause_that_made_it(export: list[Result], here: dict[Place, Amounts], now: datetime, expected: Cause) -> None:
    """One cause for all figures of the day and model."""
    found = compare_usage(read_export(export), here, now=now)

    assert causes(found) == {expected}
    assert all(one.why for one in found)


def test_two_models_that_only_begin_alike_are_not_one() -> None:
    """A mini model is no snapshot of the large one."""
    found = compare_usage(read_export([result(model="gpt-4o-mini")]), ours(), now=NOW)

    assert Cause.NAME not in causes(found)


def test_costs_of_a_model_are_added_over_its_lines() -> None:
    """Input and output are lines of their own; noise of floats is no difference."""
    export = read_export([result(), cost("0.1"), cost("0.20000000000000001", f"{MODEL}, output")])

    assert compare_costs(export, {(DAY, MODEL): Decimal("0.3")}, [], now=NOW) == []


@pytest.mark.parametrize(
    ("line", "here", "usage", "expected"),
    [
        (f"{MODEL}, input", {(DAY, MODEL): Decimal("0.2")}, False, Cause.PRICE),
        (f"{MODEL}, input", {(DAY, MODEL): Decimal("0.2")}, True, Cause.MISSING),
        ("web search tool calls", {}, False, Cause.CATEGORY),
        (f"{MODEL}, input", {}, False, Cause.PRICE),
        (f"{MODEL}, input", None, False, Cause.PRICE),
    ],
    ids=["another price", "follows the usage", "no model", "no price here", "nothing measured here"],
)
def test_a_difference_of_costs_has_a_cause(line: str, here: dict[Place, Decimal] | None, usage: bool, expected: Cause) -> None:  # noqa: FBT001
    """That of the usage, where the usage differs."""
    export = read_export([result(requests=12 if usage else 10), cost("0.3", line)])
    differences = compare_usage(export, ours(), now=NOW)

    found = compare_costs(export, here, differences, now=NOW)

    assert causes(found) == {expected}


def test_what_has_no_model_is_listed_as_not_compared() -> None:
    """By kind; a usage without a model is found out."""
    other = Result(START, START + timedelta(days=1), {"object": "organization.usage.vector_stores.result", "usage_bytes": 5})

    assert read_export([other]).others == {"usage.vector_stores": 1}
    assert read_export([result(model=None)]).has_unnamed
    assert not Export().has_unnamed
