from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest

from meterlark.service.health import FREE_BYTES_MIN, LEDGER_FAILURE_SECONDS, Health
from meterlark.service.ingest import Ingest
from meterlark.service.project import Projector

FOLDER = Path("data")


@dataclass
class Part:
    """What health asks of ingest and of the projector."""

    failure: str | None = None
    failed_at: float = 0.0
    is_closed: bool = False


def bad_checks(
    *,
    ingest: Part | None = None,
    projector: Part | None = None,
    free: Any = FREE_BYTES_MIN,
    now: float = 100.0,
    folder: Path | None = FOLDER,
) -> dict[str, str]:
    """Return the details of the checks that are not well, by name."""

    def free_bytes(_: Path) -> int:
        if isinstance(free, OSError):
            raise free
        return int(free)

    health = Health(
        cast("Ingest", ingest or Part()), cast("Projector", projector or Part()), data_dir=folder, free_bytes=free_bytes, clock=lambda: now
    )
    checks = health.checks()
    assert [check.name for check in checks] == ["accepting", "ledger", "warehouse", "disk"]
    return {check.name: check.detail for check in checks if not check.is_ok}


def test_all_is_well_at_first() -> None:
    """On disk and in memory."""
    assert bad_checks() == {}
    assert bad_checks(folder=None, free=0) == {}


def test_a_failed_commit_is_told_for_a_while() -> None:
    """Not for ever: only a commit shows that the disk is well, and nobody sends one to a server that is not ready."""
    ingest = Part(failure="the disk is full", failed_at=100.0)

    assert bad_checks(ingest=ingest, now=100.0) == {"ledger": "the last commit failed: the disk is full"}
    assert bad_checks(ingest=ingest, now=100.0 + LEDGER_FAILURE_SECONDS - 0.01) == {"ledger": "the last commit failed: the disk is full"}
    assert bad_checks(ingest=ingest, now=100.0 + LEDGER_FAILURE_SECONDS) == {}


def test_a_projector_that_cannot_go_on_is_told() -> None:
    """With its reason."""
    assert bad_checks(projector=Part(failure="no memory")) == {"warehouse": "no memory"}


def test_a_stopping_server_is_not_ready() -> None:
    """It takes no events."""
    assert bad_checks(ingest=Part(is_closed=True)) == {"accepting": "the server is stopping"}


@pytest.mark.parametrize(("free", "part"), [(FREE_BYTES_MIN - 1, "make room"), (0, "0 bytes are free"), (OSError("gone"), "gone")])
def test_a_disk_without_room_is_told(free: object, part: str) -> None:
    """Before it is full, or when it cannot be looked at."""
    assert part in bad_checks(free=free)["disk"]


def test_several_things_may_be_wrong() -> None:
    """Each is named."""
    assert set(bad_checks(ingest=Part("x", 100.0, is_closed=True), projector=Part("y"), free=0)) == {
        "accepting",
        "ledger",
        "warehouse",
        "disk",
    }
