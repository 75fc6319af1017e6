"""Signals: a stopping server answers or refuses what is under way and loses nothing; a folder has one server."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from audit import Account, Load, create_meter, find_violations, read_stored
from running_server import Address, RunningServer, clean_environment


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_under_load_loses_nothing(tmp_path: Path, number: signal.Signals) -> None:
    """Exit code 0; every answer was success, 503 or a closed connection; all that was acknowledged is there."""
    account = Account()
    with RunningServer(tmp_path / "data") as server:
        create_meter(server)
        current: list[Address | None] = [server]
        load = Load(account, lambda: current[0], threads=6)
        load.start()
        try:
            load.wait_for(300)
            server.signal(number)
            assert server.process.wait(30) == 0
        finally:
            current[0] = None
            load.stop()
        assert "Traceback" not in server.log()

    assert {status for status, _ in account.refused} <= {503}
    with RunningServer(tmp_path / "data") as server:
        assert find_violations(account, read_stored(server)) == []


def refused_second(folder: Path) -> str:
    """Start another server on a folder, which must end with exit code 1, and return what it says."""
    second = subprocess.run(
        [sys.executable, "-m", "meterlark", "serve", "--data-dir", str(folder), "--port", "0"],
        capture_output=True,
        text=True,
        env=clean_environment(),
        timeout=60,
        check=False,
    )
    assert second.returncode == 1, second
    assert second.stdout == ""
    return second.stderr


def test_a_second_server_on_a_folder_is_refused(tmp_path: Path) -> None:
    """Its message says which process holds the folder; the first one goes on; after its death the folder is free at once."""
    folder = tmp_path / "data"
    with RunningServer(folder) as server:
        message = refused_second(folder)

        assert f"in use by process {server.process.pid} on " in message
        assert "started 20" in message
        assert len(message.splitlines()) == 1
        assert server.get("/healthz/ready").status == 200
        server.kill()
    with RunningServer(folder) as server:
        assert server.get("/healthz/ready").status == 200


def test_a_stopped_server_keeps_its_folder(tmp_path: Path) -> None:
    """SIGSTOP is not an end: a second one is refused; after SIGCONT the first answers what came meanwhile."""
    folder = tmp_path / "data"
    with RunningServer(folder) as server:
        create_meter(server)
        server.signal(signal.SIGSTOP)
        assert f"process {server.process.pid}" in refused_second(folder)
        account = Account()
        load = Load(account, lambda: server, threads=4)
        load.start()
        server.signal(signal.SIGCONT)
        load.wait_for(40)
        load.stop()

        assert find_violations(account, read_stored(server)) == []
        assert server.stop() == 0


def test_an_idle_server_stops_at_once(tmp_path: Path) -> None:
    """With clients that keep their connections open."""
    with RunningServer(tmp_path / "data") as server, server.connect() as idle:
        idle.sendall(b"GET /healthz/live HTTP/1.1\r\nhost: localhost\r\n\r\n")
        assert idle.recv(65_536).startswith(b"HTTP/1.1 200")
        with server.connect() as half:
            half.sendall(b"GET /healthz")
            assert server.stop() == 0
