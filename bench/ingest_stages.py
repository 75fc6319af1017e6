"""Where does the cost of an event go? Decoding, deciding and storing in the ledger, syncing, projecting: each stage added to the last.

No HTTP: the bodies of requests go to `decode_batch` or `decode_event` and through `service.ingest` from several clients at once, so that
commits are shared as in a server. Before timing, a small run of each stage is checked: every event new, and the tokens that were stored (or
that the warehouse answers) are those that were sent; the timed runs are checked in the same way afterwards.
"""

import argparse
import asyncio
import datetime as dt
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Final

from generated import DAYS, START, Expected, generate
from harness import Report, WrongAnswerError, require_equal

from meterlark.config import LLM_EVENT_TYPE, preset_meters
from meterlark.ledger.contract import Ledger, Verdict
from meterlark.ledger.memory import MemoryLedger
from meterlark.ledger.sqlite import SQLiteLedger
from meterlark.metering.query import plan_query
from meterlark.model.event import Event, decode_batch, decode_event
from meterlark.service.ingest import Ingest, Projection
from meterlark.service.principal import OPEN
from meterlark.service.project import Projector
from meterlark.service.query import Queries
from meterlark.warehouse.duckdb import DuckDBWarehouse

RECEIVED_AT: Final = START + dt.timedelta(days=DAYS)
REQUEST_SIZES: Final = (100, 1)
CLIENTS: Final = {100: 16, 1: 64}
"""How many requests are under way at once: as many as share a commit in the server's own bench."""

WARM_UP_EVENTS: Final = 2_000
TOTAL: Final = next(meter for meter in preset_meters() if meter.event_type == LLM_EVENT_TYPE and meter.value_property == "$.total_tokens")


class _NoProjection:
    """Stands where the projector will be, and does nothing."""

    lag = 0

    def announce(self, head: int) -> None:
        """Ignore it."""

    def wait_for_lag(self, most: int, *, timeout_seconds: float) -> bool:
        """Answer at once."""
        del most, timeout_seconds
        return True


class Stage:
    """What is on in one run: a ledger, and perhaps the projection into a warehouse on disk.

    Args:
        ledger: Where events go.
        folder: Of the warehouse; None leaves the projection out.
    """

    def __init__(self, ledger: Ledger, folder: Path | None) -> None:
        self.ledger = ledger
        self._warehouse: DuckDBWarehouse | None = None
        self._projector: Projector | None = None
        if folder is not None:
            self._warehouse = DuckDBWarehouse.open(folder / "warehouse.duckdb")
            self._projector = Projector(ledger, self._warehouse)
            self._projector.start(preset_meters())

    @property
    def projection(self) -> Projection:
        """Whom ingest tells of new events."""
        return self._projector or _NoProjection()

    def finish(self) -> None:
        """Wait until every event can be asked for."""
        if self._projector is not None:
            assert self._projector.wait_for_lag(0, timeout_seconds=120)

    def total(self) -> Decimal:
        """Return the tokens of everything stored: by a question where there is a warehouse, else by reading the ledger."""
        if self._projector is None or self._warehouse is None:
            return sum((_tokens(record.event()) for record in self.ledger.read(after=0, limit=sys.maxsize // 2)), Decimal(0))
        queries = Queries(self._projector, self._warehouse)

        async def ask() -> Decimal:
            [row] = await queries.run(plan_query(TOTAL), by=OPEN)
            await queries.close()
            return row.value

        return asyncio.run(ask())

    def close(self) -> None:
        """Stop everything."""
        if self._projector is not None:
            self._projector.close()
        if self._warehouse is not None:
            self._warehouse.close()
        self.ledger.close()


STAGES: Final[dict[str, Callable[[Path], Stage] | None]] = {
    "decode": None,
    "+ ledger in memory": lambda _folder: Stage(MemoryLedger(), None),
    "+ ledger, sync off": lambda folder: Stage(SQLiteLedger.open(folder, synchronous="OFF"), None),
    "+ ledger, durable": lambda folder: Stage(SQLiteLedger.open(folder), None),
    "+ projection": lambda folder: Stage(SQLiteLedger.open(folder), folder),
}


def _tokens(event: Event) -> Decimal:
    assert event.data is not None
    return Decimal(event.data["total_tokens"])


def decode(body: bytes) -> list[Event]:
    """Decode a body as the server does."""
    if body.startswith(b"["):
        return decode_batch(body, namespace="default", received_at=RECEIVED_AT, limit=1_000)
    return [decode_event(body, namespace="default", received_at=RECEIVED_AT)]


def bodies_of(texts: Sequence[bytes], size: int) -> list[bytes]:
    """Return request bodies of `size` events each."""
    if size == 1:
        return list(texts)
    return [b"[" + b",".join(texts[first : first + size]) + b"]" for first in range(0, len(texts), size)]


async def _send(bodies: Iterator[bytes], ingest: Ingest) -> None:
    """Be one client: a request after the other, until none is left."""
    for body in bodies:
        events = decode(body)
        verdicts = await ingest.accept(events, received_at=RECEIVED_AT)
        if verdicts != [Verdict.NEW] * len(events):
            raise WrongAnswerError(f"an event that was sent once is {sorted(set(verdicts))}")


async def _send_all(bodies: Sequence[bytes], clients: int, stage: Stage) -> None:
    ingest = Ingest(stage.ledger, stage.projection)
    left = iter(bodies)
    await asyncio.gather(*(_send(left, ingest) for _ in range(clients)))
    await asyncio.to_thread(stage.finish)
    await ingest.close()


def run(
    make: Callable[[Path], Stage] | None, bodies: Sequence[bytes], *, clients: int, total: Decimal, directory: Path | None
) -> tuple[float, float]:
    """Run one stage over the bodies, check what came of it, and return the seconds of CPU and of waiting.

    Raises:
        WrongAnswerError: What came of it is wrong.
    """
    if make is None:
        wall, cpu = time.perf_counter(), time.process_time()
        found = sum((_tokens(event) for body in bodies for event in decode(body)), Decimal(0))
        cost = (time.process_time() - cpu, time.perf_counter() - wall)
        require_equal("decode", {"tokens": found}, {"tokens": total})
        return cost
    folder = Path(tempfile.mkdtemp(prefix="ingest-stages-", dir=directory))
    try:
        with closing(make(folder)) as stage:
            wall, cpu = time.perf_counter(), time.process_time()
            asyncio.run(_send_all(bodies, clients, stage))
            cost = (time.process_time() - cpu, time.perf_counter() - wall)
            require_equal("stored", {"tokens": stage.total()}, {"tokens": total})
    finally:
        shutil.rmtree(folder)
    return cost


def main(arguments: Sequence[str] | None = None) -> None:
    """Check, time, report; exit with an error when a stage lost, doubled or changed something."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=200_000, help="events of each run")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each stage, of which the median counts")
    parser.add_argument("--directory", type=Path, default=None, help="where to keep the data meanwhile")
    chosen = parser.parse_args(arguments)
    try:
        _measure(chosen.events, chosen.rounds, chosen.directory)
    except WrongAnswerError as error:
        sys.exit(f"wrong answer: {error}")


def _measure(count: int, rounds: int, directory: Path | None) -> None:
    expected, small = Expected(), Expected()
    texts = [event.text for chunk in generate(count, expected) for event in chunk]
    few = [event.text for chunk in generate(min(WARM_UP_EVENTS, count), small) for event in chunk]
    report = Report(
        f"Where does the cost of an event go? {count:,} events of {len(texts[0])} bytes, in process",
        ("a request", "stage", "us cpu an event", "spread", "added", "x decode", "events/s"),
    )
    for size in REQUEST_SIZES:
        bodies = bodies_of(texts, size)
        first = before = 0.0
        for name, make in STAGES.items():
            run(make, bodies_of(few, size), clients=CLIENTS[size], total=small.total, directory=directory)
            costs = [run(make, bodies, clients=CLIENTS[size], total=expected.total, directory=directory) for _ in range(rounds)]
            per_event = [1e6 * cpu / count for cpu, _ in costs]
            cpu_us, rate = median(per_event), count / median(wall for _, wall in costs)
            first = first or cpu_us
            report.add(size, name, cpu_us, f"{min(per_event):.3g}-{max(per_event):.3g}", cpu_us - before, cpu_us / first, rate)
            before = cpu_us
    report.finish("ingest_stages")


if __name__ == "__main__":
    main()
