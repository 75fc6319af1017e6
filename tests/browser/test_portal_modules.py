"""The element's arithmetic and calendar agree with Python's, which the server uses."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal, localcontext
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from browsing import Visit
from playwright.sync_api import Browser, Page
from running_server import RunningServer

from meterlark.metering.window import Calendar, WindowSize

SEED = 20261125
ZONES = ("UTC", "America/New_York", "Europe/Berlin", "Asia/Kathmandu", "America/Sao_Paulo", "Asia/Beirut", "Pacific/Apia", "Africa/Cairo")


@pytest.fixture(scope="module")
def page(chromium: Browser, empty_server: RunningServer) -> Iterator[Page]:
    """Open a page that may load the modules."""
    visit = Visit(chromium)
    yield visit.open(f"{empty_server.url}/portal")
    visit.close()


def call(page: Page, module: str, function: str, calls: list[list[Any]]) -> list[Any]:
    """Return what a function of a module gives for each list of arguments."""
    script = f"async calls => {{ const module = await import('/portal/{module}.js'); return calls.map(one => module.{function}(...one)); }}"
    answers: list[Any] = page.evaluate(script, calls)
    return answers


def figures(count: int) -> list[str]:
    """Return texts of figures as the server may write them: long, short, negative, with exponents."""
    chance = random.Random(SEED)
    plain = [
        f"{chance.choice(['', '-'])}{chance.randrange(10 ** chance.randrange(1, 38))}.{chance.randrange(10 ** chance.randrange(1, 18))}"
        for _ in range(count)
    ]
    return [*plain, "0", "-0", "0.000", "1E+3", "-2.50e-7", "1000000", "999.999"]


def plain(value: Decimal) -> str:
    """Return a decimal without exponent and without zeros at the end."""
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def test_sums_are_exact(page: Page) -> None:
    """Of figures of any length."""
    chance = random.Random(SEED)
    texts = figures(200)
    lists = [chance.sample(texts, chance.randrange(12)) for _ in range(200)]
    with localcontext(prec=200):
        expected = [plain(sum(map(Decimal, one), Decimal(0))) for one in lists]

    assert call(page, "decimal", "sum", [[one] for one in lists]) == expected


def test_figures_are_written_with_all_their_digits(page: Page) -> None:
    """In groups of three."""
    with localcontext(prec=200):
        expected = [f"{Decimal(plain(Decimal(text))):,f}" for text in figures(200)]
    assert call(page, "decimal", "figure", [[text] for text in figures(200)]) == expected


def test_shares_are_rounded_once_half_away_from_zero(page: Page) -> None:
    """To one digit after the point; of nothing there is none."""
    calls = [["1", "3"], ["2", "3"], ["1", "2000"], ["-1", "2000"], ["0.15", "100"], ["5", "5"], ["0", "7"], ["1", "0"], ["1", "-4"]]
    expected = ["33.3 %", "66.7 %", "0.1 %", "-0.1 %", "0.2 %", "100.0 %", "0.0 %", "\N{EN DASH}", "-25.0 %"]
    assert call(page, "decimal", "share", calls) == expected


def test_figures_are_compared_by_value(page: Page) -> None:
    """Not by text and not as numbers of JavaScript."""
    texts = figures(100)
    calls = [[one, other] for one, other in zip(texts, reversed(texts), strict=True)] + [
        ["1.0", "1"],
        ["9007199254740993", "9007199254740992"],
    ]
    expected = [(Decimal(one) > Decimal(other)) - (Decimal(one) < Decimal(other)) for one, other in calls]
    assert call(page, "decimal", "compare", calls) == expected


@pytest.mark.parametrize("zone", ZONES)
def test_days_begin_as_the_servers_windows_do(page: Page, zone: str) -> None:
    """Where clocks change at midnight, too, and where a day never was."""
    days = [datetime(2011, 12, 1, tzinfo=UTC) + timedelta(days=5.3 * number) for number in range(600)]
    days += [datetime(2026, month, day, 12, tzinfo=UTC) for month in (3, 4, 10, 11) for day in range(1, 31)]
    calendar = Calendar(WindowSize.DAY, ZoneInfo(zone), start=min(days), end=max(days))
    windows = [calendar.window_of(calendar.bucket_of(int(day.timestamp()) * 1_000_000)) for day in days]
    script = """async ([zone, instants]) => { const { startOf, dateOf } = await import('/portal/zone.js');
        return instants.map(ms => startOf(dateOf(new Date(ms), zone), zone).getTime()); }"""

    starts = page.evaluate(script, [zone, [int(day.timestamp()) * 1000 for day in days]])

    assert [datetime.fromtimestamp(ms / 1000, UTC) for ms in starts] == [window.start for window in windows]


def test_periods_are_whole_days_of_the_zone(page: Page) -> None:
    """At ten in the evening in New York it is tomorrow in UTC."""
    script = """async ([name, zone, now]) => { const { periodOf } = await import('/portal/zone.js');
        const { from, to } = periodOf(name, zone, new Date(now)); return [from.toISOString(), to?.toISOString() ?? null]; }"""
    now = "2026-03-31T02:00:00Z"
    asked = {
        ("month", "America/New_York"): ["2026-03-01T05:00:00.000Z", None],
        ("last-month", "America/New_York"): ["2026-02-01T05:00:00.000Z", "2026-03-01T05:00:00.000Z"],
        ("7-days", "America/New_York"): ["2026-03-24T04:00:00.000Z", None],
        ("30-days", "UTC"): ["2026-03-02T00:00:00.000Z", None],
    }
    assert {key: page.evaluate(script, [*key, now]) for key in asked} == asked
