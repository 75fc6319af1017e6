"""The real server on one address through all its starts, so that it can be killed, stopped and started again under a meter."""

import signal
from pathlib import Path
from types import TracebackType
from typing import Self

from ports import free_port
from running_server import RunningServer

from meterlark import Client


class RealServer:
    """Starts and ends `meterlark serve`; a context manager that starts it.

    Args:
        folder: Keeps its data from one start to the next.
        port: 0 takes a free one, and keeps it for the next starts.
    """

    def __init__(self, folder: Path, *, port: int = 0) -> None:
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._folder = folder
        self._running: RunningServer | None = None

    def start(self) -> None:
        """Start, and wait until it answers."""
        self._running = RunningServer(self._folder, port=self.port)

    def kill(self) -> None:
        """End it as kill -9 does."""
        running, self._running = self._up(), None
        running.kill()
        running.__exit__(None, None, None)

    def pause(self) -> None:
        """Stop it: connections are still taken by the kernel, and nobody answers."""
        self._up().signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Undo `pause`."""
        self._up().signal(signal.SIGCONT)

    def ids(self) -> list[str]:
        """Return the id of every event that it counts. A copy with other content fails."""
        assert self._metric("meterlark_ledger_conflicts") == 0, "a copy differs"
        with Client(self.url) as client:
            return [stored.event["id"] for stored in client.iterate_events_v2(limit=100)]

    def repeats(self) -> int:
        """Return how many events came again since it was started."""
        return self._metric('meterlark_events_total{verdict="duplicate"}')

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End it, if it runs."""
        running, self._running = self._running, None
        if running is not None:
            running.__exit__(kind, error, trace)

    def _up(self) -> RunningServer:
        assert self._running is not None, "it does not run"
        return self._running

    def _metric(self, name: str) -> int:
        lines = self._up().get("/metrics").body.decode().splitlines()
        [value] = [line.split()[1] for line in lines if line.startswith(f"{name} ")]
        return int(float(value))
