"""What every bench shares: answers are compared before anything is timed, CPU time counts, machine and commit stand beside the figures.

Ratios within one run are what may be compared and claimed; absolute times belong to one machine and are never a gate.
"""

import gc
import json
import os
import platform
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Final

import msgspec

ROOT: Final = Path(__file__).resolve().parent.parent
RESULTS: Final = ROOT / "bench" / "results"


class WrongAnswerError(AssertionError):
    """An engine answered something else than expected; its time means nothing."""


def require_equal(name: str, found: Mapping[object, object], expected: Mapping[object, object]) -> None:
    """Compare two answers, cell by cell.

    Raises:
        WrongAnswerError: They differ; the message shows the first differing cell with both values.
    """
    if found == expected:
        return
    key = min((key for key in found.keys() | expected.keys() if found.get(key) != expected.get(key)), key=repr)
    raise WrongAnswerError(
        f"{name}: {len(found)} cells, expected {len(expected)}; at {key!r} it is {found.get(key)!r}, expected {expected.get(key)!r}"
    )


class Timing(msgspec.Struct, frozen=True):
    """What one piece of work cost over several rounds, in milliseconds."""

    cpu: tuple[float, ...]
    wall: tuple[float, ...]

    @property
    def cpu_ms(self) -> float:
        """Median CPU time of all threads."""
        return median(self.cpu)

    @property
    def wall_ms(self) -> float:
        """Median elapsed time."""
        return median(self.wall)


def time_in_turns(works: Mapping[str, Callable[[], object]], *, rounds: int) -> dict[str, Timing]:
    """Time several pieces of work in alternation, after a round of warm-up, so that a busy minute hits all of them alike."""
    cpu: dict[str, list[float]] = {name: [] for name in works}
    wall: dict[str, list[float]] = {name: [] for name in works}
    gc.collect()
    gc.freeze()  # what the bench itself holds, such as the expected answers, must not slow the collections of the work
    try:
        for number in range(rounds + 1):
            for name, work in works.items():
                wall_before, cpu_before = time.perf_counter(), time.process_time()
                work()
                cpu_after, wall_after = time.process_time(), time.perf_counter()
                if number > 0:
                    cpu[name].append(1e3 * (cpu_after - cpu_before))
                    wall[name].append(1e3 * (wall_after - wall_before))
    finally:
        gc.unfreeze()
    return {name: Timing(tuple(cpu[name]), tuple(wall[name])) for name in works}


class Claim(msgspec.Struct, frozen=True):
    """A figure with its aim."""

    text: str
    value: float
    limit: float
    is_upper: bool

    @property
    def holds(self) -> bool:
        """Whether the aim is reached."""
        return self.value <= self.limit if self.is_upper else self.value >= self.limit

    def __str__(self) -> str:
        """One line for a person."""
        verdict = "holds " if self.holds else "MISSED"
        return f"{verdict} {self.text}: {self.value:.2f} (aim: {'at most' if self.is_upper else 'at least'} {self.limit:g})"


class Report:
    """The figures of one bench, printed as a table and kept as JSON.

    Args:
        question: What is asked, as on the first line.
        columns: Heads of the table.
    """

    def __init__(self, question: str, columns: Sequence[str]) -> None:
        self._question = question
        self._columns = tuple(columns)
        self._rows: list[tuple[str, ...]] = []
        self._claims: list[Claim] = []

    def add(self, *cells: object) -> None:
        """Add a line of the table; a float is shown with three digits that count."""
        assert len(cells) == len(self._columns)
        self._rows.append(tuple(_show(cell) for cell in cells))

    def claim(self, text: str, value: float, *, at_most: float | None = None, at_least: float | None = None) -> None:
        """Add a figure with its aim."""
        limit = at_most if at_most is not None else at_least
        assert limit is not None
        self._claims.append(Claim(text, value, limit, is_upper=at_most is not None))

    def finish(self, name: str) -> None:
        """Print everything and write `bench/results/<name>.json`."""
        print(f"\n{self._question}\n{_machine()}; commit {_commit()}")
        widths = [max(len(row[index]) for row in [self._columns, *self._rows]) for index in range(len(self._columns))]
        for row in [self._columns, *self._rows]:
            first, *rest = (
                cell.ljust(width) if not index else cell.rjust(width) for index, (cell, width) in enumerate(zip(row, widths, strict=True))
            )
            print("  ".join([first, *rest]).rstrip())
        for claim in self._claims:
            print(claim)
        RESULTS.mkdir(exist_ok=True)
        kept = {
            "question": self._question,
            "machine": _machine(),
            "commit": _commit(),
            "columns": self._columns,
            "rows": self._rows,
            "claims": [{"text": str(claim), "value": claim.value, "holds": claim.holds} for claim in self._claims],
        }
        (RESULTS / f"{name}.json").write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def _show(cell: object) -> str:
    if not isinstance(cell, float):
        return f"{cell:,}" if isinstance(cell, int) else str(cell)
    return f"{cell:,.0f}" if cell >= 100 else f"{cell:.3g}"


def _machine() -> str:
    model = next((line.split(":", 1)[1].strip() for line in _cpuinfo().splitlines() if line.startswith("model name")), platform.machine())
    return f"{os.cpu_count()} cores of {model}, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}"


def _cpuinfo() -> str:
    path = Path("/proc/cpuinfo")
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _commit() -> str:
    done = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"
