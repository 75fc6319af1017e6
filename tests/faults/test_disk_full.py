"""A full disk: 503 with Retry-After, no false acknowledgement, not ready; and when there is room, the same process goes on."""

import contextlib
import os
import resource
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from audit import Account, Load, create_meter, find_violations, read_stored
from running_server import BATCH_TYPE, RunningServer, assert_problem, event

MEBIBYTE = 1024 * 1024
TMPFS_MEBIBYTES = 160
"""Room for the 64 MiB below which the server calls itself not ready, and for what the test stores."""


def check_refused(server: RunningServer) -> None:
    """Send an event that there is no room for, until the answer is 503."""
    filler = "x" * 100_000
    for number in range(400):
        answer = server.ingest([event(f"filler-{number}-{part}", "filler", data={"x": filler}) for part in range(10)], BATCH_TYPE)
        if answer.status == 204:
            continue
        problem = assert_problem(answer, 503)
        assert 1 <= int(answer.headers["retry-after"]) <= 60
        assert problem["detail"]
        return
    raise AssertionError("400 MB went into a full disk")


def wait_until_ready(server: RunningServer, *, seconds: int = 30) -> None:
    """Ask until the server calls itself ready."""
    for _ in range(seconds * 10):
        if server.get("/healthz/ready").status == 200:
            return
        threading.Event().wait(0.1)
    raise AssertionError(f"not ready: {server.get('/healthz/ready').body!r}")


@pytest.mark.slow
def test_a_limit_on_the_size_of_files_is_a_full_disk(tmp_path: Path) -> None:
    """The kernel refuses every write beyond it; under load each answer is true, and recovery needs no restart."""
    account = Account()
    with RunningServer(tmp_path / "data") as server:
        create_meter(server)
        load = Load(account, lambda: server)
        load.start()
        try:
            load.wait_for(100)
            sizes = [path.stat().st_size for path in (tmp_path / "data").iterdir() if path.is_file()]
            _, hard = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
            resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (max(sizes) + 64 * 1024, hard))
            check_refused(server)
            load.wait_for_refusals(4)
            assert_problem(server.get("/healthz/ready"), 503, "ledger")
            assert server.get("/healthz/live").status == 200
            acknowledged = len(account.acknowledged)

            resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (hard, hard))
            load.wait_for(acknowledged + 100)
        finally:
            load.stop()
        wait_until_ready(server)

        assert {status for status, _ in account.refused} == {503}
        assert find_violations(account, read_stored(server)) == []
        assert server.stop() == 0
    with RunningServer(tmp_path / "data") as server:
        assert find_violations(account, read_stored(server)) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Give a folder on a file system of its own that is soon full."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if (
        os.geteuid() != 0
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={TMPFS_MEBIBYTES}m", "tmpfs", str(folder)], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("only root may mount a small file system")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.slow
def test_a_disk_without_room_costs_retries_and_nothing_else(small_disk: Path) -> None:
    """Filled by somebody else under load, then freed: the same process goes on, ledger and warehouse."""
    account = Account()
    ballast = small_disk / "ballast"
    with RunningServer(small_disk / "data") as server:
        create_meter(server)
        load = Load(account, lambda: server)
        load.start()
        try:
            load.wait_for(100)
            with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
                while True:
                    file.write(bytes(MEBIBYTE))
            with ballast.open("ab", buffering=0) as file, contextlib.suppress(OSError):
                while True:
                    file.write(bytes(512))
            check_refused(server)
            load.wait_for_refusals(4)
            assert_problem(server.get("/healthz/ready"), 503, "disk")
            acknowledged = len(account.acknowledged)

            ballast.unlink()
            load.wait_for(acknowledged + 100)
        finally:
            load.stop()
        wait_until_ready(server)

        assert {status for status, _ in account.refused} == {503}
        assert find_violations(account, read_stored(server)) == []
        assert server.stop() == 0
