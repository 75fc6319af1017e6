"""Programs that meter, run as processes of their own, so that they can be killed like a user's."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

PRELUDE: Final = """
import atexit, json, os, signal, sys, threading, time
from pathlib import Path
from meterlark import Meter
from meterlark.sdk import delivery

delivery.BACKOFF_SECONDS_MIN, delivery.BACKOFF_SECONDS_MAX = 0.01, 0.05
url, spool = sys.argv[1], sys.argv[2] or None

def record(meter, name, count=1):
    for number in range(count):
        usage = {"prompt_tokens": number, "completion_tokens": 1, "total_tokens": number + 1}
        meter.record({"id": f"{name}-{number}", "object": "chat.completion", "created": 1790000000, "model": "gpt-4o", "usage": usage})

def wait_until(condition):
    while not condition():
        time.sleep(0.002)

def say(*words):
    print(*words, flush=True)

def wait_line():
    assert sys.stdin.readline()
"""


class Host:
    """A running program.

    Args:
        program: What follows the prelude.
        url: Its variable `url`.
        spool: Its variable `spool`; None for no disk.
        python: The interpreter.
    """

    def __init__(self, program: str, url: str, spool: Path | None, *, python: str = sys.executable) -> None:
        arguments = [python, "-W", "error", "-c", PRELUDE + program, url, str(spool or "")]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(arguments, stdin=pipe, stdout=pipe, stderr=pipe, text=True)

    def line(self) -> str:
        """Return the next line that it says."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, f"it ended: {self.process.communicate()[1]}"
        return line.strip()

    def tell(self) -> None:
        """Let it go on from `wait_line`."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def end(self, status: int = 0) -> str:
        """Wait for its end and return what it has said since."""
        said, complaints = self.process.communicate(timeout=60)
        assert self.process.returncode == status, complaints
        return said

    def kill(self) -> None:
        """End it as kill -9 does."""
        self.process.kill()
        self.end(-9)


def run_host(program: str, url: str, spool: Path | None, *, status: int = 0) -> str:
    """Run a program to its end and return what it said."""
    return Host(program, url, spool).end(status)


def wait_until(condition: Callable[[], bool], *, timeout_seconds: float = 20.0) -> None:
    """Wait for something that happens in another thread or process and can only be looked at."""
    give_up_at = time.monotonic() + timeout_seconds
    while not condition():
        assert time.monotonic() < give_up_at, "it did not happen in time"
        threading.Event().wait(0.002)
