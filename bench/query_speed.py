"""What does a question cost? Through the service, by hand on the same columns, and in OpenMeter's own SQL on its own engine.

Five questions over the generated month. The events reach the warehouse as in a server, through the projector, whose cost is printed too.
Every answer is compared with what plain Python added up while the events were made, before anything is timed; OpenMeter's "latest" is
not, because it leaves ties in time open. CPU time counts all threads. `script/bench` makes the environment with the other engine.
"""

import argparse
import datetime as dt
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, closing
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, Final

import duckdb
import uvloop
from generated import DAYS, ONE_CUSTOMER, START, Expected, GeneratedEvent, generate, top
from harness import Report, WrongAnswerError, require_equal, time_in_turns
from openmeter import OpenMeterTable

from meterlark.config import LLM_EVENT_TYPE, preset_meters
from meterlark.ledger.contract import Record
from meterlark.ledger.memory import MemoryLedger
from meterlark.metering.measurement import Column, Kind
from meterlark.metering.meter import Meter, define_meter
from meterlark.metering.query import Query, Row, plan_query
from meterlark.model.number import from_scaled
from meterlark.model.statements import read_statements
from meterlark.model.time import to_microseconds
from meterlark.service.principal import OPEN
from meterlark.service.project import Projector
from meterlark.service.query import Queries
from meterlark.warehouse.contract import Table
from meterlark.warehouse.duckdb import DuckDBWarehouse

SCANS: Final = ("model by hour", "top 100 customers", "unique models by day")
BY_HAND_RATIO_MAX: Final = 1.2
OPENMETER_RATIO_MIN: Final = 15
ONE_CUSTOMER_MS_MAX: Final = 10
END: Final = START + dt.timedelta(days=DAYS)
METERS: Final = {
    meter.slug: meter
    for meter in (
        *preset_meters(),
        define_meter(slug="models", event_type=LLM_EVENT_TYPE, aggregation="UNIQUE_COUNT", value_property="$.model"),
        define_meter(slug="latest", event_type=LLM_EVENT_TYPE, aggregation="LATEST", value_property="$.total_tokens"),
    )
}
TOTAL: Final = METERS["llm_total_tokens"]
QUESTIONS: Final[dict[str, Query]] = {
    "one customer by day": plan_query(TOTAL, start=START, end=END, window_size="DAY", subjects=[ONE_CUSTOMER]),
    "model by hour": plan_query(TOTAL, start=START, end=END, window_size="HOUR", group_by=["model"]),
    "top 100 customers": plan_query(TOTAL, start=START, end=END, group_by=["subject"]),
    "unique models by day": plan_query(METERS["models"], start=START, end=END, window_size="DAY"),
    "latest per customer": plan_query(METERS["latest"], start=START, end=END, group_by=["subject"]),
}


class _Window(MemoryLedger):
    """The part of a ledger that the projector has not read yet; the generated events would not fit into memory all at once."""

    def __init__(self) -> None:
        super().__init__()
        self._first = 1
        self._part: list[Record] = []

    def fill(self, events: Sequence[GeneratedEvent]) -> int:
        """Replace the part by the events that follow, and return the new head."""
        self._first += len(self._part)
        self._part = [
            Record(sequence, "default", event.time_us, event.time_us, event.text) for sequence, event in enumerate(events, self._first)
        ]
        return self._first + len(self._part) - 1

    def read(self, *, after: int, limit: int, upto: int | None = None) -> list[Record]:
        """Return records of the part."""
        end = after + limit if upto is None else min(after + limit, upto)
        assert after + 1 >= self._first
        return self._part[after + 1 - self._first : end + 1 - self._first]


class Service:
    """Projector, DuckDB warehouse on disk and query service, joined as a server joins them.

    Args:
        folder: Of the warehouse.
        meters: What is measured.
    """

    def __init__(self, folder: Path, meters: Iterable[Meter] = tuple(METERS.values())) -> None:
        self._loop = uvloop.new_event_loop()
        self._ledger = _Window()
        self._warehouse = DuckDBWarehouse.open(folder / "warehouse.duckdb")
        self._projector = Projector(self._ledger, self._warehouse)
        self._projector.start(meters)
        self._queries = Queries(self._projector, self._warehouse)
        self.projection_cpu = 0.0

    def load(self, events: Sequence[GeneratedEvent]) -> None:
        """Project the events, and count what it costs."""
        head = self._ledger.fill(events)
        before = time.process_time()
        self._projector.announce(head)
        caught_up = self._projector.wait_for_lag(0, timeout_seconds=60)
        self.projection_cpu += time.process_time() - before
        assert caught_up

    def table(self) -> Table:
        """Return the table that answers."""
        return next(table for table in self._warehouse.tables() if table.spec.event_type == LLM_EVENT_TYPE)

    def connection(self) -> duckdb.DuckDBPyConnection:
        """Return a connection to the same open file, which DuckDB opens but once a process."""
        return self._warehouse._connection.cursor()

    def ask(self, name: str) -> list[Row]:
        """Return the rows of one of the five questions."""
        return self.answer(QUESTIONS[name])

    def answer(self, query: Query) -> list[Row]:
        """Return the rows of any question."""
        return self._loop.run_until_complete(self._queries.run(query, by=OPEN))

    def cells(self, name: str) -> dict[object, object]:
        """Return the answer in the form of `generated.Expected`."""
        rows = self.ask(name)
        if name == "top 100 customers":
            return top({str(row.subject): row.value for row in rows})
        if name == "latest per customer":
            return {row.subject: row.value for row in rows}
        starts = [int(row.window.start.timestamp()) for row in rows]
        if name == "model by hour":
            return {(start, row.groups["model"]): row.value for start, row in zip(starts, rows, strict=True)}
        return {start: row.value for start, row in zip(starts, rows, strict=True)}

    def close(self) -> None:
        """Stop everything; the file stays."""
        self._loop.run_until_complete(self._queries.close())
        self._projector.close()
        self._warehouse.close()
        self._loop.close()


class ByHand:
    """The same columns of the same rows, asked with the statements of `by_hand.sql`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, table: Table) -> None:
        self._connection = connection
        sql = read_statements((Path(__file__).parent / "by_hand.sql").read_text(encoding="utf-8"))
        number = table.spec.columns.index(Column(Kind.NUMBER, "$.total_tokens"))
        slots = {
            "rows": sql["rows"].format(table=table.key),
            "whole": f"n{number}",
            "part": f"p{number}",
            "model": f"t{table.spec.columns.index(Column(Kind.GROUP, '$.model'))}",
            "text": f"t{table.spec.columns.index(Column(Kind.TEXT, '$.model'))}",
            "customer": ONE_CUSTOMER,
            "start_us": to_microseconds(START),
            "end_us": to_microseconds(END),
        }
        self._texts = {name: sql[name].format(**slots) for name in QUESTIONS}

    def ask(self, name: str) -> list[tuple[Any, ...]]:
        """Return the rows of a question."""
        return self._connection.execute(self._texts[name]).fetchall()

    def cells(self, name: str) -> dict[object, object]:
        """Return the answer in the form of `generated.Expected`."""
        rows = self.ask(name)
        match name:
            case "one customer by day":
                return {day * 86_400: _exact(whole, part) for day, whole, part in rows}
            case "model by hour":
                return {(hour * 3_600, model): _exact(whole, part) for hour, model, whole, part in rows}
            case "top 100 customers":
                return top({subject: _exact(whole, part) for subject, whole, part in rows})
            case "unique models by day":
                return {day * 86_400: Decimal(count) for day, count in rows}
            case _:
                return {subject: from_scaled(scaled) for subject, scaled in rows}

    def close(self) -> None:
        """Close the connection; the file stays open."""
        self._connection.close()


def _exact(whole: int, part: int) -> Decimal:
    return from_scaled(whole * 10**18 + part)


def main(arguments: Sequence[str] | None = None) -> None:
    """Load, compare, time, report; exit with an error when an answer is not the expected one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=1_000_000, help="events in the warehouse")
    parser.add_argument("--rounds", type=int, default=5, help="timed rounds after the warm-up")
    parser.add_argument("--without-openmeter", action="store_true", help="leave the other engine out, where it is not installed")
    parser.add_argument("--directory", type=Path, default=None, help="where to keep the data meanwhile; about 0.5 GB per million events")
    chosen = parser.parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="query-speed-", dir=chosen.directory))
    try:
        _compare_engines(folder, chosen.events, chosen.rounds, with_openmeter=not chosen.without_openmeter)
    except WrongAnswerError as error:
        sys.exit(f"wrong answer, nothing was timed: {error}")
    finally:
        shutil.rmtree(folder)


def _compare_engines(folder: Path, count: int, rounds: int, *, with_openmeter: bool) -> None:
    report = Report(f"What does a question cost over {count:,} events?", ("question", "engine", "cpu ms", "spread", "wall ms", "cpu ratio"))
    with ExitStack() as open_engines:
        service = open_engines.enter_context(closing(Service(folder)))
        openmeter = open_engines.enter_context(closing(OpenMeterTable(folder / "openmeter"))) if with_openmeter else None
        expected = Expected()
        for chunk in generate(count, expected):
            service.load(chunk)
            if openmeter is not None:
                openmeter.load(chunk)
        engines: dict[str, Service | ByHand | OpenMeterTable] = {"service": service}
        engines["by hand"] = open_engines.enter_context(closing(ByHand(service.connection(), service.table())))
        if openmeter is not None:
            openmeter.settle()
            engines["OpenMeter"] = openmeter
        answers = expected.answers()
        for name in QUESTIONS:
            for engine, asked in engines.items():
                if (engine, name) != ("OpenMeter", "latest per customer"):
                    require_equal(f"{name}, {engine}", asked.cells(name), answers[name])
        report.add("projection, an event", "service", 1e3 * service.projection_cpu / count, "", "", "")
        for name in QUESTIONS:
            _time_one(report, name, {engine: asked.ask for engine, asked in engines.items()}, rounds)
    report.finish(f"query_speed_{count}")


def _time_one(report: Report, name: str, engines: dict[str, Callable[[str], object]], rounds: int) -> None:
    timings = time_in_turns({engine: partial(ask, name) for engine, ask in engines.items()}, rounds=rounds)
    service = timings["service"]
    for engine, timing in timings.items():
        spread = f"{min(timing.cpu):.3g}-{max(timing.cpu):.3g}"
        report.add(name, engine, timing.cpu_ms, spread, timing.wall_ms, timing.cpu_ms / service.cpu_ms)
    report.claim(f"{name}: service cpu / by hand", service.cpu_ms / timings["by hand"].cpu_ms, at_most=BY_HAND_RATIO_MAX)
    if "OpenMeter" in timings and name in SCANS:
        report.claim(f"{name}: OpenMeter cpu / service", timings["OpenMeter"].cpu_ms / service.cpu_ms, at_least=OPENMETER_RATIO_MIN)
    if name == "one customer by day":
        report.claim(f"{name}: service, wall ms", service.wall_ms, at_most=ONE_CUSTOMER_MS_MAX)


if __name__ == "__main__":
    main()
