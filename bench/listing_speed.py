"""What does a page of events cost? The newest, one in the middle of the history, and the same of one customer.

Events come in nearly by time: each up to a minute late, from customers of very different sizes. They reach the listing table through the
warehouse's own `append`; every page is compared with what plain Python finds before anything is timed.
"""

import argparse
import itertools
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

from harness import Report, WrongAnswerError, time_in_turns

from meterlark.warehouse.contract import LISTING, Batch, ListingFilter, ListingRow, Place
from meterlark.warehouse.duckdb import DuckDBWarehouse

PAGE: Final = 100
PAGE_MS_MAX: Final = 20
BATCH: Final = 10_000
START_US: Final = 1_767_225_600_000_000
"""2026-01-01T00:00:00Z."""

GAP_US: Final = 777_600
"""Between two events: 10 M of them in 90 days."""

LATE_US: Final = 60_000_000
CUSTOMERS: Final = 10_000
LARGE, SMALL = "customer-500", "customer-9999"


def mixed(number: int) -> int:
    """Return 64 bits that look random and are the same in every run (splitmix64)."""
    number = (number + 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
    number = ((number ^ (number >> 30)) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
    number = ((number ^ (number >> 27)) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
    return number ^ (number >> 31)


def row(sequence: int) -> ListingRow:
    """Return one event."""
    bits = mixed(sequence)
    time_us = START_US + sequence * GAP_US
    share = (bits >> 32) % 1_000_003 / 1_000_003
    subject = f"customer-{int(share**3 * CUSTOMERS)}"
    return ListingRow(
        sequence, time_us - bits % LATE_US, subject, "llm.usage", f"chatcmpl-{bits:032x}", time_us, "https://api.openai.com/v1"
    )


def fill(warehouse: DuckDBWarehouse, events: int) -> int:
    """Append the events; return the table."""
    key = warehouse.create_table(LISTING).key
    for after in range(0, events, BATCH):
        upto = min(after + BATCH, events)
        warehouse.append([Batch(key, [row(number) for number in range(after + 1, upto + 1)])], after=after, upto=upto)
    return key


def expected(events: int, condition: ListingFilter) -> list[int]:
    """Find a page by looking at every event, newest first; one may be as late as `LATE_US`."""

    def matching() -> Iterator[tuple[int, int]]:
        for number in range(events, 0, -1):
            one = row(number)
            if condition.subjects is not None and one.subject not in condition.subjects:
                continue
            if condition.after is None or (one.time_us, one.sequence) < condition.after:
                yield one.time_us, one.sequence

    found = list(itertools.islice(matching(), condition.limit + 2 * LATE_US // GAP_US))
    return [sequence for _, sequence in sorted(found, reverse=True)[: condition.limit]]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    middle = row(options.events // 2)
    place = Place(middle.time_us, middle.sequence)
    pages = {
        "newest": ListingFilter(limit=PAGE),
        "middle": ListingFilter(limit=PAGE, after=place),
        "newest of a large customer": ListingFilter(limit=PAGE, subjects=(LARGE,)),
        "middle of a large customer": ListingFilter(limit=PAGE, subjects=(LARGE,), after=place),
        "newest of a small customer": ListingFilter(limit=PAGE, subjects=(SMALL,)),
        "middle of a small customer": ListingFilter(limit=PAGE, subjects=(SMALL,), after=place),
    }
    with tempfile.TemporaryDirectory() as folder:
        warehouse = DuckDBWarehouse.open(Path(folder) / "warehouse.duckdb")
        before = time.perf_counter()
        key = fill(warehouse, options.events)
        print(f"{options.events} events appended in {time.perf_counter() - before:.0f} s")
        works: dict[str, Callable[[], object]] = {}
        for name, condition in pages.items():
            if warehouse.listing(condition, table=key) != expected(options.events, condition):
                raise WrongAnswerError(name)
            works[name] = partial(warehouse.listing, condition, table=key)
        timings = time_in_turns(works, rounds=options.rounds)
        warehouse.close()
    report = Report(f"What does a page of {PAGE} of {options.events} events cost?", ("page", "CPU ms", "wall ms"))
    for name, timing in timings.items():
        report.add(name, timing.cpu_ms, timing.wall_ms)
        report.claim(f"a page, {name}, ms", timing.wall_ms, at_most=PAGE_MS_MAX)
    report.finish("listing_speed")


if __name__ == "__main__":
    main()
