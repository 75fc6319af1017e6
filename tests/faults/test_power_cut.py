"""A power cut or a failing disk at every single operation: no acknowledged event is lost, none is doubled, a retry completes the rest."""

import random
from dataclasses import dataclass, field
from pathlib import Path

import apsw
import pytest
from ledger_cases import CONTENTS, RECEIVED_AT, event
from power_cut import Disk, cuts, mounted

from meterlark import sqlite_file
from meterlark.ledger.contract import Verdict
from meterlark.ledger.sqlite import SQLiteLedger
from meterlark.model.errors import MeterlarkError, UnavailableError
from meterlark.model.event import Event, same_content
from meterlark.sqlite_file import Synchronous

CALLS = 12
CHECKPOINT_PAGES = 12
"""Several checkpoints in one workload, instead of one in 32 MiB."""

GENERATION_SIZE = 3
"""Identities move to the big index in nearly every call."""

Identity = tuple[str, str]


class Violation(Exception):  # noqa: N818 - it is a finding, not an error of the program
    """The ledger broke a promise."""


@dataclass
class State:
    """What a ledger must hold after some calls."""

    first: dict[Identity, Event] = field(default_factory=dict)
    conflicts: set[tuple[Identity, bytes]] = field(default_factory=set)

    def append(self, events: list[Event]) -> "State":
        """Return the state after one more call."""
        after = State(dict(self.first), set(self.conflicts))
        for given in events:
            first = after.first.setdefault((given.source, given.id), given)
            if not same_content(first.text, given.text):
                after.conflicts.add(((given.source, given.id), given.text))
        return after

    def texts(self) -> list[bytes]:
        """Return the events in order."""
        return [first.text for first in self.first.values()]


def make_workload(seed: int) -> list[list[Event]]:
    """Return the events of each call: some new, some repeated, some in conflict."""
    chance = random.Random(seed)
    contents = (CONTENTS[0], CONTENTS[2])
    return [
        [event(str(chance.randrange(30)), source=chance.choice("ab"), data=chance.choice(contents)) for _ in range(chance.randint(1, 6))]
        for _ in range(CALLS)
    ]


def open_ledger(directory: Path, vfs: str, synchronous: Synchronous = "FULL") -> SQLiteLedger:
    """Open a ledger on the disk that is mounted under a name."""
    return SQLiteLedger.open(directory, vfs=vfs, is_exclusive=True, synchronous=synchronous, generation_size_max=GENERATION_SIZE)


def held(ledger: SQLiteLedger) -> State:
    """Read everything back.

    Raises:
        Violation: An identity is stored twice.
    """
    state = State()
    for record in ledger.read(after=0, limit=10_000):
        stored = record.event()
        if state.first.setdefault((stored.source, stored.id), stored) is not stored:
            raise Violation(f"doubled: {stored.source} {stored.id}")
    for conflict in ledger.conflicts(limit=10_000):
        other = conflict.first.event()
        state.conflicts.add(((other.source, other.id), conflict.text))
    return state


def check_retry(ledger: SQLiteLedger, calls: list[list[Event]], final: State) -> None:
    """Send every call again and compare with the state that all of them lead to.

    Raises:
        Violation: Something is missing, doubled, or new although it was stored.
    """
    stored = set(held(ledger).first)
    for events in calls:
        for given, verdict in zip(events, ledger.append(events, received_at=RECEIVED_AT), strict=True):
            if (verdict is Verdict.NEW) == ((given.source, given.id) in stored):
                raise Violation(f"{given.id} was judged {verdict}")
            stored.add((given.source, given.id))
    after = held(ledger)
    if after.texts() != final.texts() or after.conflicts != final.conflicts:
        raise Violation("after the retry the ledger holds something else")
    assert ledger._writer is not None
    if (health := ledger._writer.execute("PRAGMA integrity_check").get) != "ok":
        raise Violation(f"damaged: {health}")


@pytest.fixture(autouse=True)
def _small_checkpoints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_file, "CHECKPOINT_PAGES", CHECKPOINT_PAGES)


@dataclass
class Result:
    """What the cuts of one workload found."""

    points: int = 0
    violations: list[str] = field(default_factory=list)


def cut_everywhere(directory: Path, *, seed: int, synchronous: Synchronous) -> Result:
    """Run one workload, cut the power at each of its operations, and check what a restart finds."""
    calls = make_workload(seed)
    states = [State()]
    acknowledged_at: list[int] = []
    disk = Disk()
    with mounted(disk) as vfs:
        ledger = open_ledger(directory, vfs, synchronous)
        for events in calls:
            ledger.append(events, received_at=RECEIVED_AT)
            acknowledged_at.append(len(disk.operations))
            states.append(states[-1].append(events))
        ledger.close()
    result = Result()
    for index, after_cut in cuts(disk.operations, seed=seed):
        acknowledged = sum(at <= index for at in acknowledged_at)
        result.points += 1
        try:
            check_after_cut(directory, after_cut, states[acknowledged : acknowledged + 2], calls, states[-1])
        except (Violation, MeterlarkError, apsw.Error) as error:
            result.violations.append(f"seed {seed}, cut {index}: {error!r}")
    return result


def check_after_cut(directory: Path, disk: Disk, allowed: list[State], calls: list[list[Event]], final: State) -> None:
    """Open the ledger on what is left of a disk.

    Raises:
        Violation: It holds neither what was acknowledged nor that and the whole call that was under way, or a retry does not complete it.
    """
    with mounted(disk) as vfs:
        ledger = open_ledger(directory, vfs)
        try:
            found = held(ledger)
            if not any(found.texts() == state.texts() and found.conflicts == state.conflicts for state in allowed):
                raise Violation(f"{len(allowed[0].first)} events were acknowledged, {len(found.first)} are there")
            check_retry(ledger, calls, final)
        finally:
            ledger.close()


@pytest.mark.parametrize("seed", range(8))
def test_no_acknowledged_event_is_lost_by_a_power_cut(seed: int, tmp_path: Path) -> None:
    """At each cut the ledger holds all acknowledged calls, at most the one under way besides, whole; and a retry stores the rest once."""
    result = cut_everywhere(tmp_path, seed=seed, synchronous="FULL")

    assert result.violations == []
    assert result.points >= 150, "8 workloads of 150 cuts are more than 1,000"


def test_the_power_cut_test_bites(tmp_path: Path) -> None:
    """With synchronous NORMAL, which does not sync each commit, the same test finds lost events."""
    result = cut_everywhere(tmp_path, seed=0, synchronous="NORMAL")

    assert any("were acknowledged" in violation for violation in result.violations)


@pytest.mark.parametrize("persistence", [1, 40], ids=["once", "for a while"])
@pytest.mark.parametrize("fault", [apsw.SQLITE_FULL, apsw.SQLITE_IOERR_WRITE, apsw.SQLITE_IOERR_FSYNC], ids=["full", "write", "sync"])
def test_a_failing_disk_costs_a_retry_and_nothing_else(fault: int, persistence: int, tmp_path: Path) -> None:
    """A fault at each operation gives UnavailableError or goes unnoticed; when it ends, the same ledger goes on without a restart."""
    calls = make_workload(seed=100)
    final = State()
    for events in calls:
        final = final.append(events)
    healthy = Disk()
    with mounted(healthy) as vfs:
        ledger = open_ledger(tmp_path, vfs)
        opened_at = len(healthy.operations)
        for events in calls:
            ledger.append(events, received_at=RECEIVED_AT)
        end = len(healthy.operations)
        ledger.close()

    refused = 0
    for fail_from in range(opened_at, end):
        disk = Disk(fail_from=fail_from, fail_count=persistence, fault=fault)
        with mounted(disk) as vfs:
            ledger = open_ledger(tmp_path, vfs)
            acknowledged = State()
            for events in calls:
                for _ in range(persistence + 1):
                    try:
                        ledger.append(events, received_at=RECEIVED_AT)
                        break
                    except UnavailableError:
                        refused += 1
                acknowledged = acknowledged.append(events)
                assert held(ledger).texts() == acknowledged.texts(), f"fault at operation {fail_from}"
            assert disk.fired > 0, f"nothing failed at operation {fail_from}"
            disk.fail_count = 0
            check_retry(ledger, calls, final)
            ledger.close()
            reopened = open_ledger(tmp_path, vfs)
            assert held(reopened).texts() == final.texts()
            reopened.close()
    assert refused > (end - opened_at) / 2
