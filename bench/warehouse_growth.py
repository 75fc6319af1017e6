"""How do projection and questions get dearer with customers, meters, groups and events?

One thing at a time is made larger while the rest stays: events, customers, the numbers and the groups that meters read.
The total over all events is compared with plain Python before anything is timed.
"""

import argparse
import datetime as dt
import shutil
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Final

from generated import DAYS, ONE_CUSTOMER, START, Expected, generate
from harness import Report, WrongAnswerError, require_equal, time_in_turns
from query_speed import Service

from meterlark.config import LLM_EVENT_TYPE
from meterlark.metering.meter import Meter, define_meter
from meterlark.metering.query import plan_query

CUSTOMERS: Final = 10_000
END: Final = START + dt.timedelta(days=DAYS)
NUMBERS: Final = ("total", "prompt", "completion", "input", "output", "cache_read_input", "reasoning_output")
GROUPS: Final = ("model", "provider", "operation", "usage_source")


def meters(numbers: int, groups: int) -> list[Meter]:
    """Return a meter for each of the first `numbers` counts of tokens, all with the first `groups` dimensions."""
    return [
        define_meter(
            slug=f"{name}_tokens",
            event_type=LLM_EVENT_TYPE,
            aggregation="SUM",
            value_property=f"$.{name}_tokens",
            group_by={key: f"$.{key}" for key in GROUPS[:groups]},
        )
        for name in NUMBERS[:numbers]
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure each variant; exit with an error when an answer is not the expected one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=500_000, help="events of the usual variant")
    parser.add_argument("--rounds", type=int, default=5, help="timed rounds after the warm-up")
    parser.add_argument("--directory", type=Path, default=None, help="where to keep the data meanwhile")
    chosen = parser.parse_args(arguments)
    usual = chosen.events
    report = Report(
        "How do projection and questions get dearer with what there is? CPU time",
        ("events", "customers", "numbers", "groups", "projection us", "one customer ms", "by model, hour ms", "by customer ms", "bytes"),
    )
    variants = [
        (usual, CUSTOMERS, 3, 4),
        (usual // 4, CUSTOMERS, 3, 4),
        (usual * 4, CUSTOMERS, 3, 4),
        (usual, 1_000, 3, 4),
        (usual, 100_000, 3, 4),
        (usual, CUSTOMERS, 1, 1),
        (usual, CUSTOMERS, 7, 1),
        (usual, CUSTOMERS, 7, 4),
    ]
    try:
        for count, customers, numbers, groups in variants:
            folder = Path(tempfile.mkdtemp(prefix="warehouse-growth-", dir=chosen.directory))
            try:
                report.add(count, customers, numbers, groups, *_measure(folder, count, customers, meters(numbers, groups), chosen.rounds))
            finally:
                shutil.rmtree(folder)
    except WrongAnswerError as error:
        sys.exit(f"wrong answer, nothing was timed: {error}")
    report.finish("warehouse_growth")


def _measure(folder: Path, count: int, customers: int, measured: list[Meter], rounds: int) -> tuple[float, float, float, float, float]:
    """Return CPU microseconds an event of projection, CPU milliseconds of three questions, and bytes an event."""
    total = measured[0]
    questions = {
        "one": plan_query(total, start=START, end=END, window_size="DAY", subjects=[ONE_CUSTOMER]),
        "hours": plan_query(total, start=START, end=END, window_size="HOUR", group_by=["model"]),
        "customers": plan_query(total, start=START, end=END, group_by=["subject"]),
    }
    with closing(Service(folder, measured)) as service:
        expected = Expected()
        for chunk in generate(count, expected, customers=customers):
            service.load(chunk)
        [row] = service.answer(plan_query(total))
        require_equal("total", {"tokens": row.value}, {"tokens": expected.total})
        timings = time_in_turns({name: partial(service.answer, query) for name, query in questions.items()}, rounds=rounds)
        projection_us = 1e6 * service.projection_cpu / count
    size = (folder / "warehouse.duckdb").stat().st_size / count
    return projection_us, timings["one"].cpu_ms, timings["hours"].cpu_ms, timings["customers"].cpu_ms, size


if __name__ == "__main__":
    main()
