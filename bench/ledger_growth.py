"""How much dearer is the n-th million of events than the first? Appends to an empty ledger and to one that holds many, and compares.

Each call appends 1,000 events of about 400 bytes with random ids through `SQLiteLedger.append`, durably. The stored events are written in
bulk by the ledger's own statements with syncing off; that part is not timed. Before timing, the answers of both ledgers are asserted.
Run alone: `python bench/ledger_growth.py --stored 10000000`. Needs about 0.6 GB of disk per million events.
"""

import argparse
import resource
import shutil
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import apsw
from harness import Report

from meterlark.ledger.contract import Verdict
from meterlark.ledger.recent import GENERATION_SHARE, GENERATION_SIZE_MAX, GENERATION_SIZE_MIN
from meterlark.ledger.sqlite import SQLiteLedger
from meterlark.model.event import Event
from meterlark.model.identity import identity_digest
from meterlark.model.time import to_microseconds
from meterlark.sqlite_file import FILE_NAME, connect, load_statements

CALL = 1_000
CHUNK = 500_000
RATIO_MIN = 0.6  # the aim of the ledger's identity index: at least 60 % of the empty ledger's rate with 10 M events stored
AT = datetime(2026, 11, 24, tzinfo=UTC)
SOURCE = "https://api.openai.com/v1"
TEMPLATE = (
    '{"specversion":"1.0","id":"%s","source":"https://api.openai.com/v1","type":"llm.usage","subject":"customer-%d",'
    '"time":"2026-11-24T00:00:00Z","data":{"model":"gpt-5-mini-2025-08-07","operation":"chat","prompt_tokens":1234,'
    '"completion_tokens":567,"total_tokens":1801,"input_tokens":1234,"output_tokens":567,"cache_read_input_tokens":0,'
    '"reasoning_output_tokens":128,"usage_source":"reported"}}'
)


def make_event(number: int) -> Event:
    """Return the event of a number; its digest is random, so its place in the index is too."""
    event_id = f"chatcmpl-{number:016x}"
    text = TEMPLATE % (event_id, number % 1000)
    return Event("default", event_id, SOURCE, "llm.usage", f"customer-{number % 1000}", AT, {}, text.encode())


def prefill(directory: Path, stored: int) -> None:
    """Put `stored` events into a new ledger, in chunks whose keys are sorted, as the ledger's own moves are."""
    SQLiteLedger.open(directory).close()
    sql = load_statements("meterlark.ledger")
    connection = connect(directory / FILE_NAME, cache_kib=256 * 1024, synchronous="OFF")
    at = to_microseconds(AT)
    for start in range(0, stored, CHUNK):
        numbers = range(start + 1, min(start + CHUNK, stored) + 1)
        keys = sorted((identity_digest("default", SOURCE, f"chatcmpl-{number:016x}"), number) for number in numbers)
        connection.execute("BEGIN")
        connection.executemany(sql["move_identity"], keys)
        rows = ((number, "default", at, at, make_event(number).text) for number in numbers)
        connection.executemany(sql["insert_event"], rows)
        connection.execute("COMMIT")
        connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
    connection.close()


def calls(first: int, count: int) -> Iterator[list[Event]]:
    """Yield the events of each call."""
    for start in range(first, first + count, CALL):
        yield [make_event(number) for number in range(start, start + CALL)]


def measure(report: Report, directory: Path, stored: int, appended: int, generation_size: int) -> tuple[float, float]:
    """Append to a ledger that holds `stored` events; report the figures, and return events per second and CPU microseconds per event."""
    ledger = SQLiteLedger.open(directory, generation_size_max=generation_size)
    assert ledger.counts().events == stored
    if stored:
        sample = [make_event(1), make_event(stored)]
        assert ledger.append(sample, received_at=AT) == [Verdict.DUPLICATE] * 2
    # Until both generations of recent identities are full, moving them costs less than it will.
    warm_up = 2 * min(generation_size, max(GENERATION_SIZE_MIN, stored // GENERATION_SHARE))
    wall = cpu = 0.0
    waits: list[float] = []
    for number, events in enumerate(calls(stored + 1, warm_up // CALL * CALL + appended)):
        wall_before, cpu_before = time.perf_counter(), time.process_time()
        verdicts = ledger.append(events, received_at=AT)
        wall_after, cpu_after = time.perf_counter(), time.process_time()
        assert verdicts == [Verdict.NEW] * CALL
        if number >= warm_up // CALL:
            wall += wall_after - wall_before
            cpu += cpu_after - cpu_before
            waits.append(wall_after - wall_before)
    assert ledger.counts().events == stored + warm_up // CALL * CALL + appended
    ledger.close()
    waits.sort()
    p99 = waits[int(len(waits) * 0.99)]
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    cpu_us = 1e6 * cpu / appended
    report.add(stored, appended / wall, cpu_us, 1e3 * median(waits), 1e3 * p99, 1e3 * waits[-1], rss)
    return appended / wall, cpu_us


def main() -> None:
    """Measure both ledgers and print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stored", type=int, default=10_000_000, help="events in the ledger before the second measurement")
    parser.add_argument("--appended", type=int, default=500_000, help="events timed in each measurement, after the warm-up")
    parser.add_argument("--generation", type=int, default=GENERATION_SIZE_MAX, help="most identities that move to the big index together")
    parser.add_argument("--directory", type=Path, default=None, help="where to make the ledgers; they are deleted afterwards")
    chosen = parser.parse_args()
    report = Report(
        f"How much dearer is an event with {chosen.stored:,} stored? Calls of {CALL} events of {len(make_event(1).text)} bytes",
        ("stored", "events/s", "us cpu an event", "call p50 ms", "p99 ms", "max ms", "peak rss MiB"),
    )
    root = Path(tempfile.mkdtemp(prefix="ledger-growth-", dir=chosen.directory))
    try:
        empty_rate, empty_cpu = measure(report, root / "empty", 0, chosen.appended, chosen.generation)
        prefill(root / "full", chosen.stored)
        full_rate, full_cpu = measure(report, root / "full", chosen.stored, chosen.appended, chosen.generation)
    finally:
        shutil.rmtree(root)
    report.claim(f"rate with {chosen.stored:,} stored / rate when empty", full_rate / empty_rate, at_least=RATIO_MIN)
    report.claim(f"cpu per event with {chosen.stored:,} stored / when empty", full_cpu / empty_cpu, at_most=1 / RATIO_MIN)
    report.finish(f"ledger_growth_{chosen.stored}")


if __name__ == "__main__":
    main()
