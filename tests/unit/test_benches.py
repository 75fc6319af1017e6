"""The benches refuse to time a wrong answer."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import dashboard_speed
import harness
import ingest_stages
import pytest
import query_speed

from meterlark.ledger.contract import Verdict
from meterlark.ledger.memory import MemoryLedger
from meterlark.model.event import Event

FEW = ["--events", "2000", "--rounds", "1"]


@pytest.fixture(autouse=True)
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep results out of the repository."""
    monkeypatch.setattr(harness, "RESULTS", tmp_path / "results")
    return tmp_path / "results"


def never_timed(works: Mapping[str, Callable[[], object]], *, rounds: int) -> dict[str, harness.Timing]:
    """Stand for timing where there must be none."""
    raise AssertionError(f"{len(works)} works were about to be timed {rounds} times")


class ForgetfulLedger(MemoryLedger):
    """Acknowledges every event and keeps all but the last of each call."""

    def append(self, events: Sequence[Event], *, received_at: datetime) -> list[Verdict]:
        """Lose one."""
        return [*super().append(events[:-1], received_at=received_at), Verdict.NEW]


def test_equal_answers_pass() -> None:
    """The comparison lets the expected answer through, in any order."""
    harness.require_equal("sum", {"a": 1, "b": 2}, {"b": 2, "a": 1})


@pytest.mark.parametrize("found", [{"a": 1}, {"a": 1, "b": 3}, {"a": 1, "b": 2, "c": 0}])
def test_a_differing_answer_is_refused(found: dict[object, object]) -> None:
    """A cell missing, different or too many is a wrong answer."""
    with pytest.raises(harness.WrongAnswerError):
        harness.require_equal("sum", found, {"a": 1, "b": 2})


def test_right_answers_are_timed_and_kept(results: Path) -> None:
    """With right answers the bench of questions ends in a file of results."""
    query_speed.main([*FEW, "--without-openmeter"])

    assert (results / "query_speed_2000.json").exists()


def test_a_wrong_answer_of_the_service_is_not_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    """One cell too few in one question ends the bench with an error before anything is timed."""
    right = query_speed.Service.cells

    def spoiled(service: query_speed.Service, name: str) -> dict[object, object]:
        cells = right(service, name)
        if name == "unique models by day":
            cells.popitem()
        return cells

    monkeypatch.setattr(query_speed.Service, "cells", spoiled)
    monkeypatch.setattr(query_speed, "time_in_turns", never_timed)

    with pytest.raises(SystemExit, match="wrong answer, nothing was timed: unique models by day"):
        query_speed.main([*FEW, "--without-openmeter"])


def test_a_lost_event_ends_the_bench_of_ingest(monkeypatch: pytest.MonkeyPatch) -> None:
    """A ledger that acknowledges an event and loses it is found out."""
    forgetful = {"forgetful": lambda _folder: ingest_stages.Stage(ForgetfulLedger(), None)}
    monkeypatch.setattr(ingest_stages, "STAGES", forgetful)

    with pytest.raises(SystemExit, match="wrong answer: stored"):
        ingest_stages.main(FEW)


def test_every_page_is_asked_and_timed(results: Path, tmp_path: Path) -> None:
    """Of a server in a process of its own; the filled data directory is used again."""
    arguments = [*FEW, "--without-browser", "--directory", str(tmp_path / "data")]

    dashboard_speed.main(arguments)
    (results / "dashboard_speed_2000.json").unlink()
    dashboard_speed.main(arguments)

    assert (results / "dashboard_speed_2000.json").exists()


def test_a_page_of_another_answer_is_not_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The total of all events must stand on it."""
    right = dashboard_speed.pages
    monkeypatch.setattr(dashboard_speed, "pages", lambda tokens: right(tokens + 1))
    monkeypatch.setattr(dashboard_speed, "_measure", never_timed)

    with pytest.raises(SystemExit, match="wrong answer, nothing was timed: overview"):
        dashboard_speed.main([*FEW, "--without-browser"])
