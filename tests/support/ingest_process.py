"""A recording ingest as a process of its own, for what the real server cannot be told to do.

That is to answer slowly, or to die after it has taken events and before it says so. Everything else is tested with `real_server`.
What it acknowledges is in its journal before it answers, so the journal is what a server that loses nothing would hold.
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec
from ports import free_port
from recording_ingest import Event, RecordingIngest

READY = "ready"


class IngestProcess:
    """Starts and ends the process; a context manager that starts it.

    Args:
        journal: File of the events taken, kept from one start to the next.
        port: 0 takes a free one, and keeps it for the next starts.
    """

    def __init__(self, journal: Path, *, port: int = 0) -> None:
        self.journal = journal
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[str] | None = None

    def start(self, *, delay_seconds: float = 0.0, dies_after: int = -1) -> None:
        """Start, and wait until it answers.

        Args:
            delay_seconds: How long it waits before each answer.
            dies_after: The number of requests it answers; at the next one it takes the events and dies without an answer.
        """
        arguments = ["--port", self.port, "--journal", self.journal, "--delay", delay_seconds, "--dies-after", dies_after]
        self._process = subprocess.Popen([sys.executable, __file__, *map(str, arguments)], stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        assert self._process.stdout.readline().strip() == READY

    def kill(self) -> None:
        """End it as kill -9 does."""
        assert self._process is not None
        self._process.kill()
        assert self.wait() == -signal.SIGKILL

    def pause(self) -> None:
        """Stop it: connections are still taken by the kernel, and nobody answers."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Undo `pause`."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def wait(self) -> int:
        """Wait for its end; return its exit status."""
        assert self._process is not None
        status = self._process.wait(30)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._process = None
        return status

    def taken(self) -> list[Event]:
        """Return every event that it took, copies included, in order."""
        lines = self.journal.read_bytes().splitlines() if self.journal.exists() else []
        return [msgspec.json.decode(line) for line in lines]

    def ids(self) -> list[str]:
        """Return the id of every event as a server counts them: once. A copy with other content fails."""
        events: dict[tuple[str, str], Event] = {}
        for event in self.taken():
            assert events.setdefault((event["source"], event["id"]), event) == event, "a copy differs"
        return [event["id"] for event in events.values()]

    def repeats(self) -> int:
        """Return how many events came again."""
        return len(self.taken()) - len(self.ids())

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End it, if it runs."""
        if self._process is not None:
            self._process.kill()
            self.wait()


class Blackhole:
    """A port whose connections are neither taken nor refused: its queue is full; a context manager."""

    def __init__(self, port: int) -> None:
        self._listening = socket.create_server(("127.0.0.1", port), backlog=0)
        self._waiting: list[socket.socket] = []

    def __enter__(self) -> Self:
        """Fill the queue until the next connection hangs."""
        for _ in range(16):
            client = socket.socket()
            self._waiting.append(client)
            client.settimeout(0.2)
            try:
                client.connect(self._listening.getsockname())
            except TimeoutError:
                return self
        raise AssertionError("this system takes every connection")

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close the port."""
        for client in self._waiting:
            client.close()
        self._listening.close()


def main() -> None:
    """Run the server until it is killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--journal", type=Path, required=True)
    parser.add_argument("--delay", type=float, default=0.0)
    parser.add_argument("--dies-after", type=int, default=-1)
    asked = parser.parse_args()
    journal = os.open(asked.journal, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    answered = 0

    def decide(events: list[dict[str, Any]]) -> int:
        nonlocal answered
        os.write(journal, b"".join(msgspec.json.encode(event) + b"\n" for event in events))
        if answered == asked.dies_after:
            os.kill(os.getpid(), signal.SIGKILL)
        answered += 1
        time.sleep(asked.delay)
        return 204

    with RecordingIngest(decide=decide, port=asked.port):
        print(READY, flush=True)  # noqa: T201 - what the parent waits for
        threading.Event().wait()


if __name__ == "__main__":
    main()
