"""What does a page of events cost? The newest, one in the middle of the history, and the same of one customer; and a page of the live tail.

Events come in nearly by time: each up to a minute late, from customers of very different sizes. They reach the listing table through the
warehouse's own `append`; every page is compared with what plain Python finds before anything is timed. Whole pages are those of the use
cases, with the events read from a ledger of the same size, decoded and measured by every preset meter. Needs 0.6 GB a million events.
"""

import argparse
import itertools
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final, cast

from harness import Report, WrongAnswerError, time_in_turns
from ledger_growth import prefill

from meterlark.app import new_id, now
from meterlark.catalog.memory import MemoryCatalog
from meterlark.config import preset_meters
from meterlark.ledger.sqlite import SQLiteLedger
from meterlark.price_files import read_bundled_documents
from meterlark.pricing.journal import Origin
from meterlark.service.cost import Costs
from meterlark.service.customers import Customers
from meterlark.service.events import Events, ListedEvent
from meterlark.service.prices import Prices
from meterlark.service.principal import OPEN
from meterlark.service.tail import PAGE_EVENTS, Tail
from meterlark.warehouse.contract import LISTING, Batch, ListingFilter, ListingRow, Place, Table, TableSpec
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


class Filled:
    """Stands for the projector: the listing table is there and has read everything."""

    def __init__(self, table: int, events: int) -> None:
        self._table = Table(table, LISTING, events)

    def wait_for_table(self, spec: TableSpec, *, timeout_seconds: float) -> Table:
        """Return at once."""
        assert spec == LISTING
        assert timeout_seconds > 0
        return self._table


def whole_pages(
    ledger: SQLiteLedger, warehouse: DuckDBWarehouse, *, table: int, events: int, lists: dict[str, ListingFilter]
) -> dict[str, Callable[[], list[ListedEvent]]]:
    """Return the work of the use cases that list and follow events."""
    meters = list(preset_meters())
    customers = Customers(MemoryCatalog(), now=now, new_id=new_id)
    costs = Costs(Prices(MemoryCatalog(), [(Origin.BUNDLED, one) for one in read_bundled_documents()], head=ledger.head(), now=now))
    listing = Events(ledger, cast("Any", Filled(table, events)), warehouse, lambda: meters, customers, costs=costs)
    tail = Tail(ledger, cast("Any", None), lambda: meters, costs)

    def tail_page(after: int) -> list[ListedEvent]:
        return tail._shown(ledger.read(after=after, limit=PAGE_EVENTS), None, None)

    works: dict[str, Callable[[], list[ListedEvent]]] = {
        f"whole, {name}": partial(listing._listed, condition, OPEN) for name, condition in lists.items()
    }
    works["tail, newest"] = partial(tail_page, events - PAGE_EVENTS)
    works["tail, middle"] = partial(tail_page, events // 2)
    return works


def require_sequences(name: str, found: list[int], expected: list[int]) -> None:
    """Compare a page with what plain Python found.

    Raises:
        WrongAnswerError: They differ.
    """
    if found != expected:
        raise WrongAnswerError(f"{name}: {found[:5]}..., expected {expected[:5]}...")


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
        before = time.perf_counter()
        prefill(Path(folder), options.events)
        ledger = SQLiteLedger.open(Path(folder))
        print(f"and stored in {time.perf_counter() - before:.0f} s")
        wholes = whole_pages(ledger, warehouse, table=key, events=options.events, lists=pages)
        tails = {"tail, newest": options.events - PAGE_EVENTS, "tail, middle": options.events // 2}
        for name, after in tails.items():
            require_sequences(name, [one.record.sequence for one in wholes[name]()], list(range(after + 1, after + PAGE_EVENTS + 1)))
        works: dict[str, Callable[[], object]] = {**wholes}
        for name, condition in pages.items():
            right = expected(options.events, condition)
            require_sequences(name, warehouse.listing(condition, table=key), right)
            require_sequences(f"whole, {name}", [one.record.sequence for one in wholes[f"whole, {name}"]()], right)
            works[name] = partial(warehouse.listing, condition, table=key)
        timings = time_in_turns(works, rounds=options.rounds)
        ledger.close()
        warehouse.close()
    report = Report(f"What does a page of {PAGE} of {options.events} events cost?", ("page", "CPU ms", "wall ms"))
    for name, timing in timings.items():
        report.add(name, timing.cpu_ms, timing.wall_ms)
        report.claim(f"a page, {name}, ms", timing.wall_ms, at_most=PAGE_MS_MAX)
    report.finish("listing_speed")


if __name__ == "__main__":
    main()
